package uplink_test

import (
	"encoding/binary"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// flood calls f each 10 ms until the returned function is called, which waits for it.
func flood(t *testing.T, f func()) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { every(done, 10*time.Millisecond, f) })
	stop = sync.OnceFunc(func() { close(done); wg.Wait() })
	t.Cleanup(stop)
	return stop
}

// unkept has a connection for each request, as a box has: none that is idle is counted.
func unkept(o *uplink.Options) { o.Client.HTTP.Transport.(*http.Transport).DisableKeepAlives = true }

// holds notes what the process holds and returns a check that it has not grown. What a test remembers of a few seconds
// is roomy. Tests that use it do not run beside others.
func holds(t *testing.T) (check func()) {
	const roomy = 8 << 20
	measure := func() (goroutines int, heap uint64) {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return runtime.NumGoroutine(), m.HeapAlloc
	}
	goroutines, heap := measure()
	return func() {
		t.Helper()
		g, h := measure()
		tick, late := time.NewTicker(50*time.Millisecond), time.After(4*time.Second) // for a session that is being ended
		defer tick.Stop()
		for waiting := true; waiting && (g > goroutines || h > heap+roomy); {
			select {
			case <-tick.C:
				g, h = measure()
			case <-late:
				waiting = false
				t.Error("it has grown")
			}
		}
		t.Logf("%d goroutines then %d, heap %d then %d KiB", goroutines, g, heap>>10, h>>10)
	}
}

// sends waits until so many more packets of the picture have come.
func (s *stage) sends(n int) {
	s.t.Helper()
	for len(s.packets) > 0 {
		<-s.packets
	}
	for range n {
		s.packet(func(p uplinktest.Packet) bool { return p.Video })
	}
}

// unmoved fails where the show was unconfirmed, or lost, and ends it.
func (s *stage) unmoved() {
	s.t.Helper()
	for len(s.events) > 0 {
		switch e := (<-s.events).(type) {
		case uplink.Unconfirmed, uplink.Lost:
			s.t.Errorf("%T %+v", e, e)
		}
	}
	s.neverLost()
}

// Ten thousand requests for an IDR a second become two, and cost nothing that stays.
func TestFloodOfPLI(t *testing.T) {
	s := newStage(t, quick, unkept)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	check, began, before := holds(t), time.Now(), s.uplink.Stats()
	stop := flood(t, func() { s.relay.PLI(50); s.relay.FIR(50) })
	s.sends(300) // two seconds
	stop()
	after := s.uplink.Stats()
	if asked, most := after.IDRRequests-before.IDRRequests, uint64(time.Since(began)/(500*time.Millisecond))+1; asked > most {
		t.Errorf("%d requests for an IDR in %v, want %d at most", asked, time.Since(began), most)
	}
	t.Logf("%d came in %v", after.PLI-before.PLI, time.Since(began).Round(time.Millisecond))
	if after.PLI-before.PLI < 2000 {
		t.Error("that is no flood")
	}
	check()
	s.unmoved()
}

// A relay that makes up streams, or senders, makes pion remember them all: such a session is ended, and the next one is
// well when that is over.
func TestFloodOfStrangers(t *testing.T) {
	for name, say := range map[string]func(video uint32) rtcp.Packet{
		"streams": func(uint32) rtcp.Packet { return &rtcp.PictureLossIndication{MediaSSRC: rand.Uint32()} },
		"senders": func(video uint32) rtcp.Packet {
			return &rtcp.PictureLossIndication{MediaSSRC: video, SenderSSRC: rand.Uint32()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, quick, unkept)
			s.play()
			next[uplink.Confirmed](s, 5*time.Second)
			check := holds(t)
			stop := flood(t, func() {
				s.relay.Tell(300, func(_, video uint32) []rtcp.Packet { return []rtcp.Packet{say(video)} })
			})
			lost := s.isLost("reports of ever more streams that are not this box's", 20*time.Second)
			stop()
			if lost.Refused {
				t.Error("it does not mend itself?")
			}
			next[uplink.Confirmed](s, 10*time.Second)
			check()
		})
	}
}

// The same packet again is no news (RFC 3711, 3.3.2).
func TestReplayedReportsProveNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	s.relay.PLI(3)
	for s.uplink.Stats().PLI == 0 { // a busy machine takes its time
		s.sends(30)
	}
	s.relay.Set(uplinktest.Behaviour{Reports: uplinktest.NoReports})
	s.sends(30)
	asked := s.uplink.Stats().PLI
	stop := flood(t, s.relay.Replay)
	next[uplink.Unconfirmed](s, 5*time.Second)
	if n := s.uplink.Stats().PLI; asked == 0 || n != asked {
		t.Errorf("%d PLI, %d before they were replayed", n, asked)
	}
	stop()
	s.relay.Set(quick)
	next[uplink.Confirmed](s, 5*time.Second)
}

