// Puts the reader's language into a page that is written in English.

import { lang, t } from './words.js';

// data-t is the word in an element, data-label the one that screen readers say of it.
export function fill() {
  document.documentElement.lang = lang;
  for (const element of document.querySelectorAll('[data-t]')) text(element, t[element.dataset.t]);
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t[element.dataset.label]);
}

// Writes only what changed: a live region that is written to speaks again.
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}
