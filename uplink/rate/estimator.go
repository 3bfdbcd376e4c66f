package rate

import "time"

// Headers are the bytes that a packet of media carries besides the encoder's: IP and UDP 28, RTP 12, the transport-wide
// number 8, SRTP's tag 16. IPv6 has 20 more, and a relay that takes more extensions up to 12: pacer and share do not
// notice, and what the estimator is told of each packet is what it really had.
const Headers = 64

// soundHeaders are those of 50 packets of sound, in bits a second.
const soundHeaders = 50 * Headers * 8

// Estimator decides how many bits a second leave, from what the relay says of each packet: transport-wide feedback
// (draft-holmer-rmcat-transport-wide-cc-extensions-01). Where a relay sends none, it is a Controller's rate. It is used
// by one goroutine and allocates nothing after New.
//
// Its rates count everything that leaves, sound, retransmissions, padding and headers to IP, but for Picture, which is
// what the encoder is asked for.
type Estimator struct {
	floor, ceiling float64 // of target
	least          float64 // of the picture
	target         float64
	reports        *Controller // decides where no transport-wide feedback is heard

	history history
	heard   int64 // number after the last that a feedback covered
	path    path
	losses  losses
	sent    meter         // octets, by our clock
	acked   meter         // octets, by the receiver's clock
	seen    seen          // of the last feedback
	arrived time.Duration // the newest arrival, by the receiver's clock
	rtt     time.Duration
	own     ownQueue
	share   share
	silence silence

	link    float64       // the last known capacity, 0 for none
	settles time.Duration // packets sent from here on tell what the last decrease did
	stuck   int           // decreases in a row that the queue did not follow
	shared  time.Duration // until when the queue is taken for one that others fill too
	vain    bool          // the last decrease was for loss, which has not fallen since
	grown   time.Duration // until when growth is paid out
	clean   time.Duration // since when nothing is wrong

	probing probing
	cause   Cause
}

// NewEstimator returns an estimator at its starting rate. The target's floor is what a picture of o.Min takes on the
// wire together with the sound; its ceiling is o.Max, which here counts headers too. A ceiling below the floor is
// raised to it. Whether the relay took the extension of transport-wide numbers decides how long the first feedback
// may take.
func NewEstimator(o Options, transportWide bool) *Estimator {
	e := &Estimator{least: float64(o.Min), reports: New(o)}
	e.share = newShare(o.Audio)
	e.floor = max(e.share.wire(float64(o.Min)), 1)
	e.ceiling = max(float64(o.Max), e.floor)
	e.target = e.clamp(e.share.wire(float64(o.Start)))
	e.silence.limit = quiet
	if !transportWide {
		e.silence.limit = 2 * patience
	}
	return e
}

// Target returns what may leave, in bits a second.
func (e *Estimator) Target() int { return int(e.target) }

// Picture returns the encoder's share of Target: less sound, retransmissions and headers as they were of late. It is
// never below the organiser's minimum.
func (e *Estimator) Picture() int { return int(max(e.share.picture(e.target), e.least)) }

// Pace returns the rate at which a pacer releases packets. It is over the target, since pictures come in bursts: an
// IDR of eight pictures' size is gone after 180 ms where the path is ample. Near the last known capacity what goes
// faster only waits in the path's queue, where it holds up the sound and is dropped, instead of in ours.
func (e *Estimator) Pace() int {
	if e.link > 0 && e.target > far*e.link {
		return int(e.target * 1.2)
	}
	return int(e.target * 1.5)
}

// RTT returns the round trip of the newest packet that a feedback told of, with the queue and what the relay waited
// before it told; 0 where nothing is known.
func (e *Estimator) RTT() time.Duration { return e.rtt }

func (e *Estimator) set(target float64, why Cause) {
	if target = e.clamp(target); target != e.target {
		e.target, e.cause = target, why
	}
}

func (e *Estimator) clamp(r float64) float64 { return min(max(r, e.floor), e.ceiling) }
