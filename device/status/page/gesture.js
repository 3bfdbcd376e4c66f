// Presses and holds of a button, by finger, mouse, pen and keyboard, as the button on the box knows them.

export const holdTime = 2000; // ms
const lockout = 700; // ms after a gesture: a double tap is one press

// Calls began() -> token or null (not now), progress(fraction or null) while the button is held, and
// done(gesture, token). A finger that slides off the button means nothing, and neither does one that is interrupted.
export function gestures(button, { began, holds, progress, done }) {
  let token = null, since = 0, frame = 0, free = 0;

  function down() {
    if (token !== null || performance.now() < free) return;
    token = began();
    if (token === null) return;
    since = performance.now();
    button.classList.add('down');
    if (holds(token)) frame = requestAnimationFrame(step);
  }
  function step() {
    const held = performance.now() - since;
    if (held >= holdTime) return finish('hold');
    progress(held / holdTime);
    frame = requestAnimationFrame(step);
  }
  function release() { // what draws the ring may stand still: how long it was held counts
    finish(token !== null && holds(token) && performance.now() - since >= holdTime ? 'hold' : 'press');
  }
  function finish(gesture) {
    if (token === null) return;
    const was = token;
    cancel();
    free = performance.now() + lockout;
    done(gesture, was);
  }
  function cancel() {
    cancelAnimationFrame(frame);
    token = null;
    button.classList.remove('down');
    progress(null);
  }
  const outside = (e) => {
    const r = button.getBoundingClientRect();
    return e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom;
  };

  button.addEventListener('pointerdown', (e) => {
    if (!e.isPrimary || e.button !== 0) return;
    button.setPointerCapture(e.pointerId);
    down();
  });
  button.addEventListener('pointermove', (e) => { if (token !== null && outside(e)) cancel(); });
  button.addEventListener('pointerup', release);
  button.addEventListener('pointercancel', cancel);
  button.addEventListener('contextmenu', (e) => e.preventDefault()); // a long touch asks for one

  const isKey = (e) => e.key === 'Enter' || e.key === ' ';
  button.addEventListener('keydown', (e) => {
    if (e.key === 'Escape') cancel();
    if (!isKey(e)) return;
    e.preventDefault();
    if (!e.repeat) down();
  });
  button.addEventListener('keyup', (e) => {
    if (!isKey(e)) return;
    e.preventDefault();
    release();
  });
  button.addEventListener('blur', cancel);
  addEventListener('visibilitychange', cancel);
  // Screen readers click without pointer or key. A real click has detail 1 and was dealt with above.
  button.addEventListener('click', (e) => {
    if (e.detail !== 0) return;
    down();
    finish('press');
  });
  return { cancel };
}
