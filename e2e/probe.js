// What is measured inside the watch page. `remember` runs before the page's own scripts, `measure` when it plays.

// remember keeps the page's peer connections where the test finds them.
export function remember() {
  const Real = window.RTCPeerConnection;
  window.peers = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      window.peers.push(this);
    }
  };
}

// stats is what the newest connection has received.
export async function stats() {
  const peer = window.peers.at(-1);
  const found = { frames: 0, samples: 0, energy: 0, lost: 0, freezes: 0, width: 0, playout: {} };
  for (const s of peer ? (await peer.getStats()).values() : []) {
    if (s.type !== 'inbound-rtp') continue;
    found.lost += s.packetsLost ?? 0;
    found.playout[s.kind] = s.estimatedPlayoutTimestamp; // of the sender's clock, milliseconds
    if (s.kind === 'video') Object.assign(found, { frames: s.framesDecoded, freezes: s.freezeCount, width: s.frameWidth });
    if (s.kind === 'audio') Object.assign(found, { samples: s.totalSamplesReceived, energy: s.totalAudioEnergy });
  }
  return found;
}

// measure collects, for so many seconds, when the picture flashes and when the beep is heard, in milliseconds of
// performance.now(); a picture flashes when more than flashShare of it is white. Each flash is the time at which its first picture is to be shown, each beep that at which its
// first sample leaves for the loudspeaker.
export async function measure({ seconds, flashShare }) {
  const video = document.querySelector('video');
  const canvas = new OffscreenCanvas(32, 18);
  const paper = canvas.getContext('2d', { willReadFrequently: true });
  const flashes = [], beeps = [], luma = [];
  let white = true;
  const look = (now, picture) => {
    paper.drawImage(video, 0, 0, 32, 18);
    const data = paper.getImageData(0, 0, 32, 18).data;
    let bright = 0;
    for (let i = 0; i < data.length; i += 4) if (Math.min(data[i], data[i + 1], data[i + 2]) > 200) bright++;
    const share = bright / (data.length / 4);
    luma.push(share);
    const is = share > flashShare;
    if (is && !white) flashes.push(picture.expectedDisplayTime);
    white = is;
    request = video.requestVideoFrameCallback(look);
  };
  let request = video.requestVideoFrameCallback(look);

  const audio = new AudioContext({ sampleRate: 48000 });
  await audio.resume();
  // An AudioWorklet sees every sample; it reports the context time at which a beep begins.
  const code = `registerProcessor('beep', class extends AudioWorkletProcessor {
    constructor() { super(); this.quiet = 0; }
    process([input]) {
      const left = input[0] ?? [];
      for (let i = 0; i < left.length; i++) {
        if (Math.abs(left[i]) > 0.02) {
          if (this.quiet > 9600) this.port.postMessage(currentTime + i / sampleRate);
          this.quiet = 0;
        } else this.quiet++;
      }
      return true;
    }
  })`;
  await audio.audioWorklet.addModule('data:text/javascript,' + encodeURIComponent(code));
  const ear = new AudioWorkletNode(audio, 'beep');
  ear.port.onmessage = ({ data }) => {
    const { contextTime, performanceTime } = audio.getOutputTimestamp();
    beeps.push(performanceTime + (data - contextTime) * 1000);
  };
  const source = audio.createMediaStreamSource(new MediaStream(video.srcObject.getAudioTracks()));
  const hush = audio.createGain();
  hush.gain.value = 0;
  source.connect(ear).connect(hush).connect(audio.destination);

  await new Promise((done) => setTimeout(done, seconds * 1000));
  video.cancelVideoFrameCallback(request);
  await audio.close();
  return { flashes, beeps, brightest: Math.max(...luma) };
}
