// The parts of the page that are folded away: the last hour's log and the settings. They are asked for when they are open.

import { t } from './words.js';

const again = 5000; // ms

const element = (name, content, className = '') => Object.assign(document.createElement(name), { textContent: content, className });

function rows(entries) {
  if (entries.length === 0) return [element('li', t.logEmpty)];
  return entries.map((e) => {
    const row = element('li', '', e.level.toLowerCase());
    row.append(element('time', e.time.slice(11, 19)), element('b', e.level === 'INFO' ? '' : e.level), element('span', e.text));
    return row;
  });
}

function settings(all) {
  return all.flatMap((s) => [element('dt', s.key), element('dd', s.value || '–', s.default ? 'quiet' : '')]);
}

// Shows what an address gives as long as its part is open.
function keep(details, address, show) {
  const list = details.querySelector('ol, dl');
  let last = '';
  async function look() {
    if (!details.open || document.hidden) return;
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(again) });
      const answer = await response.text();
      if (!response.ok || answer === last) return;
      last = answer;
      list.replaceChildren(...show(JSON.parse(answer)));
    } catch {
      // What was shown stays; the state says that the connection is gone.
    }
  }
  details.addEventListener('toggle', look);
  setInterval(look, again);
}

export function folded() {
  keep(document.querySelector('#log'), '/api/v1/log', rows);
  keep(document.querySelector('#settings'), '/api/v1/settings', settings);
}
