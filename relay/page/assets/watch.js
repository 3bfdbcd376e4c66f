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

const soundAlone = "Live now, with sound alone.";

let state = document.body.dataset.state, seenLive = state === "live", online = true, pictures = false, sounding = false;

function show() {
  const key = !online ? "offline" : state === "waiting" && seenLive ? "pausing" : state;
  document.body.dataset.state = key;
  const [label, message] = words[key];
  if ($("state").textContent !== label) $("state").textContent = label;
  // What plays may outlive the events' connection, but not the broadcast.
  const on = state === "live" || !online;
  $("message").textContent = key === "live" && sounding && !pictures ? soundAlone : message;
  stage.classList.toggle("playing", on && pictures);
  $("sound").hidden = !(on && sounding);
  $("full").hidden = !(on && pictures && document.fullscreenEnabled);
}

const player = new Player(`/whep/${channel}`, picture, (moving, playing) => {
  [pictures, sounding] = [moving, playing];
  show();
});

// listen keeps the events coming. The browser mends a connection that broke, but gives one up that was answered with
// an error: those are tried again after 1 to 15 s, and some chance keeps pages from coming back together.
let wait = 1000;
function listen() {
  const events = new EventSource(`/${channel}/events`);
  events.onopen = () => {
    wait = 1000;
    if (!online) player.now(); // the relay may be another, that does not know our session
    online = true;
    show();
  };
  events.onerror = () => {
    online = false;
    $("viewers").textContent = "";
    show();
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, wait * (0.75 + Math.random() / 2));
    wait = Math.min(2 * wait, 15000);
  };
  events.onmessage = hear;
}

function hear(e) {
  const news = JSON.parse(e.data);
  if (news.state === "live" && state !== "live" && !player.connected) player.now();
  seenLive = news.state === "ended" ? false : seenLive || news.state === "live";
  state = news.state;
  $("viewers").textContent = ["", "1 viewer"][news.viewers] ?? `${news.viewers} viewers`;
  show();
}

// A page starts muted: browsers play no sound that nobody asked for.
$("sound").onclick = () => {
  picture.muted = !picture.muted;
  $("sound").textContent = picture.muted ? "Sound on" : "Sound off";
  $("sound").classList.toggle("on", !picture.muted);
  picture.play().catch(() => {});
};
$("full").onclick = () => document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen();

show();
listen();
player.start();
