//go:build bench

package bench

import (
	"cmp"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// The sound card: what is played into the speaker's end comes out of the microphone's end. While something is played,
// the microphone offers the format that it is played in and no other. Silence and time pass also while nothing is.
const (
	Speaker    = "hw:Loopback,1"
	Microphone = "hw:Loopback,0"
)

// Tone is a sine. Its zero values are 1 kHz at -12 dBFS, 48 kHz, two channels, S16_LE.
type Tone struct {
	Hz       float64
	Level    float64 // of its peaks, dBFS
	Rate     int     // PCM frames a second
	Channels int
	Format   string // S16_LE or S24_3LE
}

// PlayTone plays a tone into the microphone until stop is called or the test ends.
func PlayTone(t testing.TB, tone Tone) (stop func()) {
	t.Helper()
	tone.Hz = cmp.Or(tone.Hz, 1000)
	tone.Level = cmp.Or(tone.Level, -12)
	tone.Rate = cmp.Or(tone.Rate, 48000)
	tone.Channels = cmp.Or(tone.Channels, 2)
	tone.Format = cmp.Or(tone.Format, "S16_LE")
	cmd := exec.Command("aplay", "--quiet", "--device", Speaker, "--file-type", "raw", "--format", tone.Format,
		"--rate", strconv.Itoa(tone.Rate), "--channels", strconv.Itoa(tone.Channels), "--buffer-time", "500000")
	cmd.Stdin = &oscillator{Tone: tone}
	p := Start(t, cmd)
	// A loopback that is not yet running has no format to offer: playing is part of the promise.
	WaitFor(t, waitStart, "the tone to play", func() bool {
		return playing() || p.exited()
	})
	if p.exited() {
		t.Fatalf("the tone does not play:\n%s", p.Log())
	}
	return func() { p.Kill() }
}

// UnplugMicrophone pulls the sound card, with what plays on it, and plugs it in again when the test ends, if PlugMicrophone
// did not. It blocks until nobody has the card open.
func UnplugMicrophone(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		if _, err := os.Stat("/proc/asound/Loopback"); err != nil {
			PlugMicrophone(t)
		}
	})
	bind(t, "snd_aloop", "unbind", "snd_aloop.0")
}

// PlugMicrophone puts the sound card back after UnplugMicrophone. It is silent.
func PlugMicrophone(t testing.TB) {
	t.Helper()
	bind(t, "snd_aloop", "bind", "snd_aloop.0")
}

// oscillator is the endless PCM of a tone.
type oscillator struct {
	Tone
	n int // PCM frames so far
}

// Read fills b with whole PCM frames.
func (o *oscillator) Read(b []byte) (int, error) {
	peak := math.Pow(10, o.Level/20)
	done := b[:0]
	for len(b)-len(done) >= 3*o.Channels {
		v := peak * math.Sin(2*math.Pi*o.Hz*float64(o.n)/float64(o.Rate))
		o.n++
		for range o.Channels {
			done = o.put(done, v)
		}
	}
	return len(done), nil
}

func (o *oscillator) put(b []byte, v float64) []byte {
	if o.Format == "S24_3LE" {
		u := uint32(int32(v * (1<<23 - 1)))
		return append(b, byte(u), byte(u>>8), byte(u>>16))
	}
	return binary.LittleEndian.AppendUint16(b, uint16(int16(v*math.MaxInt16)))
}

// playing says whether the speaker's end is running (Documentation/sound/designs/procfile.rst).
func playing() bool {
	status, err := os.ReadFile("/proc/asound/Loopback/pcm1p/sub0/status")
	return err == nil && strings.Contains(string(status), "RUNNING")
}
