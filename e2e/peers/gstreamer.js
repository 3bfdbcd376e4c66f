// GStreamer as the publisher: Debian's whip-client. It does not come back by itself, so it is started again.
import { until } from '../box.js';
import { cache, run } from './program.js';

const pictures = `videotestsrc is-live=true pattern=ball ! video/x-raw,width=1280,height=720,framerate=30/1 ! videoconvert
  ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=1500 key-int-max=300 ! video/x-h264,profile=constrained-baseline
  ! rtph264pay config-interval=-1 aggregate-mode=zero-latency ! application/x-rtp,media=video,encoding-name=H264,payload=96`;
const sound = `audiotestsrc is-live=true wave=ticks ! audioconvert ! audioresample ! opusenc
  ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,encoding-params=(string)2`;

export function gstreamer(url, token) {
  let client;
  const publish = async () => {
    client = await run('whip-client', ['-u', url, '-t', token, '-V', pictures, '-A', sound, '-o'], {
      env: { LD_LIBRARY_PATH: `${cache}/no-upnp` }, // see `run`
      ready: ({ log }) => log.includes('PeerConnection connected'),
    });
  };
  return {
    get log() { return client?.log ?? ''; },
    start() {},
    publish,
    stop: () => client.end('SIGINT'),
    async lost() {
      await until('GStreamer to notice', () => client.log.includes('ICE failed') || !client.running, 60_000, () => client.log);
      await client.end('SIGKILL');
    },
    returned: publish,
    close: () => client?.end('SIGKILL'),
  };
}
