// What a snapshot means, in the words of staff. Pure functions: no document, no clock.

const onAir = new Set(['cueing', 'live', 'recovering']);

// The tone picks the colours of the page; see style.css.
export function describe(s) {
  const notReady = s.state === 'standby' && s.lights.green === 'off';
  switch (s.state) {
    case 'starting':
      return { tone: 'wait', headline: 'Starting…', detail: 'The box looks for its camera and microphone.' };
    case 'standby':
      if (notReady) return { tone: 'trouble', headline: 'Not ready', detail: 'Nothing is sent. See below what is missing.' };
      return {
        tone: 'ready', headline: 'On standby',
        detail: s.cut ? 'Nothing is sent. The next show begins cut.' : 'Nothing is sent. Ready to go live.',
      };
    case 'cueing':
      return {
        tone: 'wait', headline: 'Going live…',
        detail: s.cut ? 'Viewers do not have it yet. The show begins cut.' : 'Viewers do not have it yet.',
      };
    case 'live':
      // A cut that was asked for is in force only when red is dark: until then viewers may still see the stage.
      if (s.cut && s.lights.red !== 'off') return { tone: 'live', headline: 'LIVE', detail: 'Cutting… viewers may still see the stage.' };
      if (s.cut) return { tone: 'cut', headline: 'Cut', detail: 'The show is on, but viewers see a slate and hear nothing.' };
      return { tone: 'live', headline: 'LIVE', detail: 'Viewers get picture and sound.' };
    case 'recovering':
      return {
        tone: 'trouble', headline: 'Reconnecting…',
        detail: 'Viewers do not get the show now. The box goes on trying; the show is not over.',
      };
    case 'ending':
      return { tone: 'wait', headline: 'Ending…', detail: 'The show is being closed.' };
    case 'fault':
      return {
        tone: 'fault', headline: 'Fault',
        detail: s.config_errors.length ? 'The configuration is broken. The box cannot go live until it is mended.'
          : 'Nothing works. See below what to do.',
      };
    default:
      return { tone: 'trouble', headline: s.state, detail: 'This page does not know this state: load it again.' };
  }
}

// What the big button does in this state. A button that holds shows the ring.
export function goLiveButton(s) {
  switch (s.state) {
    case 'standby':
      return { action: 'Go live', hint: s.lights.green === 'off' ? 'may be refused: see below' : 'a tap puts the stage on air', enabled: true };
    case 'cueing':
      return { action: 'Cancel', hint: 'a tap goes back to standby', enabled: true };
    case 'live':
      return { action: 'Hold 2 s to end', hint: 'a tap sets a marker', enabled: true, holds: true };
    case 'recovering':
      return { action: 'Hold 2 s to end', hint: 'a tap tries again now', enabled: true, holds: true };
    case 'starting':
      return { action: 'Starting…', hint: 'wait a moment', enabled: false };
    case 'ending':
      return { action: 'Ending…', hint: 'wait a moment', enabled: false };
    default:
      return { action: 'Cannot go live', hint: 'see below', enabled: false };
  }
}

export function cutButton(s) {
  if (onAir.has(s.state)) {
    return s.cut ? { action: 'Show the stage again', hint: 'viewers see the slate' }
      : { action: 'Cut', hint: 'viewers then see a slate and hear nothing' };
  }
  return s.cut ? { action: 'Do not begin cut', hint: 'the next show begins cut' }
    : { action: 'Begin cut', hint: 'the next show then begins cut' };
}

export const patterns = { off: 'off', steady: 'steady', slow: 'blinks slowly', fast: 'blinks fast' };

// What happened to a gesture that the box took.
export function taken(button, gesture, before) {
  if (button === 'cut') return '';
  if (gesture === 'hold') return 'Held: the show ends.';
  return { live: 'Marker set.', recovering: 'Marker set. Trying again now.' }[before] ?? '';
}

