// Player keeps a WHEP session up (draft-ietf-wish-whep). It may be up before the stage is live, and then waits.
const first = 500, most = 15000; // ms between attempts

export class Player {
  #endpoint; #video; #moved; #pc = null; #resource = ""; #wait = first; #timer = 0; #clock = 0; #last = -1; #still = 0;
  #time = 0; #quiet = 0; #alone = 0;

  // moved is told, four times a second, whether pictures come and whether anything plays: sound, where they do not.
  constructor(endpoint, video, moved) {
    this.#endpoint = endpoint;
    this.#video = video;
    this.#moved = moved;
    addEventListener("pagehide", () => this.#drop());
    addEventListener("pageshow", (e) => { if (e.persisted) this.now(); });
  }

  start() {
    this.#clock ||= setInterval(() => this.#look(), 250);
    this.#connect();
  }

  get connected() { return this.#pc?.connectionState === "connected"; }

  // now tries again at once, unless something plays or a first attempt is under way.
  now() {
    this.#wait = first;
    const trying = this.#pc && ["new", "connecting"].includes(this.#pc.connectionState);
    if (!trying && Math.min(this.#still, this.#quiet) > 1) this.#connect();
  }

  async #connect() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#drop();
    const pc = this.#pc = new RTCPeerConnection();
    const stream = new MediaStream();
    for (const kind of ["video", "audio"]) pc.addTransceiver(kind, { direction: "recvonly" });
    pc.ontrack = ({ track }) => {
      const take = () => {
        if (pc !== this.#pc) return;
        stream.addTrack(track);
        this.#play(stream);
      };
      track.onunmute = take; // it may have been put aside
      take();
    };
    pc.onconnectionstatechange = () => {
      if (pc !== this.#pc) return;
      if (pc.connectionState === "connected") this.#wait = first;
      // Disconnected is five seconds without an answer: a new session is sooner than ICE giving this one up.
      if (["disconnected", "failed", "closed"].includes(pc.connectionState)) this.#later();
    };
    try {
      await this.#offer(pc);
    } catch {
      if (pc === this.#pc) this.#later();
    }
  }

  async #offer(pc) {
    const offer = await pc.createOffer();
    // Without this, browsers play Opus in mono (RFC 7587, 6.1).
    const sdp = offer.sdp.replace(/(a=fmtp:\d+ [^\r\n]*useinbandfec=1)/g, "$1;stereo=1");
    await pc.setLocalDescription({ type: "offer", sdp });
    const response = await fetch(this.#endpoint, {
      method: "POST", body: sdp, headers: { "Content-Type": "application/sdp" }, signal: AbortSignal.timeout(10000),
    });
    const answer = await response.text();
    if (response.status !== 201) {
      this.#wait = Math.max(this.#wait, 1000 * (Number(response.headers.get("Retry-After")) || 0));
      throw new Error(answer);
    }
    const resource = new URL(response.headers.get("Location"), response.url).href;
    if (pc !== this.#pc) return void fetch(resource, { method: "DELETE", keepalive: true }).catch(() => {});
    this.#resource = resource;
    await pc.setRemoteDescription({ type: "answer", sdp: answer });
  }

  // Some chance keeps pages that were cut off together from coming back together.
  #later() {
    this.#drop();
    this.#timer = setTimeout(() => this.#connect(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(2 * this.#wait, most);
  }

  #drop() {
    this.#pc?.close();
    this.#pc = null;
    if (this.#resource) fetch(this.#resource, { method: "DELETE", keepalive: true }).catch(() => {});
    this.#resource = "";
  }

  // Pictures come while the count of shown ones grows, sound plays while time passes; three seconds without is a stop.
  // A player's time also passes when its connection is gone.
  #look() {
    const video = this.#video, time = video.currentTime;
    const count = !video.videoWidth ? 0 : video.getVideoPlaybackQuality?.().totalVideoFrames ?? time;
    this.#still = count === this.#last ? this.#still + 1 : 0;
    this.#quiet = time === this.#time ? this.#quiet + 1 : 0;
    this.#last = count;
    this.#time = time;
    this.#putAside();
    const pictures = count > 0 && this.#still < 12;
    this.#moved(pictures, pictures || this.connected && time > 0 && this.#quiet < 12);
  }

  // A browser plays nothing of a stream with a video track before its first picture. In a show without pictures that
  // track is put aside after two seconds, until a packet comes on it.
  #putAside() {
    const stream = this.#video.srcObject, audio = stream?.getAudioTracks()[0], video = stream?.getVideoTracks()[0];
    this.#alone = audio && video && !audio.muted && video.muted ? this.#alone + 1 : 0;
    if (this.#alone >= 8) this.#play(new MediaStream([audio]));
  }

  #play(stream) {
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    this.#video.play().catch(() => {});
  }
}
