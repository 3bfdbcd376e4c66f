// The figures of a snapshot as rows of a table. A row without a value is left out.

import { decimal, rate, t } from './words.js';

const line = (...parts) => parts.filter(Boolean).join(' · ');

export function numbers(s) {
  const { video: v, audio: a, uplink: u } = s;
  const rows = [
    [t.relay, line(t.uplinkStates[u.state] ?? u.state, u.relay, u.backup ? t.backup : '')],
    [t.viewersNow, s.viewers === null ? '' : String(s.viewers)],
    [t.answer, u.answer],
    [t.way, u.pair],
    [t.lastError, u.last_error],
    [t.recovered, u.recoveries ? t.times(u.recoveries, decimal(u.last_recovery_seconds)) : ''],
    [t.attempt, u.attempt > 1 ? String(u.attempt) : ''],
    [t.network, u.estimate_bps ? line(t.takes(rate(u.estimate_bps)), t.causes[u.cause]) : ''],
    [t.sent, u.sent_bps ? line(rate(u.sent_bps), u.acknowledged_bps ? t.arrives(rate(u.acknowledged_bps)) : '') : ''],
    [t.roundTrip, u.rtt_ms ? line(u.rtt_ms < 1 ? t.underOne : `${Math.round(u.rtt_ms)} ms`, u.queue_ms >= 1 ? t.queue(Math.round(u.queue_ms)) : '') : ''],
    [t.lost, u.confirmed_ms_ago === null ? '' : line(`${decimal(u.loss * 100)} %`, u.retransmitted ? t.sentAgain(u.retransmitted) : '')],
    [t.waiting, u.queued ? String(u.queued) : ''],
    [t.thrown, thrown(u)],
    [t.picture, v.camera ? line(v.camera, v.format, v.fps ? t.perSecond(decimal(v.fps)) : '') : t.noCamera],
    [t.coded, v.encoder ? line(v.encoder, v.target ? t.of(rate(v.bitrate), rate(v.target)) : rate(v.bitrate)) : ''],
    [t.videoWay, v.way],
    [t.limits, v.limits.join('; ')],
    [t.pictures, v.pictures ? line(String(v.pictures), t.dropped(v.dropped)) : ''],
    [t.sound, a.microphone ? line(a.microphone, a.bitrate ? rate(a.bitrate) : '') : t.noMicrophone],
  ];
  return rows.filter(([, value]) => value);
}

// What was thrown away, by reason.
function thrown(u) {
  return line(...Object.entries(t.drops).filter(([key]) => u.drops[key]).map(([key, why]) => `${u.drops[key]} ${why}`));
}
