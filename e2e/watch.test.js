// One press, and a browser sees the stage: `make run`, a press on the status page, the watch page plays.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { boxState, output, start, status, until, watch } from './box.js';
import { launch } from './browser.js';
import { measure, remember, stats } from './probe.js';

const desktop = { width: 1280, height: 800 }, phone = { width: 390, height: 844 };
let box, browser;

before(async () => {
  mkdirSync(output, { recursive: true });
  box = await start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await box?.stop();
  writeFileSync(output + 'vigie.log', box?.log ?? '');
});

async function open(url, viewport) {
  const colorScheme = viewport === phone ? 'dark' : 'light';
  const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true }); // the probe brings a worklet of its own
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (e) => page.problems.push(String(e)));
  await page.addInitScript(remember);
  await page.goto(url);
  return page;
}

const shot = (page, name) => page.screenshot({ path: `${output}${name}.png` });

test('a viewer who comes too early waits, and the status page says standby', async () => {
  const page = await open(watch, phone);
  await page.getByText('not live yet').first().waitFor();
  await shot(page, 'watch-waiting-phone');
  const panel = await open(status, phone);
  await panel.getByRole('button', { name: /go live/i }).waitFor();
  await shot(panel, 'status-standby-phone');
  assert.deepEqual([...page.problems, ...panel.problems], []);
});

test('one press, and the picture plays with its sound', async () => {
  const page = await open(watch, desktop);
  const panel = await open(status, desktop);
  await panel.getByRole('button', { name: /go live/i }).click();
  await until('live', async () => (await boxState()) === 'live', 15_000, () => box.log);
  await until('a picture', async () => (await page.evaluate(stats)).frames > 0, 15_000, () => box.log);
  await page.getByRole('button', { name: /sound on/i }).click(); // a muted player decodes no sound
  await page.waitForTimeout(1000);

  let beeps = 0;
  for (let last = await page.evaluate(stats), second = 0; second < 10; second++) {
    await page.waitForTimeout(1000);
    const now = await page.evaluate(stats);
    assert.ok(now.frames > last.frames + 15, `only ${now.frames - last.frames} pictures in second ${second}`);
    assert.ok(now.samples > last.samples + 40_000, `only ${now.samples - last.samples} samples of sound`);
    if (now.energy > last.energy) beeps++;
    last = now;
  }
  assert.ok(beeps >= 8, `sound in only ${beeps} of 10 seconds`);
  await shot(page, 'watch-live-desktop');
  await shot(panel, 'status-live-desktop');
  assert.deepEqual([...page.problems, ...panel.problems], []);
});

test('flash and beep are within 80 ms of each other', async (t) => {
  const page = await open(watch, phone);
  await until('a picture', async () => (await page.evaluate(stats)).frames > 0);
  await page.waitForTimeout(8000); // a player brings the two together in small steps, with each sender report
  const seen = await page.evaluate(measure, { seconds: 10, flashShare: 0.25 });
  const { playout } = await page.evaluate(stats);
  t.diagnostic(`the player itself says: picture ahead of sound by ${playout.video - playout.audio} ms`);
  const offsets = seen.flashes
    .map((flash) => seen.beeps.map((beep) => flash - beep).sort((a, b) => Math.abs(a) - Math.abs(b))[0])
    .filter((offset) => Math.abs(offset) < 500)
    .sort((a, b) => a - b);
  t.diagnostic(`flash after beep, ms: ${offsets.map((o) => o.toFixed(0)).join(' ')}`);
  writeFileSync(output + 'flash-beep.json', JSON.stringify({ ...seen, offsets }, null, 1));
  assert.ok(offsets.length >= 7, `${seen.flashes.length} flashes and ${seen.beeps.length} beeps in 10 s, brightest ${seen.brightest}`);
  assert.ok(Math.abs(offsets[offsets.length >> 1]) <= 80, `the median is ${offsets[offsets.length >> 1]} ms`);
  await shot(page, 'watch-live-phone');
});

test('a viewer who joins during a show sees it within two seconds', async (t) => {
  const began = Date.now();
  const page = await open(watch, phone);
  await until('a picture', async () => (await page.evaluate(stats)).frames > 0);
  t.diagnostic(`first picture after ${Date.now() - began} ms`);
  const sound = page.getByRole('button', { name: /sound on/i });
  await sound.click();
  assert.equal(await page.evaluate(() => document.querySelector('video').muted), false);
});

test('a hold of two seconds ends the show, and viewers are told', async () => {
  const page = await open(watch, phone);
  const panel = await open(status, phone);
  await until('a picture', async () => (await page.evaluate(stats)).frames > 0);
  const button = panel.getByRole('button', { name: /hold 2 s/i });
  await button.waitFor();
  await shot(panel, 'status-live-phone');
  const at = await button.boundingBox();
  await panel.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  await panel.mouse.down();
  await panel.waitForTimeout(2300);
  await panel.mouse.up();
  await until('standby', async () => (await boxState()) === 'standby', 10_000, () => box.log);
  await page.getByText(/ended/i).first().waitFor();
  await shot(page, 'watch-ended-phone');
});

test('Ctrl-C ends the box in good order, though pages are open', async () => {
  const began = Date.now();
  await box.stop();
  assert.ok(Date.now() - began < 6000, `it took ${Date.now() - began} ms`);
  assert.ok(!/panic|DATA RACE/.test(box.log), box.log);
});
