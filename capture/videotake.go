package capture

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// damagedFor is how long a camera may deliver nothing but damaged pictures until it counts as failed.
	damagedFor = 5 * time.Second
	// steady is how many units an encoder makes until its failures are forgotten.
	steady = 30
	// slateEvery is the time between two pictures of a slate without a camera: a viewer who joins waits no longer.
	slateEvery = 200 * time.Millisecond
)

// take handles one picture of the camera.
func (v *Video) take(f *RawFrame) error {
	v.stats.saw(f, v.count == 0)
	v.count++
	if l := v.look.Swap(nil); l != nil {
		l.f(f)
		close(l.done)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sink == nil || v.whole == 0 {
		v.whole = f.PTS // none was tried yet
	}
	if v.sink == nil {
		v.governor.rest()
		return v.resize()
	}
	if !v.governor.due(f.PTS, int(v.bitrate.Load()), v.idr.Load()) {
		v.stats.thinned.Add(1)
		return nil
	}
	if err := v.resize(); err != nil {
		return err
	}
	if !v.cut {
		return v.encode(f)
	}
	return v.slate(f.PTS)
}

// resize ends a chain whose size the governor wants changed.
func (v *Video) resize() error {
	if v.governor.shrink == v.demand.Shrink {
		return nil
	}
	v.demand.Shrink = v.governor.shrink
	return &againError{fmt.Errorf("another size: %d b/s are asked for", v.bitrate.Load())}
}

// encode codes one picture and writes it. v.mu is held.
func (v *Video) encode(f *RawFrame) error {
	encoder := v.chain.Encoder
	if bps, changed := v.governor.target(); changed {
		if err := encoder.SetBitrate(bps); err != nil {
			return failed(encoder, err)
		}
	}
	idr := v.idr.Swap(false)
	unit, err := encoder.Encode(f, idr)
	if errors.Is(err, ErrDamaged) && f.PTS-v.whole < damagedFor {
		// A cable that is not quite in: the camera is not lost for one picture.
		v.stats.lost.Add(1)
		v.idr.CompareAndSwap(false, idr)
		return nil
	}
	if errors.Is(err, ErrDamaged) {
		return err
	}
	if err != nil {
		return failed(encoder, err)
	}
	v.whole, v.last = f.PTS, f.PTS
	if unit == nil {
		v.stats.skipped.Add(1)
		return nil
	}
	if v.coded++; v.coded == steady {
		v.demand.Failures = 0
	}
	unit.Filler = f == v.slates[0] || f == v.slates[1]
	v.stats.coded(unit)
	v.sink.WriteVideo(unit)
	unit.Release()
	return nil
}

func failed(e Encoder, err error) error {
	return &againError{&encoderError{fmt.Errorf("%s: %w", e.Name(), err)}}
}

// slate codes what viewers get instead of the camera. v.mu is held.
func (v *Video) slate(pts time.Duration) error {
	slate := v.slates[1]
	if v.cut {
		slate = v.slates[0]
	}
	slate.PTS = pts
	return v.encode(slate)
}

// standIn has viewers see a slate until a camera may be there.
func (v *Video) standIn(ctx context.Context) {
	wait := lookEvery
	if v.o.Devices != nil {
		wait = lookBeside
	}
	look := time.NewTimer(wait)
	defer look.Stop()
	next := time.NewTicker(slateEvery)
	defer next.Stop()
	for {
		if err := v.standStill(); err != nil {
			v.o.Log.Warn("no slate: " + err.Error())
			v.ended(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			return
		case <-v.o.Devices:
			return
		case <-next.C:
		}
	}
}

// standStill writes one picture of the slate, where somebody sees it.
func (v *Video) standStill() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sink == nil || v.chain.Encoder == nil {
		return nil
	}
	v.governor.wanted = int(v.bitrate.Load())
	return v.slate(max(v.o.Now(), v.last+1))
}
