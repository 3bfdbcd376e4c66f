// Puts snapshots on the page and gestures on the wire.

import { connect, press } from './link.js';
import { gestures, holdTime } from './gesture.js';
import { levelMeters } from './meters.js';
import { preview } from './preview.js';
import { fill, text } from './fill.js';
import { folded } from './folded.js';
import { numbers } from './numbers.js';
import * as words from './words.js';

const { t } = words;

const $ = (selector) => document.querySelector(selector);
const goLive = $('#go-live'), cut = $('#cut');
const meters = levelMeters(document.querySelectorAll('.meter'));

let now = null; // the snapshot that holds; null while the box is not heard
let heardAt = 0;

function heard(s) {
  now = s;
  heardAt = performance.now();
  const d = words.describe(s);
  document.body.dataset.tone = d.tone;
  document.title = `${d.headline} · ${s.venue || 'Vigie'}`;
  text($('#headline'), d.headline);
  text($('#detail'), d.detail);
  text($('#venue'), s.venue || 'Vigie');
  text($('#title'), s.title || s.channel);
  for (const light of document.querySelectorAll('#lights li')) {
    const pattern = s.lights[light.dataset.light];
    if (light.dataset.pattern !== pattern) light.dataset.pattern = pattern;
    text(light.querySelector('.pattern'), t[pattern] ?? pattern);
  }
  buttons(s);
  list($('#warnings'), s.warnings.map(words.warning));
  list($('#config'), s.config_errors.map((line) => ({ text: line, own: '' })));
  planned(words.nextShow(s));
  $('#trouble').hidden = !s.warnings.length && !s.config_errors.length;
  text($('#picture .caption'), s.cut && d.tone === 'cut' ? t.cameraSeesCut : t.cameraSees);
  text($('#confirmed'), words.confirmed(s));
  table($('#numbers dl'), numbers(s));
  link(s.watch_url);
  text($('#version'), s.version ? `Vigie ${s.version}` : '');
  s.audio.microphone ? meters.show(s.audio) : meters.clear();
  clock();
}

function lost(why) {
  if (now === null && document.body.dataset.tone === 'lost' && $('#detail').textContent === why) return;
  now = null;
  document.body.dataset.tone = 'lost';
  document.title = `${t.noConnection} · Vigie`;
  text($('#headline'), t.noConnection);
  text($('#detail'), why);
  text($('#since'), '');
  text($('#confirmed'), t.notKnown);
  text($('#picture .caption'), t.cameraSaw);
  for (const light of document.querySelectorAll('#lights li')) {
    light.dataset.pattern = 'off';
    text(light.querySelector('.pattern'), '?');
  }
  meters.clear();
  holding.cancel();
  label(goLive, { action: t.noConnection, hint: t.useTheBox, enabled: false });
  label(cut, { action: t.cut, hint: '', enabled: false });
}

function label(button, { action, hint, enabled }) {
  text(button.querySelector('.action'), action);
  text(button.querySelector('.hint'), hint);
  button.setAttribute('aria-disabled', String(!enabled));
}

function buttons(s) {
  const b = words.goLiveButton(s);
  goLive.classList.toggle('holds', Boolean(b.holds));
  if (!goLive.classList.contains('down')) label(goLive, b);
  // The button on the box is being held: its countdown is shown here too.
  if (s.countdown > 0 && b.holds) progress(1 - (s.countdown * 1000) / holdTime);
  else if (!goLive.classList.contains('down')) ring(0);
  cut.setAttribute('aria-pressed', String(s.cut));
  label(cut, { ...words.cutButton(s), enabled: true });
}

const ring = (fraction) => goLive.style.setProperty('--held', fraction);

function progress(fraction) {
  ring(fraction ?? 0);
  if (fraction === null) {
    if (now) label(goLive, words.goLiveButton(now));
    return;
  }
  text(goLive.querySelector('.action'), t.endingIn(((1 - fraction) * holdTime / 1000).toFixed(1)));
  text(goLive.querySelector('.hint'), t.letGo);
}

async function send(button, gesture, before) {
  answer('');
  const why = await press(button, gesture);
  answer(why || words.taken(button, gesture, before), why !== '');
}

// What became of a press stands long enough to be read, and not so long that it is taken for the next one's.
let fading = 0;
function answer(line, refused = false) {
  clearTimeout(fading);
  $('#answer').classList.toggle('refused', refused);
  text($('#answer'), line);
  if (line) fading = setTimeout(answer, refused ? 12000 : 4000, '');
}

const holding = gestures(goLive, {
  began: () => (now && words.goLiveButton(now).enabled ? now.state : null),
  holds: () => now !== null && Boolean(words.goLiveButton(now).holds),
  progress,
  done(gesture, before) {
    // What the button says and what it does must be the same: the state may have changed under the finger.
    if (!now || words.goLiveButton(now).action !== words.goLiveButton({ ...now, state: before }).action) {
      answer(t.stateChanged, true);
      return;
    }
    send('go_live', gesture, before);
  },
});
gestures(cut, {
  began: () => now && String(now.cut),
  holds: () => false,
  progress() {},
  done(_, before) { if (now && String(now.cut) === before) send('cut', 'press', now.state); },
});

function list(box, lines) {
  const element = box.querySelector('ul, ol');
  box.hidden = lines.length === 0;
  if (element.dataset.lines === JSON.stringify(lines)) return;
  element.dataset.lines = JSON.stringify(lines);
  element.replaceChildren(...lines.map(({ text: line, own }) => {
    const item = Object.assign(document.createElement('li'), { textContent: line });
    if (own) item.append(Object.assign(document.createElement('span'), { textContent: own, lang: 'en', className: 'own' }));
    return item;
  }));
}

function planned(next) {
  $('#next').hidden = !next;
  if (!next) return;
  text($('#next h2'), next.label);
  text($('#next .when'), next.when);
  text($('#next .what'), next.what);
}

function table(dl, rows) {
  const cells = rows.flatMap((row) => row.map((value, i) => {
    return Object.assign(document.createElement(i ? 'dd' : 'dt'), { textContent: value });
  }));
  dl.replaceChildren(...cells);
}

function link(url) {
  const safe = /^https?:/.test(url);
  $('#watch').hidden = !safe;
  if (safe) $('#watch').href = url;
}

function clock() {
  if (now) text($('#since'), t.since(words.span(now.since + (performance.now() - heardAt) / 1000)));
}

fill();
folded();
$('#logout').hidden = location.protocol !== 'https:'; // on this computer nobody logs in
setInterval(clock, 500);
connect({ heard, lost, meters: (levels) => { if (now?.audio.microphone) meters.show(levels); } });
preview($('#picture'));
