package ratetest

import (
	"math/rand/v2"
	"time"

	"vigie/uplink/rate"
)

// Box is one sender of ours.
type Box struct {
	Path
	From, To time.Duration
	Options  rate.Options
	Every    time.Duration    // between transport-wide feedbacks; 0 is 100 ms
	Slate    [2]time.Duration // between them the encoder makes a tenth of what it may
	Reports  bool             // the relay sends no transport-wide feedback, but receiver reports each second
}

const (
	soundEvery = 20 * time.Millisecond
	tickEvery  = 50 * time.Millisecond
	payload    = 1160 // of the encoder's in a packet
)

// piece is a packet of picture, as the relay needs it.
type piece struct {
	picture int
	of      int // packets that the picture has
	idr     bool
}

// media is what was sent under an RTP sequence number.
type media struct {
	piece
	bytes int
	at    time.Duration
}

const remembered = 1 << 13

// box is a Box in a run.
type box struct {
	Box
	link  *bottleneck
	way   way
	trace *Trace
	relay relay
	est   *rate.Estimator
	pacer *rate.Pacer[piece]
	enc   encoder

	picture, sound, tick, release time.Duration // when each is due
	number                        uint16        // transport-wide
	seq                           int64         // of the picture's packets
	media                         [remembered]media
	inbox                         []message
	octets                        int // of picture sent since the last receiver report
}

func newBox(b Box, l *bottleneck, t *Trace, seed uint64) *box {
	if b.Every == 0 {
		b.Every = 100 * time.Millisecond
	}
	rng := rand.New(rand.NewPCG(seed, 4))
	x := &box{
		Box: b, link: l, trace: t, est: rate.NewEstimator(b.Options, !b.Reports), enc: encoder{rng: rng},
		picture: b.From, sound: b.From, tick: b.From, release: rate.Idle, number: uint16(rng.Uint32()),
	}
	x.way = way{Path: b.Path, rng: rng}
	x.pacer = rate.NewPacer(func(k rate.Packet[piece]) {})
	x.relay = relay{box: x, offset: time.Duration(rng.Int64N(1e14)), next: b.From + b.Every}
	return x
}

func (x *box) next() time.Duration {
	at := min(x.picture, x.sound, x.tick, x.release, x.relay.next)
	if len(x.inbox) > 0 {
		at = min(at, x.inbox[0].at)
	}
	return at
}

func (x *box) step(now time.Duration) {
	if now >= x.To && x.To > 0 {
		x.picture, x.sound, x.tick, x.release = rate.Idle, rate.Idle, rate.Idle, rate.Idle
		x.relay.next, x.inbox = rate.Idle, nil
		return
	}
	if now >= x.relay.next {
		x.relay.report(now)
	}
	for len(x.inbox) > 0 && x.inbox[0].at <= now {
		m := x.inbox[0]
		x.inbox = x.inbox[1:]
		x.hear(now, m)
	}
	if now >= x.tick {
		x.est.Tick(now)
		x.tick += tickEvery
	}
	if p, ok := x.est.Probe(); ok {
		x.pacer.Probe(p)
	}
	x.pacer.SetRate(x.est.Target(), x.est.Pace(), x.est.RTT())
	if now >= x.sound {
		if x.Options.Audio > 0 {
			x.pacer.Push(rate.Packet[piece]{Kind: rate.Audio, Bytes: x.Options.Audio/400 + rate.Headers}, now)
		}
		x.sound += soundEvery
	}
	if now >= x.picture {
		x.encode(now)
		x.picture += pictureEvery
	}
	x.send(now)
	x.trace.note(now, x.est.Target(), x.pacer.Waiting())
}
