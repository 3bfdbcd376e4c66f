// Our own relay, `vigie relay`, and who publishes to it: vigie in another process, GStreamer, and a browser.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watch as page } from '../box.js';
import { chromium } from './chromium.js';
import { gstreamer } from './gstreamer.js';
import { play } from './play.js';
import { answers, root, run } from './program.js';
import { vigie } from './vigie.js';
import { open } from './viewer.js';

const endpoint = 'http://127.0.0.1:8889/whip/main-stage', token = randomUUID();

const file = join(mkdtempSync(join(tmpdir(), 'vigie-peers-')), 'token');
writeFileSync(file, token, { mode: 0o600 });

function ours() {
  let running;
  return {
    get log() { return running?.log ?? ''; },
    start: async () => {
      running = await run(`${root}build/vigie`, ['relay'],
        { name: 'vigie-relay', env: { VIGIE_RELAY_TOKEN_FILE: file }, ready: () => answers(page) });
    },
    kill: () => running?.end('SIGKILL'),
  };
}

// Our watch page finds the show again by itself, whatever happens.
const watch = async (browser, before) => before ?? open(browser, page);

play('vigie to vigie relay', { relay: ours(), publisher: vigie(endpoint, token), watch });
play('GStreamer to vigie relay', { relay: ours(), publisher: gstreamer(endpoint, token), watch });
play('Chromium to vigie relay', { relay: ours(), publisher: chromium(endpoint, token), watch });
