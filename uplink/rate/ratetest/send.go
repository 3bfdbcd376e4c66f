package ratetest

import (
	"time"

	"vigie/uplink/rate"
)

func (x *box) encode(now time.Duration) {
	x.enc.bitrate = float64(x.est.Picture())
	if now >= x.Slate[0] && now < x.Slate[1] {
		x.enc.bitrate /= 10
	}
	p := x.enc.next(now)
	x.trace.Pictures++
	if !x.pacer.Picture(p.idr) {
		x.trace.Thrown++
		x.enc.asked = true
		return
	}
	of := (p.bytes + payload - 1) / payload
	for left := p.bytes; left > 0; left -= payload {
		x.pacer.Push(rate.Packet[piece]{
			Kind: rate.Video, Bytes: min(left, payload) + rate.Headers, Payload: piece{p.number, of, p.idr},
		}, now)
	}
}

func (x *box) send(now time.Duration) {
	for {
		k, wait := x.pacer.Next(now)
		if wait > 0 {
			x.release = rate.Idle
			if wait < rate.Idle {
				x.release = now + wait
			}
			return
		}
		seq := int64(-1)
		switch k.Kind {
		case rate.Video:
			seq = x.seq
			x.media[seq%remembered] = media{k.Payload, k.Bytes, now}
			x.octets += k.Bytes - rate.Headers
			x.seq++
		case rate.Again:
			seq = k.Number
			x.trace.Again++
		case rate.Padding:
			x.trace.Padding++
		}
		x.trace.Packets++
		x.trace.sent(now, k.Bytes)
		x.est.Sent(rate.Sent{Number: x.number, Bytes: k.Bytes, At: now, Kind: k.Kind, Probe: k.Probe})
		x.wire(now, k, seq)
		x.number++
	}
}

func (x *box) wire(now time.Duration, k rate.Packet[piece], seq int64) {
	left, ok := x.link.send(now, k.Bytes)
	if !ok {
		x.trace.Overflowed++
		x.trace.queued(now, x.link.Queue)
		return
	}
	x.trace.queued(now, left-now)
	x.trace.delivered(left, k.Bytes)
	if at, ok := x.way.forward(left); ok {
		x.relay.pending = append(x.relay.pending, arrival{at, x.number, seq, k.Payload})
	}
}

// hear takes what the relay sent.
func (x *box) hear(now time.Duration, m message) {
	if len(m.feedback) > 0 {
		x.est.Feedback(now, m.feedback)
	}
	if m.report.Interval > 0 {
		m.report.RTT = 2*x.Delay + m.wait
		m.report.Sent = int(float64(8*x.octets) / m.report.Interval.Seconds())
		x.octets = 0
		x.est.Report(now, m.report)
	}
	for _, seq := range m.nacks {
		if d := x.media[seq%remembered]; seq < x.seq && seq >= x.seq-remembered {
			x.pacer.Push(rate.Packet[piece]{
				Kind: rate.Again, Bytes: d.bytes, Number: seq, Born: d.at, Payload: d.piece,
			}, now)
		}
	}
	x.enc.asked = x.enc.asked || m.pli
}
