package uplink

import (
	"encoding/binary"
	"errors"
	"io"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"vigie/capture"
	"vigie/uplink/rate"
)

// listen reads the RTCP of one track until the connection is closed. It is one of the session's goroutines.
func (s *session) listen(t *track, from *webrtc.RTPSender) {
	buf := make([]byte, 1500)
	last := capture.Now() // when the last report came, or media began
	for {
		n, _, err := from.Read(buf)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
			return
		}
		select {
		case <-s.stop:
			return
		default:
		}
		if err != nil {
			continue // one packet that is not RTCP
		}
		s.settled.Store(true)
		last = s.hearAll(t, buf[:n], last)
		poke(s.heard)
	}
}

// hearAll takes what came in one datagram, and returns when its last report came.
func (s *session) hearAll(t *track, compound []byte, last time.Duration) time.Duration {
	now := capture.Now()
	each(compound, func(packet []byte) {
		if len(packet) >= 8 {
			s.strangers.from(binary.BigEndian.Uint32(packet[4:]))
		}
		if isTransportFeedback(packet) {
			s.books.received(packet, now)
			return
		}
		packets, _ := rtcp.Unmarshal(packet) // what is not RTCP is no packet
		for _, p := range packets {
			last = s.hear(t, p, now, last)
		}
	})
	return last
}

// hear takes one RTCP packet for t and returns when its last report came. What is about another stream is ignored.
func (s *session) hear(t *track, p rtcp.Packet, now, last time.Duration) time.Duration {
	switch p := p.(type) {
	case *rtcp.ReceiverReport:
		return s.report(t, p.Reports, now, last)
	case *rtcp.SenderReport:
		return s.report(t, p.Reports, now, last)
	case *rtcp.TransportLayerNack:
		if p.MediaSSRC == t.ssrc {
			asked := s.askAgain(t, p.Nacks)
			s.u.note(func(c *status) { c.nacks += asked })
		}
	case *rtcp.PictureLossIndication:
		if p.MediaSSRC == t.ssrc {
			s.pictureLost()
		}
	case *rtcp.FullIntraRequest:
		for _, f := range p.FIR {
			if f.SSRC == t.ssrc {
				s.pictureLost()
			}
		}
	}
	return last
}

func (s *session) pictureLost() {
	s.u.note(func(c *status) { c.plis++ })
	s.u.askIDR()
}

func (s *session) report(t *track, reports []rtcp.ReceptionReport, now, last time.Duration) time.Duration {
	for _, r := range reports {
		if r.SSRC != t.ssrc {
			continue
		}
		f := rate.Feedback{
			Loss: float64(r.FractionLost) / 256, Interval: now - last,
			RTT: s.clock.roundTrip(now, r.LastSenderReport, r.Delay),
		}
		last = now
		s.books.reported(now, t, r.LastSequenceNumber, f, t == s.video || s.video == nil)
	}
	return last
}

// askAgain hands what the relay misses to the sender, which has a budget for it, and returns how many packets that are.
// More than it can look at are forgotten. Sound that is late is of no use.
func (s *session) askAgain(t *track, nacks []rtcp.NackPair) (asked uint64) {
	for _, n := range nacks {
		n.Range(func(seq uint16) bool {
			if asked++; t != s.video {
				return true
			}
			select {
			case s.again <- seq:
			default:
			}
			return true
		})
	}
	return asked
}

// reported takes a receiver report about t. Only one of the tracks is the one whose loss is shown, and is judged by.
func (b *books) reported(now time.Duration, t *track, highest uint32, f rate.Feedback, shown bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.witness.Report(t.ssrc, highest)
	if f.RTT > 0 {
		b.rtt = f.RTT
	}
	c := b.of(t)
	if f.Interval > 0 {
		f.Sent = int(float64(c.octets-c.reported) * 8 / f.Interval.Seconds())
	}
	c.reported = c.octets
	if shown {
		b.loss = f.Loss
		b.estimator.Report(now, f)
	}
}
