// What the camera sees, about twice a second. The pictures are taken out of the stream here instead of by an <img>:
// that one would go on showing the last picture of a camera that is gone.

import { t } from './words.js';

const late = 2500; // ms: an older picture is not shown as if it were now
const again = 3000; // ms

export function preview(section) {
  const canvas = section.querySelector('canvas'), instead = section.querySelector('.instead');
  const context = canvas.getContext('2d');
  let last = -Infinity, ender = null;

  async function look() {
    for (;;) {
      if (!document.hidden) {
        ender = new AbortController();
        try {
          for await (const jpeg of pictures(ender.signal)) {
            draw(await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' })));
          }
        } catch {
          // It ended, or was not there; the clock below says so on the page.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, again));
    }
  }
  function draw(bitmap) {
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    last = performance.now();
    section.classList.remove('blind');
  }
  setInterval(() => {
    if (performance.now() - last < late) return;
    section.classList.add('blind');
    instead.textContent = last === -Infinity ? t.noPreview : t.pictureStopped;
  }, 500);
  document.addEventListener('visibilitychange', () => { if (document.hidden) ender?.abort(); });
  look();
}

// Yields each JPEG of the stream as bytes.
async function* pictures(signal) {
  const response = await fetch('/api/v1/preview', { headers: { Accept: 'multipart/mixed' }, signal });
  if (!response.ok) throw new Error(response.statusText);
  const reader = response.body.getReader();
  let bytes = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const longer = new Uint8Array(bytes.length + value.length);
    longer.set(bytes);
    longer.set(value, bytes.length);
    bytes = longer;
    for (let part = cut(bytes); part; part = cut(bytes)) {
      yield part.jpeg;
      bytes = part.rest;
    }
  }
}

// Cuts the first part off, or returns null when it is not there in full. Its header says how long it is.
function cut(bytes) {
  const header = new TextDecoder('latin1').decode(bytes.subarray(0, 256));
  const length = /Content-Length: (\d+)\r\n\r\n/.exec(header);
  if (!length) return null;
  const start = length.index + length[0].length, end = start + Number(length[1]);
  if (bytes.length < end + 2) return null;
  return { jpeg: bytes.slice(start, end), rest: bytes.slice(end + 2) };
}
