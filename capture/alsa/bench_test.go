//go:build bench

package alsa

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	pcm "github.com/gen2brain/alsa"
	"golang.org/x/sys/unix"

	"vigie/capture"
)

func openMicrophone(t *testing.T, o Options) *Microphone {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	if o.Device == "" {
		o.Device = "auto"
	}
	m, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// recording is sound with the PTS of each run.
type recording struct {
	data   []float32
	pts    []time.Duration
	frames []int // before each run
	ended  time.Duration
}

func (r *recording) take(m *Microphone, length time.Duration) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return m.Stream(ctx, func(p capture.PCM) {
		r.pts, r.frames = append(r.pts, p.PTS), append(r.frames, len(r.data)/2)
		r.data = append(r.data, p.Data...)
		if len(r.data) >= int(length.Seconds()*capture.SampleRate)*2 {
			r.ended = capture.Now()
			cancel()
		}
	})
}

// frequency counts the crossings of zero, upwards, each to a fraction of a PCM frame.
func frequency(data []float32) float64 {
	first, last, n := 0.0, 0.0, -1
	for i := 0; i+2 < len(data); i += 2 {
		if a, b := float64(data[i]), float64(data[i+2]); a < 0 && b >= 0 {
			last = float64(i/2) + a/(a-b)
			if n++; n == 0 {
				first = last
			}
		}
	}
	return float64(n) * capture.SampleRate / (last - first)
}

func TestBenchRecords(t *testing.T) {
	for _, c := range []struct {
		format         pcm.PcmFormat
		rate, channels int
	}{
		{pcm.SNDRV_PCM_FORMAT_S16_LE, 48000, 2},
		{pcm.SNDRV_PCM_FORMAT_S16_LE, 44100, 1},
		{pcm.SNDRV_PCM_FORMAT_S24_3LE, 48000, 2},
		{pcm.SNDRV_PCM_FORMAT_S32_LE, 96000, 2},
		{pcm.SNDRV_PCM_FORMAT_S24_LE, 32000, 4},
		{pcm.SNDRV_PCM_FORMAT_FLOAT_LE, 16000, 1},
	} {
		t.Run(fmt.Sprintf("%s %d Hz %d channels", pcm.PcmParamFormatNames[c.format], c.rate, c.channels), func(t *testing.T) {
			late := play(t, c.format, c.rate, c.channels)
			m := openMicrophone(t, Options{Channels: 2})
			if m.rate != c.rate || m.channels != c.channels || m.format.id != c.format {
				t.Errorf("opened with %v, %d Hz, %d channels", m.format.id, m.rate, m.channels)
			}
			// A machine that is busy with other things may be too slow once: what is looked at is sound without a gap.
			for range 10 {
				var r recording
				lost := uint64(late.Load()) + m.Xruns()
				if err := r.take(m, 2500*time.Millisecond); err != nil {
					t.Fatal(err)
				}
				if uint64(late.Load())+m.Xruns() == lost {
					checkTone(t, &r)
					return
				}
			}
			t.Error("10 recordings, and each has a gap")
		})
	}
}

func checkTone(t *testing.T, r *recording) {
	t.Helper()
	tone := r.data[capture.SampleRate:] // without the first half second
	hz := frequency(tone)
	if math.Abs(hz-1000) > 5 {
		t.Errorf("the tone is of %.2f Hz", hz)
	}
	for side := range 2 {
		amplitude, _, _ := fit(tone[:capture.SampleRate/5], side, hz, capture.SampleRate)
		if math.Abs(decibels(amplitude/0.5)) > 0.5 {
			t.Errorf("side %d: amplitude %.3f, want 0.5", side, amplitude)
		}
	}
	for i := 1; i < len(r.pts); i++ {
		if r.pts[i] <= r.pts[i-1] {
			t.Fatalf("run %d: PTS %v after %v", i, r.pts[i], r.pts[i-1])
		}
	}
	last := len(r.pts) - 1
	took, want := r.pts[last]-r.pts[0], time.Duration(r.frames[last])*time.Second/capture.SampleRate
	ppm := (took.Seconds()/want.Seconds() - 1) * 1e6
	if math.Abs(ppm) > 1000 {
		t.Errorf("PTS advances by %v over %v of sound: %.0f ppm", took, want, ppm)
	}
	t.Logf("%.2f Hz; PTS %+.0f ppm over %v; last run is %v old", hz, ppm, took, r.ended-r.pts[last])
	if old := r.ended - r.pts[last]; old < 0 || old > 500*time.Millisecond {
		t.Error("that is not when it was sampled")
	}
}

func TestBenchRecoversFromAnXrun(t *testing.T) {
	play(t, pcm.SNDRV_PCM_FORMAT_S16_LE, 48000, 2)
	m := openMicrophone(t, Options{Channels: 2})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var pts []time.Duration
	err := m.Stream(ctx, func(p capture.PCM) {
		switch pts = append(pts, p.PTS); len(pts) {
		case 20:
			for until := capture.Now() + time.Second; capture.Now() < until; { // a function that takes too long
				_, _ = unix.Poll(nil, 10)
			}
		case 60:
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var gaps []time.Duration
	for i := 1; i < len(pts); i++ {
		if gap := pts[i] - pts[i-1]; gap > 30*time.Millisecond || gap <= 0 {
			gaps = append(gaps, gap)
		}
	}
	if uint64(len(gaps)) != m.Xruns() || m.Xruns() == 0 {
		t.Errorf("gaps in PTS: %v; %d xruns", gaps, m.Xruns())
	}
	// What was in the kernel's buffer was lost with the second.
	if pts[20]-pts[19] < 900*time.Millisecond {
		t.Errorf("after a second away PTS goes on %v later", pts[20]-pts[19])
	}
}

// Nobody plays: whether the card delivers silence or nothing, Stream goes on, and ends when it is told to.
func TestBenchEndsPromptlyInSilence(t *testing.T) {
	m := openMicrophone(t, Options{Channels: 2})
	for round := range 2 { // it can be started again
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		runs := 0
		started := capture.Now()
		err := m.Stream(ctx, func(capture.PCM) { runs++ })
		cancel()
		if took := capture.Now() - started; err != nil || took > 1300*time.Millisecond {
			t.Errorf("round %d: ended after %v: %v", round, took, err)
		}
		t.Logf("round %d: %d runs in a second", round, runs)
	}
}

func TestBenchBusy(t *testing.T) {
	first := openMicrophone(t, Options{Channels: 2})
	second, err := Open(Options{Device: "auto", Channels: 2, Log: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, capture.ErrBusy) || !strings.Contains(err.Error(), first.device.Address()) {
		t.Fatalf("%v, %v", second, err)
	}
	t.Log(err)
}

func TestBenchAddresses(t *testing.T) {
	card := loopbackCard(t)
	for _, name := range []string{"auto", fmt.Sprintf("hw:%d,0", card), "hw:CARD=Loopback,DEV=0", "Loopback"} {
		m, err := Open(Options{Device: name, Channels: 2, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Error(err)
			continue
		}
		if m.Name() != "Loopback (hw:CARD=Loopback,DEV=0)" {
			t.Errorf("%s is %q", name, m.Name())
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}
