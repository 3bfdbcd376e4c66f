// A screen in the hall: the state, to be read at five metres, the venue's clock, viewers and the next show. It has no
// control, and it finds back by itself.

import { connect } from './link.js';
import { fill, text } from './fill.js';
import { describe, nextShow, t, warning } from './words.js';

const $ = (selector) => document.querySelector(selector);
let clock = null; // milliseconds between the venue's wall clock and performance.now(); null while it is not known

function heard(s) {
  const d = describe(s);
  document.body.dataset.tone = d.tone;
  text($('#headline'), d.headline);
  // What stands in the way is not below, as on the page for staff.
  const first = s.warnings[0];
  text($('#detail'), first && (d.tone === 'fault' || s.state === 'standby' && d.tone === 'trouble') ? warning(first).text : d.detail);
  text($('#venue'), s.title || s.venue);
  text($('#viewers'), s.viewers === null ? '' : t.viewers(s.viewers));
  const next = nextShow(s);
  text($('#next'), next ? `${next.label}: ${next.when} · ${next.what}` : '');
  clock = Date.parse(`${s.time.slice(0, 19)}Z`) - performance.now();
  tick();
}

function lost(why) {
  document.body.dataset.tone = 'lost';
  text($('#headline'), t.noConnection);
  text($('#detail'), why);
  text($('#viewers'), '');
}

// By the box's clock also while it is not heard: the screen's own may be another.
function tick() {
  if (clock !== null) text($('#clock'), new Date(performance.now() + clock).toISOString().slice(11, 19));
}

fill();
setInterval(tick, 250);
connect({ heard, lost, meters() {} });
