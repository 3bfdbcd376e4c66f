package status

import (
	"net/netip"
	"sync"
	"time"
)

// Visitors is what is remembered of those who come from another computer: their sessions, their wrong tries, and the
// addresses that they were let in from. It may outlive a Server: the next one of the program goes on with it. The zero
// value is ready.
type Visitors struct {
	sessions sessions
	tries    tries
	guests   guests
}

// An address is a guest's for this long after somebody was let in from it.
const (
	guestLife = 24 * time.Hour
	maxGuests = 2 * maxSessions // one more and the one that was quiet longest is forgotten
)

// guests are the addresses for which places are kept, whoever else crowds the box.
type guests struct {
	mu   sync.Mutex
	seen map[netip.Prefix]time.Time
}

// add notes that somebody was let in from there.
func (g *guests) add(from netip.Addr) {
	who := network(from, ownNetwork)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.seen == nil {
		g.seen = make(map[netip.Prefix]time.Time)
	}
	if _, known := g.seen[who]; !known && len(g.seen) >= maxGuests {
		var quiet netip.Prefix
		for p, at := range g.seen {
			if !quiet.IsValid() || at.Before(g.seen[quiet]) {
				quiet = p
			}
		}
		delete(g.seen, quiet)
	}
	g.seen[who] = time.Now()
}

func (g *guests) knows(who netip.Prefix) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, known := g.seen[who]
	return known && time.Since(at) < guestLife
}
