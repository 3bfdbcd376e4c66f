package uplink

import (
	"math"
	"time"

	"vigie/capture"
	"vigie/uplink/rate"
)

// The estimate of what the network takes is the books': packets are entered where they leave, by the sending goroutine,
// and feedback by the goroutines that read RTCP. The session's loop lets time pass and tells the encoder.

// estimating is how often the loop lets time pass for the estimator.
const estimating = 50 * time.Millisecond

// newEstimator makes one for a session in which the relay took the transport-wide numbers, or did not.
func newEstimator(o Options, transportWide bool) *rate.Estimator {
	r := rate.Options{Min: o.MinBitrate, Start: o.StartBitrate, Max: o.MaxBitrate, Audio: o.AudioBitrate}
	if !o.Audio {
		r.Audio = 0
	}
	return rate.NewEstimator(r, transportWide)
}

// beginEstimate begins anew, now that the relay's answer is known.
func (s *session) beginEstimate() {
	s.wire.mu.Lock()
	tagged := s.video != nil && s.video.stamps.numbered || s.audio != nil && s.audio.stamps.numbered
	s.wire.mu.Unlock()
	s.books.mu.Lock()
	s.books.estimator = newEstimator(s.u.o, tagged)
	s.books.mu.Unlock()
	if !tagged {
		s.u.log.Info("the relay tells nothing of single packets: the rate follows its receiver reports")
	}
}

// pacing is what the sender needs to know: bits a second in all, bits a second of a burst, the round trip, and a burst
// that the estimator wants to see.
func (b *books) pacing(now time.Duration) (target, pace int, rtt time.Duration, probe rate.Probe) {
	b.mu.Lock()
	defer b.mu.Unlock()
	probe, _ = b.estimator.Probe()
	return b.estimator.Target(), b.estimator.Pace(), max(b.estimator.RTT(), b.rtt), probe
}

// received takes transport-wide feedback: what arrived is proof for the witness, and when it did tells the estimator.
func (b *books) received(f transportFeedback, now time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.arrivals = f.read(b.arrivals[:0], &b.reference)
	for _, a := range b.arrivals {
		if a.Arrived {
			b.witness.Received(a.Number)
		}
	}
	b.estimator.Feedback(now, b.arrivals)
}

// arrived tells whether feedback said that a packet has come.
func (b *books) arrived(transport uint16) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.estimator.Arrived(transport)
}

// figures lets time pass for the estimator, and returns what it thinks.
func (b *books) figures(now time.Duration) rate.Figures {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.estimator.Tick(now)
	return b.estimator.Figures(now)
}

// follow tells the log why the rate moved, and the encoder its share when that has moved by enough to matter: down at
// once, up in steps of a twentieth.
func (s *session) follow() {
	now := capture.Now()
	f := s.books.figures(now)
	if text := s.why.news(f.Cause, now); text != "" {
		s.u.log.Info(text, "kbps", f.Target/1000, "picture_kbps", f.Picture/1000, "queue", f.Queue.Round(time.Millisecond),
			"loss", math.Round(1000*f.Loss)/1000)
	}
	told := s.told
	if f.Picture > told && f.Picture < told+told/20 && f.Picture < s.u.o.MaxBitrate || f.Picture < told && f.Picture > told-told/50 {
		return
	}
	if f.Picture != told {
		s.told = f.Picture
		s.u.setBitrate(f.Picture)
	}
}
