package main

// A unit is how a figure is written.
type unit int

const (
	seconds unit = iota
	share
	count // of events in all repeats together: each is one too many
)

// figure is one that a scene is to reach: at most limit, or at least where it is a share of a link.
type figure struct {
	key     string // the tests'
	scene   string // "" where it is that of the figure before
	reach   string
	unit    unit
	limit   float64
	repeats int // at least
}

var figures = []figure{
	{"step-under", "2.5 → 1 Mb/s, queue 300 ms", "under the link in ≤ 1 s", seconds, 1, 20},
	{"step-used", "", "≥ 80 % used afterwards", share, 0.8, 20},
	{"step-collapses", "", "0 collapses in 20", count, 0, 20},
	{"step-queue", "", "queue delay back under 100 ms in ≤ 3 s", seconds, 3, 20},
	{"above-picture", "start at 2 Mb/s above a 1.2 Mb/s link", "first picture ≤ 2 s", seconds, 2, 20},
	{"above-reached", "", "at ≥ 80 % of the link within 5 s", seconds, 5, 20},
	{"above-collapses", "", "0 collapses", count, 0, 20},
	{"rfc8867-up", "1 → 2.5 → 0.6 → 1 Mb/s for 40/20/20/20 s (RFC 8867)", "≥ 90 % of 2.5 Mb/s within 10 s of the rise", seconds, 10, 3},
	{"rfc8867-back", "", "≥ 90 % of 1 Mb/s within 10 s of the rise", seconds, 10, 3},
	{"loss-2", "loss 2 % at RTT 80 ms, capacity ample", "≥ 90 % of the ceiling", share, 0.9, 3},
	{"loss-freeze", "", "picture decodes without a freeze over 500 ms", seconds, 0.5, 3},
	{"loss-5", "loss 5 %", "≥ 80 % of the ceiling", share, 0.8, 3},
	{"loss-10", "loss 10 %", "≥ 60 % of the ceiling", share, 0.6, 3},
	{"two-of-us", "two of us on 4 Mb/s", "the lesser has ≥ 25 %", share, 0.25, 3},
	{"beside-tcp", "one of us beside a TCP download on 4 Mb/s", "we have ≥ 25 %", share, 0.25, 3},
	{"tcp-beside", "", "TCP has ≥ 25 %", share, 0.25, 3},
	{"down-2", "link down 2 s", "media confirmed ≤ 2 s after link-up", seconds, 2, 3},
	{"down-10", "link down 10 s", "media confirmed ≤ 2 s after link-up", seconds, 2, 3},
	{"down-60", "link down 60 s", "media confirmed ≤ 2 s after link-up", seconds, 2, 3},
	{"relay-back", "relay killed and back", "confirmed ≤ 3 s after its return", seconds, 3, 3},
	{"blocked", "UDP blocked", "live by TCP within 5 s", seconds, 5, 3},
	{"go-live", "go live, RTT 80 ms, HTTPS warm, our relay", "first RTP ≤ 370 ms after the edge (stock pion: 420)", seconds, 0.37, 3},
}
