package station_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/capturetest"
	"vigie/capture/opus"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/station"
)

// hanging is an encoder that hangs in its driver, from when it is told to until it is let go.
type hanging struct {
	capture.Encoder
	hang  *atomic.Bool
	hung  chan struct{}
	letGo chan struct{}
}

func (e *hanging) Encode(f *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	if e.hang.CompareAndSwap(true, false) {
		close(e.hung)
		<-e.letGo
	}
	return e.Encoder.Encode(f, idr)
}

// TestEncoderHangs holds that a cut takes, a show ends, and so does the program, while an encoder hangs.
func TestEncoderHangs(t *testing.T) {
	var hang atomic.Bool
	hung, letGo := make(chan struct{}), make(chan struct{})
	b := newBox(t, func(o *station.Options) {
		open := o.Video.Open
		o.Video.Open = func(kept capture.Chain, d capture.Demand) (capture.Chain, error) {
			chain, err := open(kept, d)
			if _, ours := chain.Encoder.(*hanging); chain.Encoder != nil && !ours {
				chain.Encoder = &hanging{chain.Encoder, &hang, hung, letGo}
			}
			return chain, err
		}
	})
	b.awaitState(golive.Standby)
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	b.awaitState(golive.Live)
	hang.Store(true)
	<-hung
	b.Press(golive.CutDown{})
	b.await("the cut", func(s station.Snapshot) bool { return s.Machine.InForce })
	b.Press(golive.CutDown{}, golive.GoLiveDown{}, golive.GoLiveHeld{}, golive.GoLiveUp{})
	b.awaitState(golive.Standby)
	if got := b.relay.Counts(); got.Deletes != 1 {
		t.Errorf("the relay saw %+v", got)
	}
	err := b.end()
	if close(letGo); err == nil || !strings.Contains(err.Error(), "hangs") {
		t.Errorf("the program ended with %v", err)
	}
}

// TestDiskHangs holds that a show begins and ends, and so does the program, while the disk hangs: opening a pipe that
// nobody reads hangs as one does.
func TestDiskHangs(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, ".writable")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBox(t, func(o *station.Options) { o.Health = &health.Options{Root: dir, StateDir: dir} })
	b.awaitState(golive.Standby)
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	b.awaitState(golive.Live)
	b.Press(golive.GoLiveDown{}, golive.GoLiveHeld{}, golive.GoLiveUp{})
	b.awaitState(golive.Standby)
	if got := b.relay.Counts(); got.Deletes != 1 {
		t.Errorf("the relay saw %+v", got)
	}
	err := b.end()
	if err == nil || !strings.Contains(err.Error(), "the disk hangs") {
		t.Errorf("the program ended with %v", err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDONLY, 0) // when the writer is there
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(reader); err != nil { // until it has gone
		t.Error(err)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
}

// TestBootHangs holds that a device that hangs from the boot on holds no other: the box is ready without it, says why, and
// takes it when it answers.
func TestBootHangs(t *testing.T) {
	for _, c := range []struct {
		name               string
		camera, microphone bool // hangs
		code               string
		device             func(golive.Machine) golive.Device
	}{
		{"the camera", true, false, "no_camera", func(m golive.Machine) golive.Device { return m.Camera }},
		{"the microphone", false, true, "no_microphone", func(m golive.Machine) golive.Device { return m.Microphone }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				free := make(chan struct{})
				hang := func(hangs bool) {
					if hangs {
						<-free
					}
				}
				s := station.New(station.Options{
					Video: &capture.VideoOptions{Open: func(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
						hang(c.camera)
						kept.Camera = capturetest.NewCamera(capturetest.CameraOptions{Width: 64, Height: 48, FPS: 10})
						return kept, nil
					}},
					OpenMicrophone: func() (capture.Microphone, bool, error) {
						hang(c.microphone)
						return capturetest.NewMicrophone(capturetest.MicrophoneOptions{}), false, nil
					},
					NewAudioEncoder: func() (capture.AudioEncoder, error) { return opus.New(opus.Options{Bitrate: 96_000}) },
					Log:             slog.New(slog.DiscardHandler),
				})
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- s.Run(ctx) }()
				is := func(want golive.State, device golive.Device) station.Snapshot {
					t.Helper()
					synctest.Wait()
					got := s.Snapshot()
					if got.Machine.State != want || c.device(got.Machine) != device {
						t.Errorf("after %v it is %v, the device %v; want %v, %v", time.Since(got.Since), got.Machine.State,
							c.device(got.Machine), want, device)
					}
					return got
				}
				<-time.After(14500 * time.Millisecond)
				is(golive.Starting, golive.Unknown)
				<-time.After(time.Second)
				told := is(golive.Standby, golive.Absent)
				if len(told.Warnings) == 0 || told.Warnings[0].Code != c.code || !strings.Contains(told.Warnings[0].Text, "has not answered") {
					t.Errorf("it says %+v", told.Warnings)
				}
				close(free)
				is(golive.Standby, golive.Present)
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}
