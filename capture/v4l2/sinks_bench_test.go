//go:build bench

package v4l2

import (
	"context"
	"testing"

	"vigie/capture"
)

// rehearsal is a camera that shows the picture it has, again and again, as often as allocations are counted, and is done.
type rehearsal struct {
	*testing.T
	frame *capture.RawFrame
	done  func()
}

func (r rehearsal) Name() string                { return "rehearsal" }
func (r rehearsal) Format() capture.VideoFormat { return r.frame.VideoFormat }
func (r rehearsal) Close() error                { return nil }

func (r rehearsal) Stream(_ context.Context, f func(*capture.RawFrame)) error {
	n := testing.AllocsPerRun(60, func() {
		r.frame.PTS += 33_333_333
		r.frame.Sequence++
		f(r.frame)
	})
	if n != 0 {
		r.Errorf("%v allocations for a picture, want none", n)
	}
	r.done()
	return nil
}

// keeper is a sink that keeps a unit past its call, as the uplink's queue does, and lets it go at the next.
type keeper struct {
	kept  *capture.AccessUnit
	units int
}

func (k *keeper) WriteVideo(u *capture.AccessUnit) {
	if k.kept != nil {
		k.kept.Release()
	}
	u.Retain()
	k.kept = u
	k.units++
}

func (k *keeper) WriteAudio(*capture.AudioPacket) {}

// TestHardwareToTheSinksAllocatesNothing counts all of a picture's way at once: from QBUF of raw pixels through DQBUF of
// coded bytes, the access unit and capture.Video to a sink. From the sink to the socket it is the uplink's test that does.
func TestHardwareToTheSinksAllocatesNothing(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, false)
	ctx, done := context.WithCancel(t.Context())
	v := videoOf(t, rehearsal{t, moving(capture.YUYV, 640, 360, 0), done}, e)
	sink := &keeper{}
	v.SetSink(sink)
	v.Run(ctx)
	if sink.units != 61 {
		t.Errorf("%d units came to the sink of 61 pictures", sink.units)
	}
}
