package relay

import (
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"vigie/relay/relaytest"
)

// loser loses every 20th packet of video on its way to the viewer, once.
type loser struct {
	interceptor.NoOp
}

func (loser) NewInterceptor(string) (interceptor.Interceptor, error) { return &loser{}, nil }

func (*loser) BindRemoteStream(info *interceptor.StreamInfo, r interceptor.RTPReader) interceptor.RTPReader {
	if info.MimeType != webrtc.MimeTypeH264 {
		return r
	}
	n := 0
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		for {
			k, attr, err := r.Read(b, a)
			if n++; err != nil || n < 20 || n%20 != 0 {
				return k, attr, err
			}
		}
	})
}

func TestLossIsRepaired(t *testing.T) {
	r, _ := start(t)
	publish(t, r, "box", 1, 1)
	v := watch(t, r, func(_ *webrtc.SettingEngine, reg *interceptor.Registry) { reg.Add(loser{}) })
	check(t, v.Wait(patience(t), func(video, _ relaytest.Received) bool { return video.Repaired >= 10 && video.Missing < 10 }))
	if got := r.Stats(); got.Resent < 10 || got.NacksIn < got.Resent {
		t.Errorf("stats are %+v", got)
	}
}

// A packet that was asked for again comes late: 300 packets are 0.7 s at 4 Mb/s.
func TestLatePacketIsTaken(t *testing.T) {
	r, _ := start(t)
	s := publish(t, r, "box", 1, 1)
	s.paused.Lock()
	late, sent := s.seq[video], s.sent
	s.seq[video]++
	s.paused.Unlock()
	eventually(t, "300 packets of video and 100 of sound arrive", func() bool { return r.Stats().PacketsIn >= sent+400 })
	s.pause(r)
	s.seq[video] = late
	s.write(video, []byte{0x41, 0x9a}, false)
	eventually(t, "the late one arrives, too", func() bool { return r.Stats().PacketsIn == s.sent })
}

// writer takes what a track sends.
type writer struct {
	headers []rtp.Header
	last    []byte
}

func (w *writer) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	w.headers, w.last = append(w.headers, *h), payload
	return len(payload), nil
}

func (w *writer) Write(b []byte) (int, error) { return len(b), nil }

var stap = append([]byte{0x78, 0, byte(len(sps))}, sps...)

// put writes n packets of video from a sequence number on, the first of them with an SPS where idr says so.
func put(f *feed, epoch uint32, seq uint16, n int, idr bool) {
	for i := range n {
		payload := []byte{0x41, byte(i)}
		if idr && i == 0 {
			payload = stap
		}
		h := rtp.Header{SequenceNumber: seq + uint16(i), Timestamp: 3000 * uint32(i)}
		f.write(epoch, video, &h, payload, time.Duration(i)*time.Second/30)
	}
}

func TestSlowViewerIsMovedOn(t *testing.T) {
	f, w := newFeed(), new(writer)
	tr := newTrack(video, 500)
	tr.out = w
	epoch := f.begin()
	put(f, epoch, 65000, 10, true)
	var (
		p     packet
		last  clockPair
		place uint64
	)
	never := func() bool { return false }
	for place < 10 {
		_, _ = f.read(place, &p, &last, never)
		_, _ = tr.send(&p)
		place++
	}
	put(f, epoch, 65010, ringSize, false)
	behind, ok := f.read(place, &p, &last, never)
	if !ok || behind != ringSize {
		t.Fatalf("the reader is %d behind, want %d", behind, ringSize)
	}
	tr.interrupt()
	place += behind
	on := uint16((65010 + ringSize) % 65536)
	put(f, epoch, on, 5, false) // no picture can begin here
	put(f, epoch, on+5, 5, true)
	for range 10 {
		_, _ = f.read(place, &p, &last, never)
		_, _ = tr.send(&p)
		place++
	}
	if len(w.headers) != 15 {
		t.Fatalf("%d packets were sent, want 10 and, from the IDR on, 5", len(w.headers))
	}
	for i, h := range w.headers {
		if h.SequenceNumber != 500+uint16(i) {
			t.Errorf("packet %d has number %d", i, h.SequenceNumber)
		}
	}
	if tr.resend(f, 505, &p) {
		t.Error("a packet from before the gap was sent again")
	}
	if !tr.resend(f, 512, &p) || w.headers[15].SequenceNumber != 512 {
		t.Errorf("a packet that is here was not sent again: %v", w.headers)
	}
}

