package relay

import (
	"bufio"
	"context"
	"encoding/json"
	"math"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"vigie/capture/h264"
	"vigie/relay/relaytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a relay on loopback until the test is over. Its clock runs ahead by what is in ahead.
func start(t *testing.T, change ...func(*Options)) (r *Relay, ahead *atomic.Int64) {
	t.Helper()
	o := Options{Listen: "127.0.0.1:0", Token: token, Channel: "stage",
		Show: Show{Venue: "Main stage", Title: "<b>A & B</b>", Hashtags: []string{"music"}, Place: "Pier 4"}}
	for _, f := range change {
		f(&o)
	}
	r, err := New(o)
	check(t, err)
	clock := r.clock
	ahead = new(atomic.Int64)
	r.clock = func() time.Duration { return clock() + time.Duration(ahead.Load()) }
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error)
	go func() { ran <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return r, ahead
}

func watch(t *testing.T, r *Relay, configure ...relaytest.Configure) *relaytest.Viewer {
	t.Helper()
	v, err := relaytest.Dial(patience(t), "http://"+r.Addr().String()+"/whep/stage", configure...)
	check(t, err)
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func patience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// pictures waits until so many units of each kind came.
func pictures(t *testing.T, v *relaytest.Viewer, n int) (video, audio relaytest.Received) {
	t.Helper()
	check(t, v.Wait(patience(t), func(video, audio relaytest.Received) bool {
		return len(video.Units) >= n && len(audio.Units) >= n
	}))
	return v.Received()
}

// eventually waits for a condition that some network event brings about.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(15 * time.Second); !f(); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("did not happen: %s", what)
		}
	}
}

func TestTwoViewers(t *testing.T) {
	r, _ := start(t)
	s := publish(t, r, "box", 65500, math.MaxUint32-9000)
	first := watch(t, r)
	pictures(t, first, 50)
	asked := s.plis.Load()
	second := watch(t, r)
	pictures(t, second, 250) // in more than a second, when who still waited would ask again
	if got := s.plis.Load() - asked; got != 1 {
		t.Errorf("the second viewer's joining made %d PLIs, want 1", got)
	}
	for name, v := range map[string]*relaytest.Viewer{"first": first, "second": second} {
		video, audio := v.Received()
		if video.Missing != 0 || audio.Missing != 0 {
			t.Errorf("%s viewer: gaps: video %v, audio %v", name, video, audio)
		}
		if !h264.IsIDR(video.Units[0].Data) || h264.TypeOf(video.Units[0].Data[4:]) != h264.SPS && h264.TypeOf(video.Units[0].Data[3:]) != h264.SPS {
			t.Errorf("%s viewer begins with % x, want SPS and an IDR", name, video.Units[0].Data)
		}
		for i := range video.Units[1:] {
			if d := video.Units[i+1].TS - video.Units[i].TS; d != 1800 {
				t.Errorf("%s viewer: timestamps step by %d at %d, want 1800", name, d, i)
			}
		}
	}
	if got := r.Stats(); got.Viewers != 2 || got.State != Live || got.Dropped != 0 || got.PacketsOut < got.PacketsIn {
		t.Errorf("stats are %+v", got)
	}
	eventually(t, "TWCC and receiver reports come to the publisher", func() bool { return s.twcc.Load() > 0 && s.newest.Load() > 65500 })
}

func TestViewerBeforePublisher(t *testing.T) {
	r, _ := start(t)
	v := watch(t, r)
	if got := r.Stats().State; got != Waiting {
		t.Errorf("the state is %s without a publisher", got)
	}
	publish(t, r, "box", 1, 1)
	video, _ := pictures(t, v, 10)
	if !h264.IsIDR(video.Units[0].Data) {
		t.Errorf("begins with % x", video.Units[0].Data)
	}
}

func TestViewerOverTCP(t *testing.T) {
	r, _ := start(t)
	publish(t, r, "box", 1, 1)
	v := watch(t, r, func(se *webrtc.SettingEngine, _ *interceptor.Registry) {
		se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	})
	pictures(t, v, 50)
}

