// Vigie as the publisher: a box, one button, and a relay elsewhere.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boxState, start, status, until } from '../box.js';
import { logs } from './program.js';

// vigie publishes to that WHIP endpoint with a token.
export function vigie(url, token) {
  let box;
  const file = join(mkdtempSync(join(tmpdir(), 'vigie-peers-')), 'token');
  writeFileSync(file, token, { mode: 0o600 });
  const press = (gesture) => fetch(status + 'api/v1/press', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ button: 'go_live', gesture }),
  });
  const is = (state) => until(state, async () => (await boxState()) === state, 20_000, () => box.log);
  return {
    get log() { return box?.log ?? ''; },
    async start() {
      box = await start({ VIGIE_RELAY_URL: url, VIGIE_RELAY_TOKEN_FILE: file });
    },
    async publish() {
      await press('press');
      await is('live');
    },
    async stop() {
      await press('hold');
      await is('standby');
    },
    lost: () => is('recovering'),
    returned: () => is('live'),
    async close() {
      await box?.stop();
      mkdirSync(logs, { recursive: true });
      writeFileSync(`${logs}vigie-to-${new URL(url).port}.log`, this.log);
    },
  };
}