export function confirmed(s) {
  const ms = s.uplink.confirmed_ms_ago;
  if (ms === null) return onAir.has(s.state) ? 'The relay has confirmed nothing yet.' : 'Nothing is sent.';
  const seconds = ms / 1000;
  const ago = seconds < 10 ? `${seconds.toFixed(1)} s` : seconds < 60 ? `${Math.floor(seconds)} s` : span(seconds);
  return `The relay confirmed ${ago} ago.`;
}

// Why the estimate of the network moved last.
const causes = {
  grew: 'rising', probed: 'rising', queue: 'fell: packets queued up', loss: 'fell: too many were lost',
  'no feedback': 'fell: the relay did not tell what arrives', 'receiver report': "by the relay's reports",
};

// What was thrown away, by reason.
function thrown(d) {
  const why = {
    overflow: 'too late', awaiting_idr: 'before a new picture', flushed: 'by a cut', offline: 'without a connection', failed: 'refused by the network',
  };
  return Object.entries(why).filter(([key]) => d[key]).map(([key, text]) => `${d[key]} ${text}`).join(' · ');
}

// The rows of numbers; a row without a value is left out.
export function numbers(s) {
  const { video: v, audio: a, uplink: u } = s;
  const rows = [
    ['Next show', s.next ? [s.next.start.slice(0, 16).replace('T', ' '), s.next.title, s.next.auto ? 'begins by itself' : ''].filter(Boolean).join(' · ') : ''],
    ['Relay', [u.state, u.relay, u.backup ? 'a backup' : ''].filter(Boolean).join(' · ')],
    ['Its answer', u.answer],
    ['Way to it', u.pair],
    ['Last error', u.last_error],
    ['Recovered', u.recoveries ? `${u.recoveries} times, the last in ${u.last_recovery_seconds.toFixed(1)} s` : ''],
    ['Attempt', u.attempt > 1 ? String(u.attempt) : ''],
    ['Network', u.estimate_bps ? [`takes ${rate(u.estimate_bps)}`, causes[u.cause]].filter(Boolean).join(' · ') : ''],
    ['Sent', u.sent_bps ? [rate(u.sent_bps), u.acknowledged_bps ? `${rate(u.acknowledged_bps)} arrives` : ''].filter(Boolean).join(' · ') : ''],
    ['Round trip', u.rtt_ms ? `${u.rtt_ms < 1 ? 'under 1' : Math.round(u.rtt_ms)} ms${u.queue_ms >= 1 ? ` · queue ${Math.round(u.queue_ms)} ms` : ''}` : ''],
    ['Lost on the way', u.confirmed_ms_ago === null ? '' : `${(u.loss * 100).toFixed(1)} %${u.retransmitted ? ` · ${u.retransmitted} sent again` : ''}`],
    ['Waiting', u.queued ? `${u.queued}` : ''],
    ['Thrown away', thrown(u.drops)],
    ['Picture', v.camera ? [v.camera, v.format, v.fps ? `${v.fps.toFixed(1)} a second` : ''].filter(Boolean).join(' · ') : 'no camera'],
    ['Coded', v.encoder ? `${v.encoder} · ${rate(v.bitrate)} of ${rate(v.target)}` : ''],
    ['Way', v.way],
    ['Its limits', v.limits.join('; ')],
    ['Pictures', v.pictures ? `${v.pictures}, ${v.dropped} dropped` : ''],
    ['Sound', a.microphone ? [a.microphone, a.bitrate ? rate(a.bitrate) : ''].filter(Boolean).join(' · ') : 'no microphone'],
  ];
  return rows.filter(([, value]) => value);
}

// 2400000 -> "2.4 Mb/s"
export function rate(bps) {
  return bps >= 1e6 ? `${(bps / 1e6).toFixed(1)} Mb/s` : `${Math.round(bps / 1e3)} kb/s`;
}

// Seconds -> "0:42", "1:02:03"
export function span(seconds) {
  const n = Math.floor(seconds), two = (x) => String(x).padStart(2, '0');
  const h = Math.floor(n / 3600), m = Math.floor(n / 60) % 60;
  return h ? `${h}:${two(m)}:${two(n % 60)}` : `${m}:${two(n % 60)}`;
}