func TestEveryAddress(t *testing.T) {
	r, _ := start(t, func(o *Options) { o.Listen = "0.0.0.0:0" })
	publish(t, r, "box", 1, 1)
	pictures(t, watch(t, r), 20)
}

func TestPLIIsPassedOn(t *testing.T) {
	r, _ := start(t)
	s := publish(t, r, "box", 1, 1)
	v := watch(t, r)
	video, _ := pictures(t, v, 10)
	before := s.plis.Load()
	check(t, v.WriteRTCP(&rtcp.PictureLossIndication{MediaSSRC: video.SSRC}))
	eventually(t, "the publisher is asked", func() bool { return s.plis.Load() > before })
}

func TestSameBoxReplaces(t *testing.T) {
	r, _ := start(t)
	old := publish(t, r, "box", 100, 5000)
	v := watch(t, r)
	pictures(t, v, 30)
	publish(t, r, "box", 40000, 3_000_000_000)
	n, _ := v.Received()
	before := len(n.Units)
	video, audio := pictures(t, v, before+60)
	if video.Missing != 0 || audio.Missing != 0 {
		t.Errorf("gaps of our making: video %v, audio %v", video, audio)
	}
	if got := video.IDRs(); got < 2 {
		t.Errorf("%d IDRs, want one for each session", got)
	}
	for i := range video.Units[1:] {
		if d := int32(video.Units[i+1].TS - video.Units[i].TS); d <= 0 || d > 5*90000 {
			t.Errorf("timestamps step by %d at %d", d, i)
		}
	}
	resp := request(t, http.MethodDelete, old.resource, "", "Authorization", "Bearer "+token)
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("DELETE of the old session is answered %d, want 404", resp.StatusCode)
	}
	if got := r.Stats(); got.State != Live || !got.Publishing {
		t.Errorf("%+v", got)
	}
}

func TestOtherBoxWaits(t *testing.T) {
	r, ahead := start(t)
	s := publish(t, r, "box", 1, 1)
	eventually(t, "media comes", func() bool { return r.Stats().State == Live })
	for _, box := range []string{"other", ""} {
		if got := newSender(t, 1, 1).post(r, box); got != http.StatusConflict {
			t.Errorf("box %q is answered %d while the first is on air, want 409", box, got)
		}
	}
	s.pause(r)
	ahead.Add(int64(freshMedia))
	if got := newSender(t, 1, 1).post(r, "other"); got != http.StatusCreated {
		t.Errorf("after 3 s of silence the other box is answered %d, want 201", got)
	}
}

func TestDeleteEndsTheShow(t *testing.T) {
	r, _ := start(t)
	events := listen(t, r)
	want(t, events, Waiting)
	s := publish(t, r, "box", 1, 1)
	want(t, events, Live)
	v := watch(t, r)
	pictures(t, v, 10)
	resp := request(t, http.MethodDelete, s.resource, "")
	if resp.StatusCode != http.StatusUnauthorized {
		t.Fatalf("DELETE without the token: %s", resp.Status)
	}
	resp = request(t, http.MethodDelete, s.resource, "", "Authorization", "Bearer "+token)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("DELETE: %s", resp.Status)
	}
	want(t, events, Ended)
	if resp = request(t, http.MethodDelete, s.resource, "", "Authorization", "Bearer "+token); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the second DELETE: %s", resp.Status)
	}
	publish(t, r, "box", 1, 1)
	want(t, events, Live)
	n, _ := v.Received()
	pictures(t, v, len(n.Units)+10)
}

// silent is a relay whose box was live, and whose media stopped long ago.
func silent(t *testing.T) (r *Relay, ahead *atomic.Int64, s *sender, events <-chan event) {
	t.Helper()
	r, ahead = start(t)
	s = publish(t, r, "box", 1, 1)
	events = listen(t, r)
	want(t, events, Live)
	s.pause(r)
	ahead.Add(int64(freshMedia))
	want(t, events, Waiting)
	return r, ahead, s, events
}

// A box that recovers ends its old session, whose media stopped long before.
func TestDeleteAfterSilenceIsNoEnd(t *testing.T) {
	r, ahead, s, events := silent(t)
	resp := request(t, http.MethodDelete, s.resource, "", "Authorization", "Bearer "+token)
	if got := r.Stats().State; resp.StatusCode != http.StatusOK || got != Waiting {
		t.Errorf("DELETE: %s, and the state is %s, want waiting", resp.Status, got)
	}
	ahead.Add(int64(lostTime))
	want(t, events, Ended)
}

