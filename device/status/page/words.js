// What a snapshot means, in the words of staff. Pure functions: no document, no clock; en.js and fr.js have the words.

import en from './en.js';
import fr from './fr.js';

const languages = { en, fr };
const wanted = [new URLSearchParams(location.search).get('lang'), ...navigator.languages];

// The first language that the reader has and this page too; ?lang= before what the browser says.
export const lang = wanted.map((tag) => (tag ?? '').toLowerCase().split('-')[0]).find((tag) => languages[tag]) ?? 'en';
export const t = languages[lang];

const onAir = new Set(['cueing', 'live', 'recovering']);

// The tone picks the colours of the page; see style.css.
export function describe(s) {
  switch (s.state) {
    case 'starting':
      return { tone: 'wait', headline: t.starting, detail: t.startingDetail };
    case 'standby':
      if (s.lights.green === 'off') return { tone: 'trouble', headline: t.notReady, detail: t.notReadyDetail };
      return { tone: 'ready', headline: t.standby, detail: s.cut ? t.standbyCut : t.standbyDetail };
    case 'cueing':
      return { tone: 'wait', headline: t.cueing, detail: s.cut ? t.cueingCut : t.cueingDetail };
    case 'live':
      // A cut that was asked for is in force only when red is dark: until then viewers may still see the stage.
      if (s.cut && s.lights.red !== 'off') return { tone: 'live', headline: t.live, detail: t.cutting };
      if (s.cut) return { tone: 'cut', headline: t.cut, detail: t.cutDetail };
      return { tone: 'live', headline: t.live, detail: t.liveDetail };
    case 'recovering':
      return { tone: 'trouble', headline: t.recovering, detail: t.recoveringDetail };
    case 'ending':
      return { tone: 'wait', headline: t.ending, detail: t.endingDetail };
    case 'fault':
      return { tone: 'fault', headline: t.fault, detail: s.config_errors.length ? t.faultConfig : t.faultDetail };
    default:
      return { tone: 'trouble', headline: s.state, detail: t.unknownState };
  }
}

// What the big button does in this state. A button that holds shows the ring.
export function goLiveButton(s) {
  switch (s.state) {
    case 'standby':
      return { action: t.goLive, hint: s.lights.green === 'off' ? t.goLiveRefused : t.goLiveHint, enabled: true };
    case 'cueing':
      return { action: t.cancel, hint: t.cancelHint, enabled: true };
    case 'live':
      return { action: t.hold, hint: t.holdLive, enabled: true, holds: true };
    case 'recovering':
      return { action: t.hold, hint: t.holdRecovering, enabled: true, holds: true };
    case 'starting':
      return { action: t.starting, hint: t.wait, enabled: false };
    case 'ending':
      return { action: t.ending, hint: t.wait, enabled: false };
    default:
      return { action: t.cannot, hint: t.seeBelow, enabled: false };
  }
}

export function cutButton(s) {
  if (onAir.has(s.state)) return s.cut ? { action: t.uncut, hint: t.uncutHint } : { action: t.cut, hint: t.cutHint };
  return s.cut ? { action: t.notBeginCut, hint: t.notBeginCutHint } : { action: t.beginCut, hint: t.beginCutHint };
}

// What happened to a gesture that the box took.
export function taken(button, gesture, before) {
  if (button === 'cut') return '';
  if (gesture === 'hold') return t.held;
  return { live: t.marked, recovering: t.markedAgain }[before] ?? '';
}

// A warning: what it is in the reader's language where that is known, the box's own words, and for how long it is there.
export function warning(w) {
  const own = `${w.text} ${w.advice}`;
  const known = t.warnings[w.code];
  return { id: w.code, since: t.since(span(w.since)), fine: w.severity === 'fine', ...(known ? { text: known, own } : { text: own, own: '' }) };
}

// For how long it is so, with so many seconds more than s says. What interrupts a show does not begin it anew.
export function since(s, more) {
  if (s.state !== 'live') return t.since(span(s.since + more));
  return s.cut ? '' : t.since(span(s.on_air + more));
}

export function confirmed(s) {
  if (describe(s).tone === 'cut') return t.cutConfirmed;
  const ms = s.uplink.confirmed_ms_ago;
  if (ms === null) return onAir.has(s.state) ? t.nothingConfirmed : t.nothingSent;
  const seconds = ms / 1000;
  return t.confirmed(seconds < 10 ? `${decimal(seconds)} s` : seconds < 60 ? `${Math.floor(seconds)} s` : span(seconds));
}

// The next planned show, by the clocks of the venue, which all times of the box are told by: "tomorrow 20:00–22:30".
export function nextShow(s) {
  const { next: n, time } = s;
  if (!n) return null;
  const day = (at) => Date.parse(at.slice(0, 10)), hour = (at) => at.slice(11, 16);
  const days = Math.round((day(n.start) - day(time)) / 86400000);
  const date = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(day(n.start));
  return {
    label: Date.parse(n.start) <= Date.parse(time) ? t.nextNow : t.next,
    when: `${[t.today, t.tomorrow][days] ?? date} ${hour(n.start)}–${hour(n.end)}`,
    what: [n.title || t.untitled, n.auto ? t.byItself : ''].filter(Boolean).join(' · '),
  };
}

// 0.31 -> "0.3", or "0,3"
export function decimal(n) {
  return n.toLocaleString(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

// 2400000 -> "2.4 Mb/s"
export function rate(bps) {
  const number = bps >= 1e6 ? decimal(bps / 1e6) : Math.round(bps / 1e3);
  return `${number} ${bps >= 1e6 ? 'Mb/s' : 'kb/s'}`;
}

// Seconds -> "0:42", "1:02:03"
export function span(seconds) {
  const n = Math.floor(seconds), two = (x) => String(x).padStart(2, '0');
  const h = Math.floor(n / 3600), m = Math.floor(n / 60) % 60;
  return h ? `${h}:${two(m)}:${two(n % 60)}` : `${m}:${two(n % 60)}`;
}
