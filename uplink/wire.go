package uplink

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"vigie/capture"
)

var (
	errFlushed  = errors.New("flushed")        // media that was thrown away while it was being sent
	errNotAgain = errors.New("not sent again") // what a NACK asked for: flushed, or never sent
)

// wire is the interceptor closest to the socket: what passes it without an error has been handed to the kernel. It
// numbers packets transport-wide and keeps the books.
type wire struct {
	interceptor.NoOp
	video, audio *track
	books        *books
	clock        ntpClock // the session's

	// socket has room for one: whoever sends. So the transport-wide numbers are in the order of the wire, and flush
	// can wait for a packet that is under way, but not for ever.
	socket  chan struct{}
	next    uint16 // transport-wide number, of whoever sends
	probing bool   // what is sent is part of a probe; of whoever sends
	padding bool   // and is nothing but padding

	mu    sync.Mutex // of epoch and of the tracks' onWire; never held across a send
	epoch uint64     // media of an earlier epoch is not sent
}

// flushing bounds the wait for a socket that stands still.
const flushing = 100 * time.Millisecond

// tracks returns the tracks that are offered, the picture first.
func (w *wire) tracks() []*track {
	return slices.DeleteFunc([]*track{w.video, w.audio}, func(t *track) bool { return t == nil })
}

// NewInterceptor makes wire its own factory: there is one for each session.
func (w *wire) NewInterceptor(string) (interceptor.Interceptor, error) { return w, nil }

// BindLocalStream puts wire between the tracks and SRTP.
func (w *wire) BindLocalStream(info *interceptor.StreamInfo, out interceptor.RTPWriter) interceptor.RTPWriter {
	t := w.audio
	if strings.EqualFold(info.MimeType, webrtc.MimeTypeH264) {
		t = w.video
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	t.stamps.agree(info)
	if t.below = out; nacks(info) {
		t.kept, t.rtx = &kept{}, newRTX(info, t.header.SequenceNumber)
	}
	close(t.bound)
	return interceptor.RTPWriterFunc(func(h *rtp.Header, p []byte, a interceptor.Attributes) (int, error) {
		return w.send(packet{track: t, seq: h.SequenceNumber}, h, p, a)
	})
}

// begin says what the packets of t that follow hold.
func (w *wire) begin(t *track, epoch uint64, filler bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t.epoch, t.filler = epoch, filler
}

// flush refuses media of epochs before this one, also as retransmissions. When it returns, nothing of it is sent any
// more, but for a packet that waits in a socket that stands still.
func (w *wire) flush(epoch uint64) {
	w.mu.Lock()
	w.epoch = max(w.epoch, epoch) // the session's end may overtake a cut
	for _, t := range w.tracks() {
		t.spoil(t.number)
	}
	w.mu.Unlock()
	wait := time.NewTimer(flushing)
	defer wait.Stop()
	select {
	case w.socket <- struct{}{}:
		<-w.socket
	case <-wait.C:
	}
}

// send hands a packet to the socket, stamped, and keeps the books. It blocks while the socket does.
func (w *wire) send(k packet, h *rtp.Header, p []byte, a interceptor.Attributes) (n int, err error) {
	w.socket <- struct{}{}
	defer func() { <-w.socket }()
	if err := w.admit(&k); err != nil {
		return 0, err
	}
	t := k.track
	t.stamps.put(h, w.next, w.clock.at(capture.Now()))
	n, err = t.below.Write(h, p, a)
	t.stamps.take(h)
	switch {
	case err != nil:
		w.books.failed.Add(1)
	case n > 0:
		k.bytes, k.tagged, k.transport = n, t.stamps.numbered, w.next
		w.next++
		if !k.padding {
			k.payload = len(p)
		}
		w.keep(k, h, p)
		w.left(k)
	}
	return n, err
}

// keep keeps a packet that was sent, to send it again.
func (w *wire) keep(k packet, h *rtp.Header, p []byte) {
	t := k.track
	if t.kept == nil || k.rtx && !k.again {
		return
	}
	if k.own() {
		t.kept.add(h, p, capture.Now())
	}
	t.kept.left(k)
}

// admit looks at a packet before it is sent.
func (w *wire) admit(k *packet) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := k.track
	k.number = t.unwrap(k.seq)
	k.filler, k.probe, k.padding = t.filler || w.padding, w.probing, w.padding
	switch {
	case k.again && !t.repeatable(k.number):
		return errNotAgain
	case k.own() && t.epoch < w.epoch:
		return errFlushed
	}
	return nil
}

// left enters a packet that was handed to the socket.
func (w *wire) left(k packet) {
	if t := k.track; k.own() {
		w.mu.Lock()
		t.number, t.sent = k.number, true
		if t.epoch < w.epoch {
			t.spoil(k.number) // it was under way when its media was flushed
		}
		w.mu.Unlock()
	}
	w.books.sent(k, capture.Now())
}
