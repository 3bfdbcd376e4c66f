// Janus takes vigie by Debian's simple-whip-server, which puts what it publishes into a room of Janus' plug-in VideoRoom.
import { mkdirSync, writeFileSync } from 'node:fs';
import { play } from './play.js';
import { answers, cache, logs, run } from './program.js';
import { vigie } from './vigie.js';
import { open } from './viewer.js';

// The ports are not the packages' own: those may be in use by the services that they install.
const socket = 8189, web = 7081, room = 1234, secret = 'adm1n', token = 'stage';
const front = `http://127.0.0.1:${web}`;
const configs = `${logs}janus/`, server = `${cache}/simple-whip-server`;

// What Janus is to load: one transport, one plug-in, one room. Its front takes tags of ICE sessions by the letter.
function configure() {
  mkdirSync(configs, { recursive: true });
  const write = (name, text) => writeFileSync(`${configs}${name}.jcfg`, text);
  write('janus', `
    general: { protected_folders = [] }
    media: { ipv6 = false }
    nat: { ice_enforce_list = "lo" }
    plugins: { disable = "${'audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall voicemail'
      .split(' ').map((p) => `libjanus_${p}.so`).join(',')}" }
    transports: { disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" }`);
  write('janus.transport.websockets', `general: { ws = true, ws_port = ${socket}, ws_ip = "127.0.0.1" }`);
  write('janus.plugin.videoroom', `room-${room}: { publishers = 1, bitrate = 0, videocodec = "h264", audiocodec = "opus" }`);
  writeFileSync(`${server}/src/config.js`, `module.exports = ${JSON.stringify({
    janus: { address: `ws://127.0.0.1:${socket}` }, port: web, rest: '/whip', allowTrickle: true, strictETags: true,
  })};`);
}

let janus, whip;
const relay = {
  get log() { return `${whip?.log}\n${janus?.log}`; },
  async start() {
    configure();
    janus = await run('janus', ['-F', configs, '-o', '-d', '4'], { ready: () => answers(`http://127.0.0.1:${socket}/`) });
    whip = await run('node', ['src/server.js'], {
      name: 'simple-whip-server', cwd: server, ready: () => answers(`${front}/whip/healthcheck`),
      env: { NODE_PATH: new URL('node_modules', import.meta.url).pathname, DEBUG: 'whip:*', DEBUG_COLORS: '0' },
    });
    await fetch(`${front}/whip/create`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ id: 'stage', room, token }),
    });
  },
  kill: () => Promise.all([janus?.end('SIGKILL'), whip?.end('SIGKILL')]),
};

// subscribe runs in the page: it speaks Janus' protocol over its WebSocket, and plays who publishes in the room.
async function subscribe([url, room]) {
  const socket = new WebSocket(url, 'janus-protocol');
  await new Promise((open, fail) => { socket.onopen = open; socket.onerror = fail; });
  const waiting = new Map();
  socket.onmessage = ({ data }) => {
    const said = JSON.parse(data), taker = waiting.get(said.transaction);
    if (said.janus !== 'ack') taker?.(said);
  };
  const session = {};
  const ask = (janus, more = {}) => new Promise((resolve, reject) => {
    const transaction = crypto.randomUUID();
    waiting.set(transaction, (said) => {
      const failed = said.error?.reason ?? said.plugindata?.data.error;
      failed ? reject(new Error(failed)) : resolve(said);
    });
    socket.send(JSON.stringify({ janus, transaction, ...session, ...more }));
  });
  const tell = (body, jsep) => ask('message', { body: { room, ...body }, jsep });

  session.session_id = (await ask('create')).data.id;
  setInterval(() => ask('keepalive'), 25_000);
  session.handle_id = (await ask('attach', { plugin: 'janus.plugin.videoroom' })).data.id;
  const { participants } = (await tell({ request: 'listparticipants' })).plugindata.data;
  const streams = participants.filter((p) => p.publisher).map((p) => ({ feed: p.id }));
  const { jsep } = await tell({ request: 'join', ptype: 'subscriber', streams });

  const peer = new RTCPeerConnection(), video = document.createElement('video');
  video.autoplay = true;
  document.body.append(video);
  peer.ontrack = ({ streams: [stream] }) => { video.srcObject = stream; };
  await peer.setRemoteDescription(jsep);
  await peer.setLocalDescription();
  // Its candidates have names that are of no use outside: Janus finds them by the checks that come.
  const answer = { type: 'answer', sdp: peer.localDescription.sdp.replace(/a=candidate:.*\r\n/g, '') };
  await tell({ request: 'start' }, answer);
  ask('trickle', { candidate: { completed: true } }); // answered by an ack alone
}

// watch subscribes anew: each publisher is another to Janus.
async function watch(browser, before) {
  await before?.close();
  const page = await open(browser, `${front}/whip/healthcheck`);
  await page.evaluate(subscribe, [`ws://127.0.0.1:${socket}`, room]);
  return page;
}

play('vigie to Janus', { relay, watch, publisher: vigie(`${front}/whip/endpoint/stage`, token) });
