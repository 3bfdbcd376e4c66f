package alsa

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"testing"
	"time"

	pcm "github.com/gen2brain/alsa"
	"golang.org/x/sys/unix"

	"vigie/capture"
)

// card is a sound card on a clock of its own: each Wait takes until a run of sound is there. A script makes things
// happen before chosen Waits.
type card struct {
	clock   time.Duration
	rate    int
	run     int // PCM frames
	waits   int
	script  map[int]func() error
	state   pcm.PcmState
	resumes error
	calls   []string
}

func (c *card) note(s string) error { c.calls = append(c.calls, s); return nil }

func (c *card) Start() error        { c.state = pcm.SNDRV_PCM_STATE_RUNNING; return c.note("start") }
func (c *card) Stop() error         { return c.note("stop") }
func (c *card) Prepare() error      { return c.note("prepare") }
func (c *card) Resume() error       { c.note("resume"); return c.resumes }
func (c *card) Close() error        { return c.note("close") }
func (c *card) State() pcm.PcmState { return c.state }
func (c *card) Delay() (int, error) { return c.run, nil }

func (c *card) Wait(int) (bool, error) {
	c.waits++
	c.clock += time.Duration(c.run) * time.Second / time.Duration(c.rate)
	if f := c.script[c.waits]; f != nil {
		if err := f(); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *card) Read(data any) (int, error) {
	raw := data.([]byte)
	for i := range raw {
		raw[i] = 0x20
	}
	return len(raw) / 4, nil
}

func (c *card) microphone(t *testing.T, o Options) *Microphone {
	c.run = c.rate / 100
	c.clock = time.Hour
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	m, err := newMicrophone(usb, c, pcm.Config{Channels: 2, Rate: uint32(c.rate), AvailMin: uint32(c.run)}, s16, o)
	if err != nil {
		t.Fatal(err)
	}
	m.now = func() time.Duration { return c.clock }
	return m
}

// record streams n runs, or until the stream ends by itself.
func record(t *testing.T, m *Microphone, n int) (pts []time.Duration, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err = m.Stream(ctx, func(p capture.PCM) {
		if pts = append(pts, p.PTS); len(pts) == n {
			cancel()
		}
	})
	return pts, err
}

func TestStreamStampsTheFirstFrame(t *testing.T) {
	c := &card{rate: 48000}
	pts, err := record(t, c.microphone(t, Options{}), 5)
	if err != nil || len(pts) != 5 {
		t.Fatal(pts, err)
	}
	for i, p := range pts {
		if off := p - time.Hour - time.Duration(i)*10*time.Millisecond; off.Abs() > time.Microsecond {
			t.Errorf("run %d is %v from when it was sampled", i, off)
		}
	}
}

// TestSetGain holds that a gain that is set while sound comes counts from the next run on.
func TestSetGain(t *testing.T) {
	m := (&card{rate: 48000}).microphone(t, Options{Gain: -6})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var heard []float32
	_ = m.Stream(ctx, func(p capture.PCM) {
		if heard = append(heard, p.Data[0]); len(heard) == 2 {
			cancel()
		}
		m.SetGain(-26)
	})
	if len(heard) < 2 || math.Abs(float64(heard[1]/heard[0])-0.1) > 1e-6 {
		t.Errorf("20 dB less make %v", heard)
	}
	if g := m.Gain(); math.Abs(g-0.05012) > 1e-5 {
		t.Errorf("-26 dB are %v", g)
	}
}

func TestStreamRecovers(t *testing.T) {
	for name, test := range map[string]struct {
		err     error
		resumes error
		want    []string
	}{
		"xrun":                         {unix.EPIPE, nil, []string{"start", "prepare", "start", "stop"}},
		"suspended":                    {unix.ESTRPIPE, nil, []string{"start", "resume", "stop"}},
		"suspended, and cannot go on":  {unix.ESTRPIPE, unix.ENOSYS, []string{"start", "resume", "prepare", "start", "stop"}},
		"a card that paused by itself": {nil, nil, []string{"start", "stop"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := &card{rate: 48000, resumes: test.resumes}
			c.script = map[int]func() error{4: func() error { c.clock += time.Second; return test.err }}
			m := c.microphone(t, Options{})
			pts, err := record(t, m, 6)
			if err != nil {
				t.Fatal(err)
			}
			if m.Xruns() != 1 {
				t.Errorf("%d xruns were counted", m.Xruns())
			}
			if gap := pts[3] - pts[2]; gap < time.Second || gap > 1030*time.Millisecond {
				t.Errorf("the gap in PTS is %v", gap)
			}
			if got := fmtCalls(c.calls); got != fmtCalls(test.want) {
				t.Errorf("calls: %s, want %s", got, fmtCalls(test.want))
			}
		})
	}
}

func fmtCalls(calls []string) (s string) {
	for _, c := range calls {
		s += c + " "
	}
	return s
}

func TestStreamSaysWhyItEnds(t *testing.T) {
	for name, test := range map[string]struct {
		err   error
		state pcm.PcmState
		want  error
	}{
		"unplugged":                 {unix.ENODEV, pcm.SNDRV_PCM_STATE_DISCONNECTED, capture.ErrGone},
		"unplugged, seen by state":  {unix.EBADFD, pcm.SNDRV_PCM_STATE_DISCONNECTED, capture.ErrGone},
		"an error that is not ours": {unix.EIO, pcm.SNDRV_PCM_STATE_RUNNING, unix.EIO},
	} {
		c := &card{rate: 48000}
		c.script = map[int]func() error{3: func() error { c.state = test.state; return test.err }}
		pts, err := record(t, c.microphone(t, Options{}), 10)
		if !errors.Is(err, test.want) || len(pts) != 2 {
			t.Errorf("%s: %v after %d runs", name, err, len(pts))
		}
	}
}

// mute is a card that delivers nothing.
type mute struct {
	*card
	waited func()
}

func (c mute) Wait(int) (bool, error) { c.waited(); return false, nil }

// TestTurns holds that a card without sound is seen to be at work: what does not turn hangs in its driver.
func TestTurns(t *testing.T) {
	c := &card{rate: 48000}
	m := c.microphone(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m.stream = mute{c, func() {
		if m.Turns() == 10 {
			cancel()
		}
	}}
	if err := m.Stream(ctx, func(capture.PCM) { t.Error("a sound of nothing") }); err != nil || m.Turns() != 10 {
		t.Errorf("%v after %d turns", err, m.Turns())
	}
}

func TestStreamAt44100(t *testing.T) {
	c := &card{rate: 44100}
	pts, err := record(t, c.microphone(t, Options{}), 50)
	if err != nil {
		t.Fatal(err)
	}
	// The filter's sound is from before the card's first frame: 48 frames at 44.1 kHz.
	if off := pts[0] - time.Hour + 48*time.Second/44100; off.Abs() > time.Microsecond {
		t.Errorf("the first PTS is off by %v", off)
	}
	if off := pts[49] - pts[0] - 490*time.Millisecond; off.Abs() > 25*time.Microsecond {
		t.Errorf("after 49 runs PTS is off by %v", off)
	}
}

func TestDeliveryDoesNotAllocate(t *testing.T) {
	for _, rate := range []int{48000, 44100} {
		c := &card{rate: rate}
		m := c.microphone(t, Options{Gain: 6})
		f := func(capture.PCM) {}
		if n := testing.AllocsPerRun(100, func() {
			if err := m.step(f); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%d Hz: %v allocations a run", rate, n)
		}
	}
}
