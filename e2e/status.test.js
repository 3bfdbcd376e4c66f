// The pages that staff look at: what axe-core says of them, in both colour schemes, and how one from another computer gets
// in. The pictures are in build/e2e.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import { output, start, status, until } from './box.js';
import { launch } from './browser.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const near = 'http://127.0.0.1:8091/', watch = 'http://127.0.0.1:8092/main-stage';
const own = Object.values(networkInterfaces()).flat().find((a) => a.family === 'IPv4' && !a.internal)?.address;
const far = `https://${own}:8091/`;
let box, browser;

before(async () => {
  mkdirSync(output, { recursive: true });
  const today = new Date(Date.now() + 2 * 3600_000).toLocaleString('sv', { timeZone: 'Europe/Paris' }).slice(0, 13).replace(' ', 'T');
  const config = output + 'status.yaml';
  writeFileSync(config, `
venue: {name: Town hall, timezone: Europe/Paris}
broadcast: {title: Friday jam}
status: {listen: ":8091"}
relay: {listen: "127.0.0.1:8092", media: 8093}
schedule: {events: [{start: "${today}:00", end: "${today}:30", title: Late jam}]}
`);
  box = await start({}, { config, status: near });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await box?.stop();
  writeFileSync(output + 'status.log', box?.log ?? '');
});

async function open(url, { size = 'phone', colorScheme = 'dark', locale = 'en-GB' } = {}) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme, locale, bypassCSP: true, ignoreHTTPSErrors: true });
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (e) => page.problems.push(String(e)));
  await page.goto(url);
  return page;
}