func TestPublisherVanishes(t *testing.T) {
	r, ahead, _, events := silent(t)
	ahead.Add(int64(silentTime))
	eventually(t, "the session ends", func() bool { return !r.Stats().Publishing })
	if got := r.Stats().State; got != Waiting {
		t.Errorf("the state is %s: nobody said that the show is over", got)
	}
	ahead.Add(int64(lostTime))
	want(t, events, Ended)
}

// listen gives what the event stream says.
func listen(t *testing.T, r *Relay) <-chan event {
	t.Helper()
	resp := request(t, http.MethodGet, "http://"+r.Addr().String()+"/stage/events", "")
	events := make(chan event, 100)
	go func() {
		defer close(events)
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			var e event
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &e) == nil {
				events <- e
			}
		}
	}()
	return events
}

func want(t *testing.T, events <-chan event, state State) {
	t.Helper()
	for late := time.After(10 * time.Second); ; {
		select {
		case e := <-events:
			if e.State == state {
				return
			}
		case <-late:
			t.Fatalf("no event said %s", state)
		}
	}
}

func TestLipSync(t *testing.T) {
	r, _ := start(t)
	s := publish(t, r, "box", 1, 1_000_000)
	v := watch(t, r)
	pictures(t, v, 5)
	for round := range 2 {
		// Sound and picture of the same instant, step 1: these two timestamps.
		ts := [kinds]uint32{video: 1_000_000 + 1800, audio: 1_001_234 + 960}
		const ntp = 0xe0000000_40000000 // a quarter of a second past
		if round == 1 {
			s = publish(t, r, "box", 9, 77_000)
			ts = [kinds]uint32{video: 77_000 + 1800, audio: 78_234 + 960}
		}
		before, _ := v.Received()
		eventually(t, "reports come", func() bool {
			s.report(ntp, ts)
			video, audio := v.Received()
			return len(video.Reports) >= len(before.Reports)+3 && len(audio.Reports) >= len(before.Reports)+3
		})
		n, _ := v.Received()
		video, audio := pictures(t, v, len(n.Units)+20)
		// What was captured together must have one time, the publisher's: the reports name step 1.
		seen := captured(t, video, 90000)
		heard := captured(t, audio, 48000)
		for step, at := range seen {
			due := 0xe0000000 + 0.25 + float64(step-1)*0.02
			if sound, ok := heard[step]; ok && math.Abs(at-sound) > 1e-4 || math.Abs(at-due) > 1e-4 {
				t.Errorf("session %d, step %d: picture at %.4f, sound at %.4f, want %.4f", round, step, at, sound, due)
			}
		}
		if got := video.Reports[len(video.Reports)-1].NTPTime; got != ntp {
			t.Errorf("session %d: the NTP time is %x, want the publisher's %x", round, got, uint64(ntp))
		}
	}
}

// captured gives the wall clock of units by the step that is stamped in them.
func captured(t *testing.T, r relaytest.Received, rate float64) map[int]float64 {
	t.Helper()
	at := map[int]float64{}
	for _, u := range r.Units[len(r.Units)-10:] {
		ntp, ok := r.NTP(u.TS, rate)
		if !ok {
			t.Fatal("no sender report came")
		}
		at[stampOf(u.Data)] = ntp
	}
	return at
}

func TestAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	busy := l.Addr().String()
	_, port, _ := net.SplitHostPort(busy)
	o := Options{Listen: busy, Token: token, Channel: "stage"}
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "relay.listen "+busy+": address in use") {
		t.Errorf("New says %v", err)
	}
	o.Listen = "127.0.0.1:0"
	o.Media = l.Addr().(*net.TCPAddr).Port
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "relay.media 127.0.0.1:"+port+": address in use") {
		t.Errorf("New says %v", err)
	}
	if _, err := New(Options{Listen: "127.0.0.1:0", Channel: "stage"}); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("New without a token says %v", err)
	}
}
