package rate

import "time"

// share divides the target between the encoder and all the rest, by what was sent of late.
type share struct {
	rest    float64 // sound and retransmissions, bits a second
	head    float64 // part of the picture's packets that is headers
	since   time.Duration
	octets  [kinds]int
	packets [kinds]int
	began   bool
}

// newShare assumes sound at its bitrate, and full packets of picture.
func newShare(audio int) share {
	s := share{head: Headers / 1200.0}
	if audio > 0 {
		s.rest = float64(audio + soundHeaders)
	}
	return s
}

// sent counts a packet, and once a second follows what was counted by a third: one second without sound, or with many
// retransmissions, moves the picture little.
func (s *share) sent(p Sent) {
	if !s.began {
		s.since, s.began = p.At, true
	}
	if passed := p.At - s.since; passed >= time.Second {
		s.follow(passed)
		s.since, s.octets, s.packets = p.At, [kinds]int{}, [kinds]int{}
	}
	if p.Kind < kinds {
		s.octets[p.Kind] += p.Bytes
		s.packets[p.Kind]++
	}
}

func (s *share) follow(passed time.Duration) {
	rest := float64(8*(s.octets[Audio]+s.octets[Again])) / passed.Seconds()
	s.rest += (rest - s.rest) / 3
	if o := s.octets[Video]; o > 0 {
		head := min(float64(Headers*s.packets[Video])/float64(o), 0.5)
		s.head += (head - s.head) / 3
	}
}

// picture is the encoder's part of a rate on the wire, wire the other way round.
func (s *share) picture(wire float64) float64 { return (wire - s.rest) * (1 - s.head) }
func (s *share) wire(picture float64) float64 { return picture/(1-s.head) + s.rest }

// ownQueue is a link that takes just the target: what would wait before it is of our own making, an IDR say, and no
// sign that the target is too high. An encoder that is above its target for long is no excuse, hence the bound.
type ownQueue struct {
	octets float64
	at     time.Duration
}

const ownBound = 120 * time.Millisecond

// add enters a packet and returns how long it would wait.
func (o *ownQueue) add(s Sent, target float64) time.Duration {
	o.octets = max(o.octets-target/8*(s.At-o.at).Seconds(), 0) + float64(s.Bytes)
	o.octets = min(o.octets, target/8*ownBound.Seconds())
	o.at = s.At
	return time.Duration(o.octets * 8 / target * float64(time.Second))
}
