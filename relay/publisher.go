package relay

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// publisher is a WHIP session. Its tracks are read by a goroutine each, and written to the feed.
type publisher struct {
	*session
	relay *Relay
	box   string        // the Vigie-Box header: who publishes. Empty for other software
	epoch atomic.Uint32 // in the feed; 0 before it is the publisher

	media  atomic.Int64  // when a packet came last, on the relay's clock; the beginning counts as one
	seen   atomic.Bool   // a packet came
	ssrc   atomic.Uint32 // of video, 0 before its first packet
	asking chan struct{} // an IDR is wanted
}

func newPublisher(r *Relay, s *session, box string) *publisher {
	p := &publisher{session: s, relay: r, box: box, asking: make(chan struct{}, 1)}
	p.media.Store(int64(r.clock()))
	s.pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		kind := audio
		if track.Kind() == webrtc.RTPCodecTypeVideo {
			kind = video
			p.ssrc.Store(uint32(track.SSRC()))
		}
		s.spawn(func() { p.readTrack(kind, track) })
		s.spawn(func() { p.readReports(kind, receiver) })
	})
	return p
}

// readTrack carries packets to the feed until the session is closed. It allocates nothing.
func (p *publisher) readTrack(kind int, track *webrtc.TrackRemote) {
	var (
		buf [maxPayload]byte
		pkt rtp.Packet
	)
	for {
		n, _, err := track.Read(buf[:])
		if err != nil {
			return
		}
		if pkt.Unmarshal(buf[:n]) != nil {
			continue
		}
		now := p.relay.clock()
		// Padding alone, as in probes for bandwidth, is forwarded as an empty packet: its sequence number is used.
		if !p.relay.feed.write(p.epoch.Load(), kind, &pkt.Header, pkt.Payload, now) {
			continue
		}
		p.relay.stats.packetsIn.Add(1)
		p.media.Store(int64(now))
		if !p.seen.Swap(true) {
			p.relay.tendNow()
		}
	}
}

// readReports hands the publisher's sender reports on, until the session is closed.
func (p *publisher) readReports(kind int, receiver *webrtc.RTPReceiver) {
	for {
		packets, _, err := receiver.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			if sr, ok := packet.(*rtcp.SenderReport); ok {
				p.relay.feed.writeReport(p.epoch.Load(), kind, sr.NTPTime, sr.RTPTime)
			}
		}
	}
}

// askIDR asks the publisher for an IDR soon. It does not block.
func (p *publisher) askIDR() {
	select {
	case p.asking <- struct{}{}:
	default: // it is being asked for
	}
}

// sendPLIs turns what is asked into PLIs (RFC 4585, 6.3.1), not more than one in pliInterval: viewers that join
// together share one.
func (p *publisher) sendPLIs() {
	for {
		select {
		case <-p.asking:
		case <-p.ctx.Done():
			return
		}
		ssrc := p.ssrc.Load()
		if ssrc == 0 {
			continue // there is no video yet; who waits for it asks again
		}
		p.relay.stats.plisOut.Add(1)
		if err := p.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}); err != nil {
			p.log.Debug("sending a PLI", "err", err)
		}
		if !pause(p.ctx, pliInterval) {
			return
		}
	}
}

// pause waits, and returns false when the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
