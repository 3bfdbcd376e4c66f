//go:build bench

package bench

import (
	"math"
	"strings"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/opus"
	"vigie/relay/relaytest"
)

// TestBoxPress is the whole way once: a bouncing button, a V4L2 camera, an ALSA microphone, H.264 and Opus, WHIP to the
// embedded relay, a viewer who decodes both, and a red light that is lit only when that is true.
func TestBoxPress(t *testing.T) {
	PlayTone(t, Tone{})
	b := startBox(t, "camera: {width: 640, height: 360}\nvideo: {bitrate: {min: 300k, start: 800k, max: 1200k}}\n")
	b.await("standby", startup)
	b.awaitStatus("green", func(r report) bool { return r.Lights.Green == "steady" })

	begin := capture.Now()
	edge := b.press()
	live := b.await("live", patience)
	v := watch(t)
	awaitMore(t, v, 120, 120)
	if n := strings.Count(b.Log(), `"now cueing"`); n != 1 {
		t.Errorf("%d presses were seen of one", n)
	}
	b.hold()
	b.await("standby", patience)
	b.red.Wait(Low, patience)
	pause(time.Second) // the law goes on after the end
	law1(t, b, begin, capture.Now())

	video, audio := v.Received()
	if pictures := decode(t, video.Units); pictures < 100 {
		t.Errorf("the viewer decodes %d pictures", pictures)
	}
	if hz, db := hear(t, audio.Units); math.Abs(hz-1000) > 5 || db < -20 {
		t.Errorf("the viewer hears %.0f Hz at %.0f dBFS, not 1 kHz", hz, db)
	}
	if video.Missing > 0 {
		t.Errorf("%d packets of the picture are missing", video.Missing)
	}
	if !strings.Contains(b.Log(), "the client ended it") {
		t.Error("the session was not ended by DELETE")
	}
	first := firstPacket(b, edge)
	t.Logf("from the edge: first RTP packet %v, confirmed (seen by polling) %v", (first - edge).Round(time.Millisecond), (live - edge).Round(time.Millisecond))
	if code := b.Stop(); code != 0 {
		t.Errorf("vigie ended with %d", code)
	}
}

// firstPacket is when the first RTP packet after at left the box.
func firstPacket(b *box, at time.Duration) time.Duration {
	for _, p := range b.wire.Packets() {
		if p.At > at && p.Kind == RTP && p.Dst.Port() == b.relayPort {
			return p.At
		}
	}
	b.t.Error("no RTP packet left the box")
	return at
}

// hear decodes the last second of sound and returns its frequency, by its zero crossings, and its level.
func hear(t testing.TB, packets []relaytest.Unit) (hz, db float64) {
	t.Helper()
	d, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var left []float64
	room := make([]float32, opus.MaxPCM)
	for _, p := range packets {
		pcm, err := d.Decode(room, p.Data)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(pcm); i += capture.Channels {
			left = append(left, float64(pcm[i]))
		}
	}
	left = left[max(0, len(left)-capture.SampleRate):]
	crossings, power := 0, 0.0
	for i, v := range left {
		if i > 0 && left[i-1] < 0 && v >= 0 {
			crossings++
		}
		power += v * v
	}
	seconds := float64(len(left)) / capture.SampleRate
	return float64(crossings) / seconds, 10 * math.Log10(power/float64(len(left))+1e-12)
}

// TestBoxCut holds that viewers get slate and silence under a cut, that red is dark then, and that a show goes on after it.
func TestBoxCut(t *testing.T) {
	b, begin := liveBox(t, camera180+fittedCut)
	v := watch(t)
	awaitMore(t, v, 30, 30)
	beforeCut := capture.Now()

	b.cut.Bounce(Low)
	b.cut.Bounce(High)
	b.red.Wait(Low, 5*time.Second)
	law1(t, b, begin, beforeCut)
	awaitMore(t, v, 45, 75) // what was on its way, then the slate
	_, audio := v.Received()
	if _, db := hear(t, audio.Units[len(audio.Units)-25:]); db > -60 {
		t.Errorf("the viewer hears %.0f dBFS under a cut", db)
	}
	if r := b.status(); r.Lights.Red != "off" || r.Lights.Amber != "steady" || r.State != "live" {
		t.Errorf("under a cut: %+v", r)
	}

	b.cut.Bounce(Low)
	b.cut.Bounce(High)
	b.awaitStatus("red to be steady again", func(r report) bool { return r.Lights.Red == "steady" })
	awaitMore(t, v, 45, 75)
	_, audio = v.Received()
	if hz, db := hear(t, audio.Units); math.Abs(hz-1000) > 5 || db < -20 {
		t.Errorf("after the cut the viewer hears %.0f Hz at %.0f dBFS", hz, db)
	}
	video, _ := v.Received()
	decode(t, video.Units)
}
