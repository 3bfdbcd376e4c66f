// Who watches: a page of Chromium, and what it decodes.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../box.js';
import { remember } from '../probe.js';

// open opens a page that remembers its connections.
export async function open(browser, url) {
  const page = await (await browser.newContext({ bypassCSP: true })).newPage();
  await page.addInitScript(remember);
  await page.goto(url);
  return page;
}

// decoded is what the newest connection that receives a picture has decoded.
function decoded() {
  const now = { pictures: 0, samples: 0, energy: 0, lost: 0, freezes: 0, width: 0 };
  return window.peers.reduce(async (before, peer) => {
    const all = peer.connectionState === 'closed' ? [] : [...(await peer.getStats()).values()];
    const of = (kind) => all.find((s) => s.type === 'inbound-rtp' && s.kind === kind);
    const [video, audio] = [of('video'), of('audio')];
    if (!video) return before;
    return {
      pictures: video.framesDecoded, freezes: video.freezeCount, width: video.frameWidth ?? 0,
      samples: audio?.totalSamplesReceived ?? 0, energy: audio?.totalAudioEnergy ?? 0,
      lost: video.packetsLost + (audio?.packetsLost ?? 0),
    };
  }, Promise.resolve(now));
}

// sees waits for a picture that was not there before, and resolves with how long that took, in milliseconds.
export async function sees(page, known) {
  const began = Date.now();
  const before = (await page.evaluate(decoded)).pictures;
  await until('a picture', async () => ![0, before].includes((await page.evaluate(decoded)).pictures), 30_000, known);
  return Date.now() - began;
}

// throughout watches for so many seconds, in each of which picture and sound must have gone on, and resolves with a
// sentence about them. Other programs share the machine: half of 30 pictures a second is enough, and a third of one.
export async function throughout(page, seconds, known) {
  await page.evaluate(() => document.querySelectorAll('video').forEach((v) => { v.muted = false; }));
  await pause(1000); // the first sound, where the page was muted
  const first = await page.evaluate(decoded);
  let last = first, worst = Infinity;
  for (let second = 0; second < seconds; second++) {
    await pause(1000);
    const now = await page.evaluate(decoded);
    assert.ok(now.pictures >= last.pictures + 10, `${now.pictures - last.pictures} pictures in second ${second}\n${known()}`);
    assert.ok(now.samples >= last.samples + 24_000, `${now.samples - last.samples} samples in second ${second}\n${known()}`);
    worst = Math.min(worst, now.pictures - last.pictures);
    last = now;
  }
  const pictures = last.pictures - first.pictures;
  assert.ok(pictures >= 15 * seconds, `${pictures} pictures in ${seconds} s\n${known()}`);
  assert.ok(last.energy > first.energy, 'the sound is silence');
  return `${seconds} s: ${(pictures / seconds).toFixed(1)} pictures a second of width ${last.width}, ${worst} in the worst, `
    + `${last.freezes - first.freezes} freezes, ${last.lost - first.lost} packets lost`;
}
