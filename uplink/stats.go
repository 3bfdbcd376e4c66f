package uplink

import (
	"errors"
	"time"

	"vigie/capture"
	"vigie/uplink/whip"
)

// Stats is what the status page and the metrics show. Counts are since New, and never fall.
type Stats struct {
	Connected bool   `json:"connected"`
	Confirmed bool   `json:"confirmed"`
	Relay     string `json:"relay"`           // the one that has the show, or is to have it: https://host
	Backup    bool   `json:"backup"`          // that is not the first one
	Answer    string `json:"answer"`          // the relay's last one to a request; "" before there was any
	Attempt   int    `json:"attempt"`         // sessions tried
	Error     string `json:"error,omitempty"` // of the last attempt, or why the last session was lost
	Pair      string `json:"pair,omitempty"`  // of candidates: the way that media takes
	Target    int    `json:"target"`          // bits a second, asked of the encoder
	Rate      int    `json:"rate"`            // bits a second, sent in the last second, with the headers of IP
	// Estimate is what the network is thought to take, Acknowledged what arrived in the last second: bits a second, as
	// Rate. Queue is how long a packet waits on the way to the relay.
	// Acknowledged and Queue are 0 where the relay tells nothing of single packets.
	Estimate     int     `json:"estimate"`
	Acknowledged int     `json:"acknowledged"`
	Queue        float64 `json:"queue_seconds"`
	Cause        string  `json:"cause"` // why Estimate moved last, see rate.Cause; "" without a session
	RTT          float64 `json:"rtt_seconds"`
	Loss         float64 `json:"loss"` // share, of the last receiver report
	// ConfirmedAge is how long ago the newest packet that the relay confirmed was sent; -1 where none was.
	ConfirmedAge float64 `json:"confirmed_age_seconds"`

	// Recoveries are how often media got through again after it no longer did, LastRecovery and Recovering how long that
	// took, from the last packet before to the first one after: the last time, and all together.
	Recoveries   uint64  `json:"recoveries"`
	LastRecovery float64 `json:"last_recovery_seconds"`
	Recovering   float64 `json:"recovering_seconds"`
	Restarts     uint64  `json:"restarts"` // of ICE, begun

	SentPackets   uint64 `json:"sent_packets"`
	SentBytes     uint64 `json:"sent_bytes"` // with the headers of RTP and SRTP
	Retransmitted uint64 `json:"retransmitted"`
	SendFailures  uint64 `json:"send_failures"`
	PLI           uint64 `json:"pli"`  // with FIR
	NACK          uint64 `json:"nack"` // packets that the relay asked for again, each time it asked
	IDRRequests   uint64 `json:"idr_requests"`
	QueuedVideo   int    `json:"queued_video"` // with what is in the pacer, whole or in part
	QueuedAudio   int    `json:"queued_audio"`
	Drops         Drops  `json:"drops"`
	// Turns grows at least once a second while Connected: the loop's sign of life.
	Turns uint64 `json:"-"`
}

// Drops counts access units and audio packets that were thrown away, by reason.
type Drops struct {
	Offline     uint64 `json:"offline"`      // there was no session
	Overflow    uint64 `json:"overflow"`     // the queue was full, or too much waited in the pacer
	AwaitingIDR uint64 `json:"awaiting_idr"` // of no use to a decoder before the next IDR
	Flushed     uint64 `json:"flushed"`      // by Flush
}

// status is what Stats shows of the loop's state. Uplink.mu guards it.
type status struct {
	connected, confirmed bool
	attempts             int
	err, pair            string
	relay, answer        string
	backup               bool
	recovery             recovery
	restarts             uint64
	target               int
	plis, nacks, idrs    uint64
	past                 totals // of sessions that are over
	turns                uint64
}

// totals are the counts that each session keeps in its books.
type totals struct{ packets, bytes, retransmitted, failed uint64 }

// Stats returns the figures of this moment. It does not block.
func (u *Uplink) Stats() Stats {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := &u.status
	s := Stats{
		Relay: c.relay, Backup: c.backup, Answer: c.answer, Recoveries: c.recovery.count, Restarts: c.restarts,
		LastRecovery: c.recovery.last.Seconds(), Recovering: c.recovery.total.Seconds(),
		Connected: c.connected, Confirmed: c.confirmed, Attempt: c.attempts, Error: c.err, Pair: c.pair,
		Target: c.target, ConfirmedAge: -1, PLI: c.plis, NACK: c.nacks, IDRRequests: c.idrs,
		QueuedVideo: u.video.n, QueuedAudio: u.audio.n, Drops: u.drops, Turns: c.turns,
	}
	sum := c.past
	if u.session != nil {
		u.session.books.show(&s, capture.Now())
		sum = u.session.books.add(sum)
	}
	s.SentPackets, s.SentBytes = sum.packets, sum.bytes
	s.Retransmitted, s.SendFailures = sum.retransmitted, sum.failed
	return s
}

func (b *books) show(s *Stats, now time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.estimator.Figures(now)
	s.Estimate, s.Rate, s.Acknowledged = f.Target, f.Sent, f.Acked
	s.Queue, s.Cause = f.Queue.Seconds(), f.Cause.String()
	if s.RTT, s.Loss = b.rtt.Seconds(), b.loss; s.RTT == 0 {
		s.RTT = f.RTT.Seconds() // no receiver report tells
	}
	s.QueuedVideo += int(b.paced.Load())
	if b.witness.has {
		s.ConfirmedAge = (now - b.witness.proven).Seconds()
	}
}

func (b *books) add(to totals) totals {
	b.mu.Lock()
	defer b.mu.Unlock()
	return totals{
		packets: to.packets + b.packets, bytes: to.bytes + b.bytes,
		retransmitted: to.retransmitted + b.retransmitted, failed: to.failed + b.failed.Load(),
	}
}

// note changes the status.
func (u *Uplink) note(f func(*status)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f(&u.status)
}

// answered keeps what the relay said to a request: what it did, or the error that it gave.
func (u *Uplink) answered(did string, err error) {
	var refused *whip.StatusError
	text := "the relay " + did
	switch {
	case errors.As(err, &refused):
		text = refused.Error()
	case err != nil:
		return // it did not answer
	}
	u.note(func(c *status) { c.answer = text })
}
