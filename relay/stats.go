package relay

import "sync/atomic"

// counters only grow.
type counters struct {
	packetsIn, packetsOut, dropped     atomic.Uint64
	nacksIn, nacksOut, resent          atomic.Uint64
	plisIn, plisOut, refused, sessions atomic.Uint64
}

// Stats is the relay in figures. Counts are of packets and since New, unless said otherwise.
type Stats struct {
	State      State
	Viewers    int  // connected now
	Publishing bool // a publisher has a session
	PacketsIn  uint64
	PacketsOut uint64
	Dropped    uint64 // not sent to viewers that could not keep up
	NacksIn    uint64 // packets that viewers missed
	NacksOut   uint64 // packets that the relay missed, each time it asked
	Resent     uint64 // to viewers
	PLIsIn     uint64 // from viewers
	PLIsOut    uint64 // to publishers
	Sessions   uint64 // opened
	Refused    uint64 // requests for a session that were answered with an error
}

// Stats returns the figures of now.
func (r *Relay) Stats() Stats {
	r.mu.Lock()
	e, publishing := r.present(), r.publisher != nil
	r.mu.Unlock()
	c := &r.stats
	return Stats{
		State: e.State, Viewers: e.Viewers, Publishing: publishing,
		PacketsIn: c.packetsIn.Load(), PacketsOut: c.packetsOut.Load(), Dropped: c.dropped.Load(),
		NacksIn: c.nacksIn.Load(), NacksOut: c.nacksOut.Load(), Resent: c.resent.Load(),
		PLIsIn: c.plisIn.Load(), PLIsOut: c.plisOut.Load(),
		Sessions: c.sessions.Load(), Refused: c.refused.Load(),
	}
}
