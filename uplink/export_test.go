package uplink

import "time"

// NetworkCame is what the kernel's news that a link is up does.
func (u *Uplink) NetworkCame() {
	poke(u.network)
	poke(u.reachable)
}

// ProbeFirstEvery is for a show that has not begun.
func (u *Uplink) ProbeFirstEvery(d time.Duration) { u.probeEvery = d }
