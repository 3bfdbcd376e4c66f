// The watch page: what the relay says by server-sent events, and the picture by WHEP.
import { Player } from "./whep.js";

const $ = (id) => document.getElementById(id);
const channel = document.body.dataset.channel;
const picture = $("picture"), stage = picture.parentElement;

const words = {
  waiting: ["Not yet", "The stage is not live yet. The picture starts here by itself."],
  pausing: ["Interrupted", "The picture is interrupted. It comes back by itself."],
  live: ["Live", "Live now. The picture is on its way."],
  ended: ["Ended", "The broadcast has ended. Thank you for watching."],
  offline: ["No connection", "No connection to the venue. Trying again."],
};

let state = document.body.dataset.state, seenLive = state === "live", online = true, moving = false;

function show() {
  const key = !online ? "offline" : state === "waiting" && seenLive ? "pausing" : state;
  document.body.dataset.state = key;
  const [label, message] = words[key];
  if ($("state").textContent !== label) $("state").textContent = label;
  $("message").textContent = message;
  // The picture may outlive the events' connection, but not the broadcast.
  const playing = moving && (state === "live" || !online);
  stage.classList.toggle("playing", playing);
  $("sound").hidden = $("full").hidden = !playing;
  if (!document.fullscreenEnabled) $("full").hidden = true;
}

const player = new Player(`/whep/${channel}`, picture, (now) => { moving = now; show(); });

const events = new EventSource(`/${channel}/events`);
events.onopen = () => {
  if (!online) player.now(); // the relay may be another, that does not know our session
  online = true;
  show();
};
events.onerror = () => { online = false; $("viewers").textContent = ""; show(); };
events.onmessage = (e) => {
  const news = JSON.parse(e.data);
  if (news.state === "live" && state !== "live" && !player.connected) player.now();
  seenLive = news.state === "ended" ? false : seenLive || news.state === "live";
  state = news.state;
  $("viewers").textContent = ["", "1 viewer"][news.viewers] ?? `${news.viewers} viewers`;
  show();
};

// A page starts muted: browsers play no sound that nobody asked for.
$("sound").onclick = () => {
  picture.muted = !picture.muted;
  $("sound").textContent = picture.muted ? "Sound on" : "Sound off";
  $("sound").classList.toggle("on", !picture.muted);
  picture.play().catch(() => {});
};
$("full").onclick = () => document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen();

show();
player.start();
