package status

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// How often a passphrase may be guessed. It has 64 bits: the limits are there so that guessing is noticed, and costs the
// box nothing.
const (
	freeTries  = 5 // wrong ones of an address; each more costs a wait, doubled each time
	firstWait  = time.Second
	longestTry = time.Minute      // the longest of the waits
	forgiven   = 10 * time.Minute // after this long without a try an address begins anew
	maxTriers  = 1024             // addresses that are remembered; one more and the one that was quiet longest is forgotten
	toldEvery  = time.Minute      // the journal, at most: who guesses from many addresses does not fill it
)

// tries counts wrong passphrases of each address.
type tries struct {
	mu   sync.Mutex
	of   map[netip.Prefix]trier
	told time.Time
}

type trier struct {
	wrong int
	last  time.Time
}

// take returns how long this address is to wait before a passphrase of it is looked at. Without a wait the try counts as a
// wrong one until right says otherwise, so that many at once are no way around; wrong is how many in a row it has had.
func (t *tries) take(from netip.Addr) (wrong int, wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wait = t.wait(from); wait > 0 {
		return 0, wait
	}
	return t.wrong(from), 0
}

// wait is for the holder of mu; 0: there is none.
func (t *tries) wait(from netip.Addr) time.Duration {
	who, known := t.of[network(from, ownNetwork)]
	if !known || who.wrong < freeTries {
		return 0
	}
	penalty := min(firstWait<<min(who.wrong-freeTries, 10), longestTry)
	return max(0, penalty-time.Since(who.last))
}

// wrong is for the holder of mu, and counts one.
func (t *tries) wrong(from netip.Addr) int {
	now := time.Now()
	if t.of == nil {
		t.of = make(map[netip.Prefix]trier)
	}
	who, known := t.of[network(from, ownNetwork)]
	if !known && len(t.of) >= maxTriers {
		t.forgetOne()
	}
	if now.Sub(who.last) > forgiven {
		who.wrong = 0
	}
	who.wrong++
	who.last = now
	t.of[network(from, ownNetwork)] = who
	return who.wrong
}

// right says that what was taken was no guess, and forgets what the address guessed before.
func (t *tries) right(from netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.of, network(from, ownNetwork))
}

// tell tells whether the journal may be told now.
func (t *tries) tell() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.told) < toldEvery {
		return false
	}
	t.told = time.Now()
	return true
}

func (t *tries) forgetOne() {
	var quiet netip.Prefix
	for p, who := range t.of {
		if !quiet.IsValid() || who.last.Before(t.of[quiet].last) {
			quiet = p
		}
	}
	delete(t.of, quiet)
}

// network is who counts as one. Elsewhere whoever has an IPv6 address has all of its /64. In a network that the box is in
// itself, as ours tells, that would be everybody: there it is the address, as it is of IPv4.
func network(a netip.Addr, ours func(netip.Prefix) bool) netip.Prefix {
	a = a.Unmap().WithZone("")
	one, _ := a.Prefix(a.BitLen()) // of an address that is none it is the zero one
	if !a.Is6() || a.IsLinkLocalUnicast() || a.IsPrivate() {
		return one
	}
	if all, err := a.Prefix(64); err == nil && !ours(all) {
		return all
	}
	return one
}

// ownNetwork tells whether this machine has an address in it.
func ownNetwork(p netip.Prefix) bool {
	all, _ := net.InterfaceAddrs() // without addresses it is in none
	return slices.ContainsFunc(all, func(a net.Addr) bool {
		own, err := netip.ParsePrefix(a.String())
		return err == nil && p.Contains(own.Addr())
	})
}