const transportWide = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

// tells makes transport-wide feedback which says that n packets from that number on have arrived, by a clock at that
// many steps of 64 ms; the times between them are delta.
func tells(video uint32, number, n uint16, clock uint32, delta int64) rtcp.Packet {
	p := &rtcp.TransportLayerCC{
		MediaSSRC: video, BaseSequenceNumber: number, PacketStatusCount: n, ReferenceTime: clock & (1<<24 - 1),
		PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{
			Type: rtcp.TypeTCCRunLengthChunk, PacketStatusSymbol: rtcp.TypeTCCPacketReceivedLargeDelta, RunLength: n,
		}},
	}
	for range n {
		p.RecvDeltas = append(p.RecvDeltas, &rtcp.RecvDelta{Type: rtcp.TypeTCCPacketReceivedLargeDelta, Delta: delta})
	}
	p.Header = rtcp.Header{
		Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: uint16(p.MarshalSize()/4 - 1),
		Padding: p.MarshalSize()%4 != 0,
	}
	return p
}

// last is the newest packet of the picture that came, and its transport-wide number.
func (s *stage) last() (p uplinktest.Packet, number uint16) {
	s.t.Helper()
	p = s.packet(func(p uplinktest.Packet) bool { return p.Video })
	for len(s.packets) > 0 {
		if q := <-s.packets; q.Video {
			p = q
		}
	}
	for line := range strings.Lines(s.relay.Offer()) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "a=extmap:"); ok && strings.HasSuffix(id, transportWide) {
			if v := p.Extensions[id[0]-'0']; len(v) == 2 {
				return p, binary.BigEndian.Uint16(v)
			}
		}
	}
	s.t.Fatal("packets have no transport-wide number")
	return
}

// Reports about what was never sent, or long ago, or about other streams confirm nothing and move nothing.
func TestForgedReportsProveNothing(t *testing.T) {
	t.Parallel()
	const remembered = 1 << 13 // packets: so far apart, they have the same place in the uplink's memory
	for name, forge := range map[string]func(p uplinktest.Packet, number uint16, i uint32) rtcp.Packet{
		"of packets never sent": func(p uplinktest.Packet, _ uint16, i uint32) rtcp.Packet {
			return &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: p.SSRC, LastSequenceNumber: uint32(p.Sequence) + 5000 + i}}}
		},
		"of another stream": func(p uplinktest.Packet, _ uint16, i uint32) rtcp.Packet {
			return &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: p.SSRC + 1, LastSequenceNumber: uint32(p.Sequence), FractionLost: 255}}}
		},
		"transport-wide, never sent": func(p uplinktest.Packet, number uint16, i uint32) rtcp.Packet {
			return tells(p.SSRC, number-25+remembered, 50, 1000+i, 4*250)
		},
		"transport-wide, long ago": func(p uplinktest.Packet, number uint16, i uint32) rtcp.Packet {
			return tells(p.SSRC, number-25-2*remembered, 50, 1000+i, 4*250)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, uplinktest.Behaviour{Reports: uplinktest.NoReports, Extensions: []string{transportWide}})
			s.play()
			next[uplink.Connected](s, 5*time.Second)
			p, number := s.last()
			stop := flood(t, func() {
				s.relay.Tell(10, func(i, _ uint32) []rtcp.Packet { return []rtcp.Packet{forge(p, number, i)} })
			})
			s.sends(150)
			stop()
			if st := s.uplink.Stats(); st.Confirmed || st.ConfirmedAge >= 0 || st.Loss != 0 {
				t.Errorf("%+v", st)
			}
			s.neverLost()
		})
	}
}

// Feedback of packets that were sent, with times that cannot be: the rate stays within its bounds, and the show goes on.
func TestContradictoryFeedback(t *testing.T) {
	t.Parallel()
	s := newStage(t, uplinktest.Behaviour{Reports: uplinktest.Feedback})
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	for range 20 {
		p, number := s.last()
		s.relay.Tell(20, func(i, _ uint32) []rtcp.Packet {
			return []rtcp.Packet{tells(p.SSRC, number-10, 20, rand.Uint32(), rand.Int64N(1<<16)*250-1<<15*250)}
		})
		if got := s.uplink.Stats().Target; got < 300_000 || got > 4_000_000 {
			t.Fatalf("%d bit/s asked of the encoder", got)
		}
	}
	s.unmoved()
}
