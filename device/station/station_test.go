package station_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"vigie/capture"
	"vigie/capture/capturetest"
	"vigie/capture/openh264"
	"vigie/capture/opus"
	"vigie/capture/picture"
	"vigie/device/golive"
	"vigie/device/panel"
	"vigie/device/station"
	"vigie/uplink"
	"vigie/uplink/uplinktest"
	"vigie/uplink/whip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// box is a station with the test picture, a real encoder, a real uplink and a relay over loopback.
type box struct {
	*station.Station
	t       *testing.T
	relay   *uplinktest.Relay
	red     *gpiotest.Pin
	absent  atomic.Bool // the camera
	changed chan struct{}
	end     func() error
}

func newBox(t *testing.T, change ...func(*station.Options)) *box {
	t.Helper()
	relay, err := uplinktest.New(uplinktest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(relay)
	b := &box{t: t, relay: relay, red: &gpiotest.Pin{N: "GPIO27"}, changed: make(chan struct{}, 1)}
	lights, err := panel.NewLights(panel.Lamps{Red: &panel.Line{Pin: b.red}})
	if err != nil {
		t.Fatal(err)
	}
	endpoint, _ := url.Parse(server.URL + "/whip/main-stage")
	transport := &http.Transport{}
	client := &whip.Client{Endpoint: endpoint, Token: "token", HTTP: &http.Client{Transport: transport}}
	o := station.Options{
		Video: &capture.VideoOptions{
			Open:  b.open,
			Slate: func(f capture.VideoFormat, _ bool) *capture.RawFrame { return picture.Slate(f.Width, f.Height, "", "") },
		},
		OpenMicrophone: func() (capture.Microphone, bool, error) {
			return capturetest.NewMicrophone(capturetest.MicrophoneOptions{}), false, nil
		},
		NewAudioEncoder: func() (capture.AudioEncoder, error) { return opus.New(opus.Options{Bitrate: 96_000}) },
		NewUplink: func(h station.Hooks) *uplink.Uplink {
			return uplink.New(uplink.Options{Client: client, Video: true, Audio: true,
				MinBitrate: 300_000, StartBitrate: 500_000, MaxBitrate: 1_000_000, AudioBitrate: 96_000,
				RequestIDR: h.RequestIDR, SetBitrate: h.SetBitrate, Event: h.Event})
		},
		Lights: lights, Log: slog.New(slog.DiscardHandler),
		Changed: func(golive.Machine) {
			select {
			case b.changed <- struct{}{}:
			default:
			}
		},
	}
	for _, f := range change {
		f(&o)
	}
	b.Station = station.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	ended := false
	b.end = func() error {
		if ended {
			return nil
		}
		ended = true
		cancel()
		err := <-done
		server.Close()
		relay.Close()
		transport.CloseIdleConnections()
		return err
	}
	t.Cleanup(func() { _ = b.end() })
	return b
}

// open is what cmd/vigie does with the way that it chose.
func (b *box) open(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
	if b.absent.Load() {
		return kept, fmt.Errorf("test: %w", capture.ErrNotFound)
	}
	c := &camera{capturetest.NewCamera(capturetest.CameraOptions{Width: 320, Height: 180, FPS: 30}), &b.absent}
	kept.Camera, kept.Format = c, c.Format()
	if kept.Encoder == nil {
		e, err := openh264.New(openh264.Options{Format: c.Format(), Bitrate: 500_000})
		if err != nil {
			return kept, err
		}
		kept.Encoder = e
	}
	return kept, nil
}

// camera is the test camera with a cable that absent pulls.
type camera struct {
	*capturetest.Camera
	absent *atomic.Bool
}

func (c *camera) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := c.Camera.Stream(ctx, func(r *capture.RawFrame) {
		if c.absent.Load() {
			cancel(capture.ErrGone)
			return
		}
		f(r)
	})
	if context.Cause(ctx) == capture.ErrGone {
		return capture.ErrGone
	}
	return err
}

// await blocks until the station is as asked.
func (b *box) await(what string, is func(station.Snapshot) bool) station.Snapshot {
	b.t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		if s := b.Snapshot(); is(s) {
			return s
		}
		select {
		case <-b.changed:
		case <-deadline:
			b.t.Fatalf("waited in vain for: %s; the station is %+v", what, b.Snapshot())
		}
	}
}

func (b *box) awaitState(want golive.State) station.Snapshot {
	b.t.Helper()
	return b.await(want.String(), func(s station.Snapshot) bool { return s.Machine.State == want })
}

// TestShow goes live and ends, twice, and the program's end ends a third show properly.
func TestShow(t *testing.T) {
	b := newBox(t)
	for show := range 2 {
		b.awaitState(golive.Standby)
		b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
		s := b.awaitState(golive.Live)
		if s.Lights.Red != golive.Steady || b.red.Read() != gpio.High {
			t.Errorf("live shows %+v, the line is %v", s.Lights, b.red.Read())
		}
		if s.Uplink == nil || !s.Uplink.Confirmed {
			t.Errorf("live without a confirmed uplink: %+v", s.Uplink)
		}
		b.Press(golive.GoLiveDown{}, golive.GoLiveHeld{}, golive.GoLiveUp{})
		b.awaitState(golive.Standby)
		if got := b.relay.Counts(); got.Deletes != show+1 {
			t.Errorf("after show %d the relay saw %+v", show, got)
		}
	}
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	b.awaitState(golive.Live)
	if err := b.end(); err != nil {
		t.Error(err)
	}
	if got := b.relay.Counts(); got.Deletes != 3 || b.red.Read() {
		t.Errorf("at the end the relay saw %+v, red is %v", got, b.red.Read())
	}
}

