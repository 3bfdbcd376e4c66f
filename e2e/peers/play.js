// The piece that every pair of a publisher and a relay plays before a viewer.
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { launch } from '../browser.js';
import { sees, throughout } from './viewer.js';

// How long a viewer watches, in seconds; how long after each of the troubles; and how long a killed relay stays away.
const long = Number(process.env.PEERS_SECONDS ?? 10), short = 5, away = long / 6;

// play declares the tests of a pair.
//
//   relay      start() and kill(), which is SIGKILL
//   publisher  start(browser); publish() resolves when the relay takes its media; stop() ends the session in good order;
//              lost() resolves when it knows that the relay is gone, and returned() when it is back; close()
//   watch      opens the viewer's page in a browser, or returns the one that it is given: how it was before
//
// Relay and publisher have a log of what they say.
export const play = (name, { relay, publisher, watch }) => describe(name, () => {
  let browser, page;
  const known = () => `the publisher says\n${publisher.log}\nthe relay says\n${relay.log.slice(-4000)}`;
  const decodes = async (t, seconds) => t.diagnostic(await throughout(page, seconds, known));

  before(async () => {
    await relay.start();
    browser = await launch();
    await publisher.start(browser);
  });
  after(async () => {
    await publisher.close();
    await browser?.close();
    await relay.kill();
  });

  test('a viewer decodes', async (t) => {
    t.diagnostic(`published in ${await took(publisher.publish())} ms`);
    page = await watch(browser);
    t.diagnostic(`a picture ${await sees(page, known)} ms after the page`);
    await decodes(t, long);
  });

  test('stopped, and published again at once', async (t) => {
    t.diagnostic(`stopped in ${await took(publisher.stop())} ms`);
    t.diagnostic(`published again in ${await took(publisher.publish())} ms`);
    page = await watch(browser, page);
    t.diagnostic(`a picture ${await sees(page, known)} ms later`);
    await decodes(t, short);
  });

  test('the relay is killed and comes back', async (t) => {
    await relay.kill();
    t.diagnostic(`its death was noticed in ${await took(publisher.lost())} ms`);
    await pause(1000 * away);
    await relay.start();
    t.diagnostic(`published ${await took(publisher.returned())} ms after the relay's return`);
    page = await watch(browser, page);
    t.diagnostic(`a picture ${await sees(page, known)} ms later`);
    await decodes(t, short);
  });
});

async function took(what) {
  const began = Date.now();
  await what;
  return Date.now() - began;
}
