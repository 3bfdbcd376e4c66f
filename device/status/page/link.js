// The connection to the box: server-sent events, and a clock that notices when they stop.
// A page that goes on showing LIVE after the box fell silent lies, so silence is an event of its own.

import { t } from './words.js';

// The box sends a whole status each second. After this long without one the page says that it knows nothing.
const late = 2500; // ms
const again = 1000; // ms from a connection that broke to the next

// Calls heard(snapshot), meters({level_db, peak_db}) and lost(why); it never ends.
export function connect({ heard, meters, lost }) {
  let source, opened, version, last = performance.now(), why = t.unreachable;

  function open() {
    clearTimeout(opened);
    source?.close();
    source = new EventSource('/api/v1/events');
    source.addEventListener('status', (e) => {
      last = performance.now();
      why = t.unreachable;
      const s = JSON.parse(e.data);
      // Another program has other pages; not under a finger that holds, or a question.
      if (s.version !== (version ??= s.version) && !document.querySelector('.down, dialog[open]')) location.reload();
      heard(s);
    });
    source.addEventListener('meters', (e) => meters(JSON.parse(e.data)));
    source.addEventListener('silent', () => {
      why = t.hangs;
      lost(why);
    });
    source.addEventListener('error', () => {
      source.close();
      clearTimeout(opened);
      opened = setTimeout(open, again);
      loggedOut();
    });
    // A connection that opens and then hears nothing is no better than one that breaks.
    opened = setTimeout(open, 2 * late);
    source.addEventListener('status', () => {
      clearTimeout(opened);
      opened = setTimeout(open, 2 * late);
    });
  }

  // A session ends with the program that knew it; the page then leads to the login.
  async function loggedOut() {
    try {
      const response = await fetch('/api/v1/status', { method: 'HEAD', signal: AbortSignal.timeout(late) });
      if (response.status === 401) location.reload();
    } catch {
      // The box is not there; that is for the clock below to say.
    }
  }

  function check() {
    if (performance.now() - last > late) lost(why);
  }

  setInterval(check, 250);
  // A phone stops the clocks of a page that is not seen: what it shows when it comes back may be hours old.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    check();
    if (performance.now() - last > late) open();
  });
  addEventListener('online', open);
  addEventListener('pageshow', (e) => { if (e.persisted) { check(); open(); } });
  open();
}

// Sends a gesture, with what the status said of what the button does: { state } or { cut }. Resolves to '' or to why the box
// did not take it.
export async function press(button, gesture, seen) {
  try {
    const response = await fetch('/api/v1/press', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ button, gesture, ...seen }),
      signal: AbortSignal.timeout(4000),
    });
    if (response.ok) return '';
    const { error } = await response.json();
    return error;
  } catch {
    return t.noAnswer;
  }
}
