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
  const warnings = s.warnings.map(words.warning);
  list($('#warnings'), warnings);
  list($('#config'), s.config_errors.map((line) => ({ id: line, text: line })));
  news(warnings);
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
  cut.removeAttribute('aria-pressed');
  $('#end').hidden = true;
  $('#ending').close();
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
  $('#end').hidden = !b.holds;
  if (!b.holds) $('#ending').close();
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
  text(goLive.querySelector('.action'), t.endingIn(words.decimal((1 - fraction) * holdTime / 1000)));
  text(goLive.querySelector('.hint'), t.letGo);
}

async function send(button, gesture, seen) {
  answer('');
  const why = await press(button, gesture, seen);
  answer(why || words.taken(button, gesture, seen.state), why !== '');
}

// What became of a press stands long enough to be read, and not so long that it is taken for the next one's.
let fading = 0;
function answer(line, refused = false) {
  clearTimeout(fading);
  $('#answer').classList.toggle('refused', refused);
  $('#answer').lang = refused && line !== t.stateChanged && line !== t.noAnswer ? 'en' : words.lang; // the box's own words
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
    send('go_live', gesture, { state: before });
  },
});
gestures(cut, {
  began: () => now && String(now.cut),
  holds: () => false,
  progress() {},
  done(_, before) { if (now && String(now.cut) === before) send('cut', 'press', { cut: now.cut }); },
});

// Who cannot hold a button, since a voice or a screen reader presses it, is asked instead.
$('#end').addEventListener('click', () => {
  $('#ending').returnValue = '';
  $('#ending').showModal();
});
$('#ending').addEventListener('close', () => {
  const gesture = $('#ending').returnValue;
  if (gesture && now && words.goLiveButton(now).holds) send('go_live', gesture, { state: now.state });
});

// The items stay while they are the same ones; what they say may change each second.
function list(box, lines) {
  const element = box.querySelector('ul, ol'), ids = JSON.stringify(lines.map((l) => l.id));
  box.hidden = lines.length === 0;
  if (element.dataset.ids !== ids) {
    element.dataset.ids = ids;
    element.replaceChildren(...lines.map(({ since, own }) => {
      const item = document.createElement('li');
      item.append(document.createElement('span'));
      if (since) item.append(' ', Object.assign(document.createElement('small'), { className: 'quiet' }));
      if (own) item.append(Object.assign(document.createElement('span'), { lang: 'en', className: 'own' }));
      return item;
    }));
  }
  lines.forEach((line, i) => {
    const item = element.children[i];
    item.classList.toggle('fine', Boolean(line.fine));
    text(item.firstChild, line.text);
    if (line.since) text(item.querySelector('small'), line.since);
    if (line.own) text(item.querySelector('.own'), line.own);
  });
}

// What screen readers say is what came, once: a text whose figures change would be read each second.
let told = new Set();
function news(warnings) {
  const come = warnings.filter((w) => !told.has(w.id));
  told = new Set(warnings.map((w) => w.id));
  if (come.length) text($('#news'), come.map((w) => w.text).join(' '));
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
  if (now) text($('#since'), words.since(now, (performance.now() - heardAt) / 1000));
}

fill();
folded();
$('#logout').hidden = location.protocol !== 'https:'; // on this computer nobody logs in
setInterval(clock, 500);
connect({ heard, lost, meters: (levels) => { if (now?.audio.microphone) meters.show(levels); } });
preview($('#picture'));