// look takes the page's picture, and holds that axe-core finds nothing serious on it.
async function look(page, name) {
  await page.screenshot({ path: `${output}${name}.png` });
  if (process.env.FULL) await page.screenshot({ path: `${output}${name}-full.png`, fullPage: true });
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  const bad = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' ')}`);
  assert.deepEqual(bad, [], name);
  assert.deepEqual(page.problems, [], name);
}

// eachWay looks at a page as staff do backstage, on a phone in the dark, and in an office, and the other way round.
async function eachWay(url, name, ready) {
  for (const size of Object.keys(sizes)) {
    const page = await open(url, { size });
    await ready(page);
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      await look(page, `${name}-${size}-${colorScheme}`);
    }
    await page.context().close();
  }
}

const press = (gesture, url = near, button = 'go_live', seen = {}) => fetch(url + 'api/v1/press', {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ button, gesture, ...seen }),
});

async function unfolded(page) {
  await page.locator('#headline', { hasText: /standby|live/i }).waitFor();
  for (const part of ['#log', '#settings']) {
    await page.locator(`${part} summary`).click();
    await page.locator(`${part} li, ${part} dd`).first().waitFor();
  }
  await page.locator('#picture:not(.blind)').waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

test('standing by', async () => {
  await eachWay(near, 'standby', unfolded);
  await eachWay(near + 'kiosk', 'kiosk-standby', (page) => page.locator('#clock', { hasText: ':' }).waitFor());
  await eachWay(watch, 'watch-waiting', (page) => page.getByText('not live yet').first().waitFor());
});

test('live', async () => {
  await press('press');
  const state = async () => (await (await fetch(near + 'api/v1/status')).json()).state;
  await until('live', async () => (await state()) === 'live', 20_000, () => box.log);
  await eachWay(near, 'live', unfolded);
  await eachWay(near + 'kiosk', 'kiosk-live', (page) => page.locator('#headline', { hasText: 'LIVE' }).waitFor());
  await cut();
  await endedWithoutHolding();
  await press('press');
  await until('live', async () => (await state()) === 'live', 20_000, () => box.log);
  await eachWay(watch, 'watch-live', (page) => page.waitForFunction(() => document.querySelector('video').videoWidth > 0));
  await press('hold');
  await until('standby', async () => (await state()) === 'standby', 10_000, () => box.log);
});

async function cut() {
  const page = await open(near);
  await page.locator('[data-tone=live] #headline').waitFor();
  await page.locator('#cut').click();
  await page.locator('[data-tone=cut] #headline').waitFor();
  await press('press', near, 'cut', { cut: false }); // by one who did not see the first press
  await eachWay(near, 'cut', (page) => page.locator('[data-tone=cut] #headline').waitFor());
  await eachWay(near + 'kiosk', 'kiosk-cut', (page) => page.locator('[data-tone=cut] #headline').waitFor());
  await page.locator('#cut').click();
  await page.locator('[data-tone=live] #headline').waitFor();
  await page.context().close();
}

// By a screen reader or a voice, which click.
async function endedWithoutHolding() {
  const page = await open(near, { colorScheme: 'light' });
  await page.getByRole('button', { name: 'End the show' }).click();
  await page.getByRole('button', { name: 'Stay on air' }).click();
  await page.locator('#headline', { hasText: 'LIVE' }).waitFor();
  await page.getByRole('button', { name: 'End the show' }).click();
  await look(page, 'live-ending');
  await page.getByRole('button', { name: 'End it' }).click();
  await page.locator('#headline', { hasText: /standby/i }).waitFor();
  await page.context().close();
}

test('in French, by the browser and by the address', async () => {
  const page = await open(near, { locale: 'fr-FR' });
  await page.getByRole('button', { name: /passer à l’antenne/i }).waitFor();
  assert.equal(await page.getAttribute('html', 'lang'), 'fr');
  await page.locator('#next', { hasText: 'Prochaine émission' }).waitFor();
  await page.locator('#warnings').getByText(/image de test/).waitFor(); // the warning, in the reader's words
  await look(page, 'standby-french');
  const english = await open(near + '?lang=en', { locale: 'fr-FR' });
  await english.getByRole('button', { name: 'Go live' }).waitFor();
});

test('from another computer: TLS, the passphrase, and out again', { skip: !own && 'no address but loopback' }, async () => {
  await eachWay(far, 'login', (page) => page.getByLabel('Passphrase of this box').waitFor());
  const page = await open(far.replace('https', 'http') + 'kiosk?lang=fr');
  assert.equal(page.url(), `${far}login?lang=fr&next=%2Fkiosk`);
  const enter = async (text) => {
    await page.locator('#passphrase').fill(text);
    await page.locator('button').click();
  };
  await enter('lusab-babad');
  await page.getByRole('alert').waitFor();
  await look(page, 'login-wrong');
  await enter(readFileSync(`${box.state}/vigie/passphrase`, 'utf8'));
  await page.locator('#clock', { hasText: ':' }).waitFor();
  assert.equal(page.url(), `${far}kiosk?lang=fr`);
  await page.goto(far);
  await page.locator('#headline', { hasText: /standby/i }).waitFor();
  const cookies = await page.context().cookies();
  assert.deepEqual(cookies.map((c) => [c.secure, c.httpOnly, c.sameSite]), [[true, true, 'Strict']]);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('support bundle').click()]);
  assert.match(download.suggestedFilename(), /^vigie-.*\.tar\.gz$/);
  await page.locator('#logout button').click();
  await page.locator('#passphrase').waitFor();
  assert.deepEqual(await page.context().cookies(), []);
});

test('cut, and when the box is gone', async () => {
  const page = await open(near, { size: 'desktop' });
  await page.locator('#cut').click();
  await page.locator('#detail', { hasText: /begins cut/ }).waitFor();
  await look(page, 'standby-cut');
  await box.stop();
  await page.locator('#headline', { hasText: 'No connection' }).waitFor();
  await look(page, 'lost');
});

test('a relay that is not there', async (t) => {
  const config = output + 'no-relay.yaml';
  writeFileSync(config, 'relay: {url: "http://127.0.0.1:9/whip/stage"}\n');
  const waits = await start({}, { config });
  t.after(() => waits.stop());
  await eachWay(status, 'not-ready', (page) => page.locator('[data-tone=trouble] #headline').waitFor());
  await press('press', status);
  await eachWay(status, 'cueing', (page) => page.locator('[data-tone=wait] #headline').waitFor());
  await eachWay(status + 'kiosk', 'kiosk-cueing', (page) => page.locator('[data-tone=wait] #headline').waitFor());
});

test('a broken configuration', async (t) => {
  const config = output + 'broken.yaml';
  writeFileSync(config, 'camera: {widht: 1280}\n');
  const broken = await start({}, { config, state: 'fault' });
  t.after(() => broken.stop());
  await eachWay(status, 'fault', (page) => page.getByText(/widht/).first().waitFor());
  await eachWay(status + 'kiosk', 'kiosk-fault', (page) => page.locator('#clock', { hasText: ':' }).waitFor());
});
