package uplinktest

import (
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// arrivals counts one track's packets, as a receiver report tells them (RFC 3550, A.3).
type arrivals struct {
	ssrc uint32

	mu       sync.Mutex
	started  bool
	highest  uint32 // extended
	reported uint32 // in the last true report
	lastSR   uint32 // the middle of the last sender report's NTP time
	gotSR    time.Time
}

// receive reads one track until its end.
func (s *session) receive(t *webrtc.TrackRemote, from *webrtc.RTPReceiver) {
	a := &arrivals{ssrc: uint32(t.SSRC())}
	video := t.Kind() == webrtc.RTPCodecTypeVideo
	s.mu.Lock()
	s.tracks = append(s.tracks, a)
	if video {
		s.video = a.ssrc
	}
	s.mu.Unlock()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { s.readReports(a, from) })
	for {
		p, how, err := t.ReadRTP()
		if err != nil {
			return
		}
		again := a.note(p.SequenceNumber)
		if s.relay.o.Packet != nil {
			s.relay.o.Packet(Packet{
				Video: video, SSRC: p.SSRC, Sequence: p.SequenceNumber, Timestamp: p.Timestamp, Marker: p.Marker,
				Retransmit: again, RTX: how.Get(webrtc.AttributeRtxSsrc) != nil, Payload: p.Payload, PayloadType: p.PayloadType, At: time.Now(),
				Extensions: extensionsOf(p),
			})
		}
	}
}

func extensionsOf(p *rtp.Packet) map[uint8][]byte {
	values := make(map[uint8][]byte)
	for _, id := range p.GetExtensionIDs() {
		values[id] = slices.Clone(p.GetExtension(id))
	}
	return values
}

func (s *session) readReports(a *arrivals, from *webrtc.RTPReceiver) {
	for {
		packets, _, err := from.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			sr, ok := p.(*rtcp.SenderReport)
			if !ok {
				continue
			}
			a.mu.Lock()
			a.lastSR, a.gotSR = uint32(sr.NTPTime>>16), time.Now()
			a.mu.Unlock()
			if s.relay.o.SenderReport != nil {
				s.relay.o.SenderReport(sr)
			}
		}
	}
}

// note takes a sequence number and tells whether it is an old one.
func (a *arrivals) note(seq uint16) (again bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.started {
		a.started, a.highest = true, uint32(seq)
		return false
	}
	ahead := int16(seq - uint16(a.highest))
	if ahead <= 0 {
		return true
	}
	a.highest += uint32(ahead)
	return false
}

// report sends receiver reports until the session ends.
func (s *session) report() {
	for {
		b := s.relay.now()
		every := b.ReportEvery
		if every == 0 {
			every = time.Second
		}
		wait := time.NewTimer(every)
		select {
		case <-wait.C:
		case <-s.stop:
			wait.Stop()
			return
		}
		if b.Reports == NoReports || b.Reports == Feedback {
			continue
		}
		r := &rtcp.ReceiverReport{SSRC: 1}
		s.mu.Lock()
		for _, a := range s.tracks {
			r.Reports = append(r.Reports, a.tell(b.Reports))
		}
		s.mu.Unlock()
		_ = s.pc.WriteRTCP([]rtcp.Packet{r})
	}
}

func (a *arrivals) tell(kind Reports) rtcp.ReceptionReport {
	a.mu.Lock()
	defer a.mu.Unlock()
	if kind == Receiver {
		a.reported = a.highest
	}
	r := rtcp.ReceptionReport{SSRC: a.ssrc, LastSequenceNumber: a.reported, LastSenderReport: a.lastSR}
	if a.lastSR != 0 {
		r.Delay = uint32(time.Since(a.gotSR).Seconds() * 65536)
	}
	if kind == Stale {
		r.LastSequenceNumber = 0
	}
	return r
}
