// Level meters: the bar is the level, the line is the highest peak of the last 1.5 s.

import { t } from './words.js';

const floor = -60; // dBFS at the left end
const hold = 1500; // ms

const share = (db) => Math.min(1, Math.max(0, 1 - db / floor));

export function levelMeters(elements) {
  const channels = [...elements].map((element) => ({
    element,
    bar: element.querySelector('.level'),
    mark: element.querySelector('.peak'),
    text: element.querySelector('.db'),
    peak: -Infinity, at: 0,
  }));
  let told = 0;

  function show({ level_db: levels, peak_db: peaks }) {
    const now = performance.now(), tell = now - told > 1000;
    if (tell) told = now;
    channels.forEach((c, i) => {
      const peak = Math.max(peaks[i], levels[i]);
      if (peak >= c.peak || now - c.at > hold) [c.peak, c.at] = [peak, now];
      c.bar.style.setProperty('--level', share(levels[i]));
      c.mark.style.setProperty('--peak', share(c.peak));
      c.mark.classList.toggle('hot', c.peak > -1);
      c.text.textContent = c.peak <= floor ? t.silent : c.peak.toFixed(0).replace('-', '−');
      if (tell) c.element.setAttribute('aria-valuenow', Math.max(floor, Math.round(levels[i])));
    });
  }
  function clear() {
    for (const c of channels) {
      c.peak = -Infinity;
      c.bar.style.setProperty('--level', 0);
      c.mark.style.setProperty('--peak', 0);
      c.text.textContent = '–';
      c.element.setAttribute('aria-valuenow', floor);
    }
  }
  return { show, clear };
}
