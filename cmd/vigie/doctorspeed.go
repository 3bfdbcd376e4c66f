package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"vigie/device/config"
)

// What an estimate of the upload speed may cost the relay and the venue's contract.
const (
	speedTime = 5 * time.Second
	// speedChunk is the body of one request. Servers read that much of one that nobody wants, so that the connection can
	// be used again: Go's 256 kB, nginx 1 MB.
	speedChunk  = 240 << 10
	speedChunks = 17        // 4 MB
	speedLeast  = 256 << 10 // bytes that tell anything: less fits into buffers on the way
	speedBusy   = 3 * time.Second

	tick = 10 * time.Millisecond // in which the slowest kernels count time
)

const speedPart = "relay speed"

// upload estimates how fast the network takes what is sent to the first relay. It takes no network from a show, nor from one
// that begins meanwhile.
func upload(ctx context.Context, c *config.Config, b *runningBox) []finding {
	if c.Relay.URL == config.Embedded {
		return nil
	}
	to, err := url.Parse(c.Relay.URL)
	if err != nil {
		return nil // the configuration has been read: it is a URL
	}
	if b != nil && !b.rests() {
		return []finding{{speedPart, "green", "not measured: vigie runs, and its show needs the network", "ask again, as root, when no show is on"}}
	}
	if proxy, _ := http.ProxyFromEnvironment(&http.Request{URL: to}); proxy != nil {
		return []finding{{speedPart, "green", "not measured: a proxy is on the way, which media does not take", ""}}
	}
	resting, stop := b.whileResting(ctx)
	sent, err := flood(resting, c.Relay, to)
	if began := stop(); began {
		return []finding{{speedPart, "green", "not measured: a show began meanwhile", "ask again when it is over"}}
	}
	if err != nil {
		return nil // the step before has said that nobody answers
	}
	return []finding{sent.judge(c.Video.Bitrate)}
}

// flow is what the kernel counted of a connection (TCP_INFO, linux/tcp.h).
type flow struct {
	acked uint64        // bytes that the other side's kernel has
	busy  time.Duration // while there was something to send
	held  time.Duration // of that, while the other side's window was full: it does not read
}

// judge compares with what a show wants. A figure is the least that the network does: TCP begins slowly.
func (s flow) judge(want config.Bitrate) finding {
	rate := float64(s.acked) * 8 / max(s.busy, tick).Seconds()
	f := finding{speedPart, "green", fmt.Sprintf("at least %.1f Mb/s", rate/1e6), ""}
	switch enough := s.acked >= speedLeast || s.busy >= speedBusy; {
	case enough && rate >= float64(want.Max):
	case !enough:
		return finding{speedPart, "amber", fmt.Sprintf("not measured: the relay took %d kB and closed", s.acked/1000),
			"try a show: the status page says what gets through"}
	case s.held > s.busy/2:
		return finding{speedPart, "amber", fmt.Sprintf("not measured: the relay took %d kB and no more", s.acked/1000),
			"try a show: the status page says what gets through"}
	case rate >= float64(want.Min):
		f.Light, f.Text = "amber", f.Text+", which is less than video.bitrate.max"
		f.Advice = "the picture is poorer then: cable instead of Wi-Fi; who else uses this network?"
	default:
		f.Light, f.Text = "amber", f.Text+", which is less than video.bitrate.min"
		f.Advice = "too little for a show: another network; who else uses this one?"
	}
	return f
}
