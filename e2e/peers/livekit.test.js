// LiveKit's server takes vigie by its own WHIP endpoint, and LiveKit's player plays it.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { play } from './play.js';
import { answers, run } from './program.js';
import { vigie } from './vigie.js';
import { open } from './viewer.js';

const key = 'vigie', secret = 'a secret of at least thirty-two characters';
const program = execFileSync(new URL('livekit-server', import.meta.url).pathname, { encoding: 'utf8' }).trim();
const at = '127.0.0.1:7880', room = 'main-stage';
const config = JSON.stringify({ // YAML takes it
  port: 7880, bind_addresses: ['127.0.0.1'], keys: { [key]: secret }, logging: { level: 'info' },
  // Its Link headers name public STUN servers, which nobody reaches from a build machine: that must delay nothing.
  rtc: { udp_port: 7882, tcp_port: 7881, node_ip: '127.0.0.1', use_external_ip: false, enable_loopback_candidate: true },
});

// token is a JSON Web Token (RFC 7519) with LiveKit's grants, by HMAC with SHA-256.
function token(identity, grants) {
  const now = Math.floor(Date.now() / 1000);
  const text = [{ alg: 'HS256', typ: 'JWT' },
    { iss: key, sub: identity, nbf: now - 60, exp: now + 3600, video: { roomJoin: true, room, ...grants } }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

let server;
const relay = {
  get log() { return server?.log ?? ''; },
  start: async () => {
    server = await run(program, ['--config-body', config],
      { name: 'livekit', ready: () => answers(`http://${at}/`) });
  },
  kill: () => server?.end('SIGKILL'),
};

// watch joins the room, anew if the server died: how LiveKit's player comes back is not ours to judge.
async function watch(browser, before) {
  if (await before?.evaluate(() => window.room.state) === 'connected') return before;
  await before?.close();
  const page = await open(browser, `http://${at}/`);
  await page.addScriptTag({ path: new URL('node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url).pathname });
  await page.evaluate(async ([url, token]) => {
    window.room = new LivekitClient.Room();
    window.room.on('trackSubscribed', (track) => document.body.append(track.attach()));
    await window.room.connect(url, token);
  }, [`ws://${at}`, token('viewer', { canPublish: false, canSubscribe: true })]);
  return page;
}

play('vigie to LiveKit', {
  relay, watch, publisher: vigie(`http://${at}/whip/v1`, token('stage', { canPublish: true, canSubscribe: false })),
});
