package rate

import "time"

// budget is what retransmissions may take. It earns by time alone, a share of the target: neither NACKs nor packets
// sent earn anything, so that a storm of them cannot feed itself.
type budget struct {
	credit float64 // bytes
	at     time.Duration
	most   float64 // credit that is saved at most, and bytes that wait at most
	rtt    time.Duration
	repeat [256]struct {
		number int64
		until  time.Duration
	}
}

func (b *budget) earn(now time.Duration, target float64) {
	b.most = max(againShare*target/8*againAge.Seconds(), 2*padding)
	b.credit = min(b.credit+againShare*target/8*max(now-b.at, 0).Seconds(), b.most)
	b.at = now
}

// admit tells whether a packet may wait, with as many bytes waiting then. It remembers the packet.
func (b *budget) admit(number int64, waiting int, now time.Duration) bool {
	r := &b.repeat[uint64(number)%uint64(len(b.repeat))]
	if float64(waiting) > b.most || r.number == number && now < r.until {
		return false
	}
	r.number, r.until = number, now+againAge
	return true
}

// spend pays for a packet that leaves. Who lost it again can know that after a round trip.
func (b *budget) spend(number int64, octets int, now time.Duration) {
	b.credit -= float64(octets)
	if r := &b.repeat[uint64(number)%uint64(len(b.repeat))]; r.number == number {
		r.until = now + b.rtt
	}
}

// wait is how long it takes to earn a packet.
func (b *budget) wait(octets int, target float64) time.Duration {
	missing := float64(octets) - b.credit
	return max(time.Duration(8*missing/(againShare*target)*float64(time.Second)), time.Millisecond)
}