// TestCameraLost holds that a lost camera is a warning in a show, no show without one, and found again by itself.
func TestCameraLost(t *testing.T) {
	b := newBox(t)
	b.awaitState(golive.Standby)
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	b.awaitState(golive.Live)
	b.absent.Store(true)
	s := b.await("no camera", func(s station.Snapshot) bool { return s.Machine.Camera == golive.Absent })
	if s.Machine.State != golive.Live || s.Lights.Amber != golive.Slow {
		t.Errorf("a lost camera, with the sound going on: %v, %+v", s.Machine.State, s.Lights)
	}
	if len(s.Warnings) != 1 || s.Warnings[0].Code != "no_camera" ||
		!strings.HasPrefix(s.Warnings[0].Text, "No picture: ") || !strings.Contains(s.Warnings[0].Text, "unplugged") {
		t.Errorf("the warnings are %v", s.Warnings)
	}
	b.absent.Store(false)
	units := s.Video.Units
	b.await("the camera again, and pictures of it", func(s station.Snapshot) bool {
		return s.Machine.Camera == golive.Present && s.Video.Units > units+5
	})

	b.Press(golive.GoLiveDown{}, golive.GoLiveHeld{}, golive.GoLiveUp{})
	b.awaitState(golive.Standby)
	b.absent.Store(true)
	b.await("no camera", func(s station.Snapshot) bool { return s.Machine.Camera == golive.Absent })
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	s = b.await("a refusal", func(s station.Snapshot) bool { return s.Refused != "" })
	if s.Machine.State != golive.Standby {
		t.Errorf("without a camera the box is %v", s.Machine.State)
	}
}

// TestCut holds that red is dark under a cut and that the show is confirmed again after it.
func TestCut(t *testing.T) {
	b := newBox(t)
	b.awaitState(golive.Standby)
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	b.awaitState(golive.Live)
	b.Press(golive.CutDown{})
	s := b.await("the cut", func(s station.Snapshot) bool { return s.Machine.InForce })
	if want := (golive.Lights{Amber: golive.Steady}); s.Lights != want || b.red.Read() {
		t.Errorf("a cut shows %+v", s.Lights)
	}
	b.await("nothing of the stage confirmed", func(s station.Snapshot) bool { return s.Uplink != nil && !s.Uplink.Confirmed })
	if s := b.Snapshot(); s.Machine.State != golive.Live {
		t.Errorf("a long cut is %v", s.Machine.State)
	}
	b.Press(golive.CutDown{})
	b.await("live again", func(s station.Snapshot) bool { return s.Lights.Red == golive.Steady && s.Uplink.Confirmed })
}

// TestRelayRefuses holds that a refusal is told, and that the box goes on trying until it is cancelled.
func TestRelayRefuses(t *testing.T) {
	b := newBox(t)
	b.relay.Set(uplinktest.Behaviour{Status: http.StatusUnauthorized})
	b.awaitState(golive.Standby)
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	s := b.await("a refusal", func(s station.Snapshot) bool { return s.Machine.Relay == golive.RelayRefuses })
	if s.Machine.State != golive.Cueing || s.Lights.Amber != golive.Fast || s.Lights.Red != golive.Fast {
		t.Errorf("a relay that refuses: %v, %+v", s.Machine.State, s.Lights)
	}
	if len(s.Warnings) != 1 || !strings.HasPrefix(s.Warnings[0].Text, "The relay refuses the token (401)") ||
		!strings.HasPrefix(s.Warnings[0].Advice, "Put the token") || strings.Contains(s.Warnings[0].Text, "Bearer") {
		t.Errorf("the warnings are %v", s.Warnings)
	}
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	b.awaitState(golive.Standby)
}

// TestReminder holds that a show that is due is amber, for as long as it is.
func TestReminder(t *testing.T) {
	b := newBox(t)
	b.awaitState(golive.Standby)
	b.Remind("The show begins at 20:00.")
	s := b.await("amber", func(s station.Snapshot) bool { return s.Lights.Amber == golive.Slow })
	if len(s.Warnings) != 1 || s.Warnings[0].Code != "show_due" || s.Warnings[0].Text != "The show begins at 20:00." {
		t.Errorf("it warns: %v", s.Warnings)
	}
	b.Remind("")
	b.await("no amber", func(s station.Snapshot) bool {
		return s.Lights == golive.Lights{Green: golive.Steady} && len(s.Warnings) == 0
	})
}

// TestPanelTrouble holds that a light or a button that does not work is an amber light and a sentence that names all.
func TestPanelTrouble(t *testing.T) {
	b := newBox(t, func(o *station.Options) {
		o.PanelTrouble = []error{fmt.Errorf("GPIO line GPIO99: no such line")}
		o.GoLive = &panel.Line{Pin: &gpiotest.Pin{N: "GPIO17"}} // sees no edges
	})
	s := b.await("both", func(s station.Snapshot) bool { return len(s.Panel) == 2 })
	if s = b.awaitState(golive.Standby); s.Lights.Amber != golive.Slow || len(s.Warnings) != 1 ||
		!strings.Contains(s.Warnings[0].Text, "GPIO99") || !strings.Contains(s.Warnings[0].Text, "GPIO17") {
		t.Errorf("%+v, %v", s.Lights, s.Warnings)
	}
}
