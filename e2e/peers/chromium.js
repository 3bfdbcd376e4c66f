// A browser as the publisher: RTCPeerConnection and fetch, as in RFC 9725, from a page of another origin.
import { createServer } from 'node:http';
import { until } from '../box.js';

// publish runs in the page.
async function publish([url, token]) {
  const peer = new RTCPeerConnection();
  for (const track of window.stage.getTracks()) {
    const { codecs } = RTCRtpSender.getCapabilities(track.kind);
    const sender = peer.addTransceiver(track, { direction: 'sendonly', streams: [window.stage] });
    sender.setCodecPreferences(codecs.filter((c) => /h264|opus/i.test(c.mimeType)));
  }
  await peer.setLocalDescription();
  const answer = await fetch(url, {
    method: 'POST', body: peer.localDescription.sdp,
    headers: { 'Content-Type': 'application/sdp', Authorization: `Bearer ${token}` },
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  const session = new URL(answer.headers.get('Location'), url);
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  Object.assign(window, { peer, session });
}

// stop runs in the page.
async function stop(token) {
  const answer = await fetch(window.session, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } });
  window.peer.close();
  if (!answer.ok) throw new Error(`DELETE: ${answer.status}`);
}

// perform runs in the page: a ball and a tone, to publish.
function perform() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
  const paper = canvas.getContext('2d'), audio = new AudioContext(), mouth = audio.createMediaStreamDestination();
  document.body.append(canvas);
  const draw = (now) => {
    paper.fillStyle = 'navy';
    paper.fillRect(0, 0, 1280, 720);
    paper.fillStyle = 'gold';
    paper.fillRect(640 + 500 * Math.sin(now / 700), 360 + 250 * Math.cos(now / 900), 80, 80);
    requestAnimationFrame(draw);
  };
  draw(0);
  const tone = audio.createOscillator();
  tone.connect(mouth);
  tone.start();
  window.stage = new MediaStream([...canvas.captureStream(30).getTracks(), ...mouth.stream.getTracks()]);
}

export function chromium(url, token) {
  let page, site;
  const log = [];
  const state = () => page.evaluate(() => window.peer.connectionState);
  const is = (...wanted) => until(wanted, async () => wanted.includes(await state()), 30_000, () => log.join('\n'));
  const begin = async () => {
    await page.evaluate(publish, [url, token]);
    await is('connected');
  };
  return {
    get log() { return log.join('\n'); },
    async start(browser) {
      site = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<body>')).listen(0, '127.0.0.1');
      page = await (await browser.newContext()).newPage();
      page.on('console', (line) => log.push(line.text()));
      await page.goto(`http://127.0.0.1:${site.address().port}/`);
      await page.evaluate(perform);
    },
    publish: begin,
    stop: () => page.evaluate(stop, token),
    async lost() {
      await is('disconnected', 'failed');
      await page.evaluate(() => window.peer.close());
    },
    returned: begin,
    close: () => site?.close(),
  };
}
