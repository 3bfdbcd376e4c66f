package rate

import "time"

// Cause is why the target moved last.
type Cause uint8

// The causes.
const (
	Began    Cause = iota
	Grew           // the path took it
	Probed         // a probe went through
	Queued         // the queue on the path grew
	Lost           // too much was lost
	Silent         // no feedback came
	Reported       // a receiver report said so: the relay sends no transport-wide feedback
)

func (c Cause) String() string {
	return [...]string{"began", "grew", "probed", "queue", "loss", "no feedback", "receiver report"}[c]
}

// Figures are what an estimator thinks, for people.
type Figures struct {
	Target, Picture int           // bits a second
	Sent, Acked     int           // in the last second, bits a second
	Link            int           // the last known capacity, bits a second; 0 for none
	Queue           time.Duration // that stands on the path
	RTT             time.Duration // with that queue
	Loss            float64       // share of the last second's packets
	Shared          bool          // others fill the queue too
	Cause           Cause         // why the target moved last
}

// Figures returns what it thinks now.
func (e *Estimator) Figures(now time.Duration) Figures {
	loss, _ := e.losses.share(e.seen.sent, time.Second)
	return Figures{
		Target: e.Target(), Picture: e.Picture(),
		Sent: int(e.sent.rate(now, time.Second)), Acked: int(e.acked.rate(e.arrived, time.Second)), Link: int(e.link),
		Queue: e.seen.queue, RTT: e.rtt, Loss: loss, Shared: now < e.shared, Cause: e.cause,
	}
}