func TestLatePacketsKeepTheirNumbers(t *testing.T) {
	f, w := newFeed(), new(writer)
	tr := newTrack(video, 0)
	tr.out = w
	epoch := f.begin()
	put(f, epoch, 65534, 1, true)
	put(f, epoch, 1, 1, false) // 65535 and 0 come later
	put(f, epoch, 65535, 2, false)
	put(f, epoch, 65535, 2, false) // and once more
	put(f, epoch, 65533, 1, false) // from before the picture began
	if n := f.newest(); n != 5 {
		t.Fatalf("%d packets are in the feed, want 5: those that came twice once", n)
	}
	var p packet
	var last clockPair
	for place := range f.newest() {
		_, _ = f.read(place, &p, &last, func() bool { return false })
		_, _ = tr.send(&p)
	}
	want := []uint16{0, 3, 1, 2}
	if len(w.headers) != len(want) {
		t.Fatalf("sent %v", w.headers)
	}
	for i, h := range w.headers {
		if h.SequenceNumber != want[i] {
			t.Errorf("packet %d has number %d, want %d", i, h.SequenceNumber, want[i])
		}
	}
}

func TestTimestampsGoOnAfterDays(t *testing.T) {
	w := rewriter{kind: video}
	for epoch, at := range []time.Duration{0, time.Second, 40 * time.Hour, 100 * 24 * time.Hour} {
		before := w.lastTS
		_, ts, ok := w.admit(&packet{epoch: uint32(epoch + 1), ext: 1 << 32, idr: true, ts: 77, at: at})
		step := ts - before
		if want := [4]uint32{77, 90000, 60 * 90000, 60 * 90000}[epoch]; !ok || step != want {
			t.Errorf("session %d, after %v: timestamps step by %d, want %d", epoch, at, step, want)
		}
	}
}

func TestRetransmissionsAreBounded(t *testing.T) {
	f, w := newFeed(), new(writer)
	tr := newTrack(video, 0)
	tr.out = w
	put(f, f.begin(), 0, 1, true)
	var p packet
	var last clockPair
	_, _ = f.read(0, &p, &last, func() bool { return false })
	_, _ = tr.send(&p)
	n := 0
	for range 1000 {
		if tr.resend(f, 0, &p) {
			n++
		}
	}
	if n != maxCredit/resendCost {
		t.Errorf("%d packets were sent again for one that was sent", n)
	}
}

func TestOldSessionIsNotHeard(t *testing.T) {
	f := newFeed()
	old := f.begin()
	now := f.begin()
	put(f, old, 1, 5, true)
	if f.newest() != 0 {
		t.Error("a session that was replaced still writes")
	}
	put(f, now, 1, 5, true)
	if f.newest() != 5 {
		t.Error("the new session cannot write")
	}
}

func TestReadersStop(t *testing.T) {
	f := newFeed()
	var wg sync.WaitGroup
	stopped := make(chan struct{})
	over := func() bool {
		select {
		case <-stopped:
			return true
		default:
			return false
		}
	}
	for range 10 {
		wg.Go(func() {
			var p packet
			var last clockPair
			if _, ok := f.read(0, &p, &last, over); ok {
				t.Error("read something of nothing")
			}
		})
	}
	close(stopped)
	f.wake()
	wg.Wait()
}

func TestForwardingDoesNotAllocate(t *testing.T) {
	f, tr := newFeed(), newTrack(video, 0)
	tr.out = discard{}
	epoch := f.begin()
	h := rtp.Header{SequenceNumber: 1}
	var (
		p    packet
		last clockPair
	)
	never := func() bool { return false }
	if n := testing.AllocsPerRun(100, func() {
		h.SequenceNumber++
		f.write(epoch, video, &h, stap, 0)
		_, _ = f.read(f.newest()-1, &p, &last, never)
		_, _ = tr.send(&p)
	}); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

type discard struct{}

func (discard) WriteRTP(*rtp.Header, []byte) (int, error) { return 0, nil }
func (discard) Write([]byte) (int, error)                 { return 0, nil }
