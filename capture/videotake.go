package capture

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
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
	to := v.aimed()
	if to.sink == nil {
		v.damage = Damage{} // nobody tries
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
	if to.cut {
		f = v.slate(0, f.PTS)
	}
	return v.encode(f, to)
}

// resize ends a chain whose size the governor wants changed.
func (v *Video) resize() error {
	if v.governor.shrink == v.demand.Shrink {
		return nil
	}
	v.demand.Shrink = v.governor.shrink
	return &againError{fmt.Errorf("another size: %d b/s are asked for", v.bitrate.Load())}
}

// encode codes one picture and writes it.
func (v *Video) encode(f *RawFrame, to aim) error {
	encoder := v.chain.Encoder
	if bps, changed := v.governor.target(); changed {
		if err := encoder.SetBitrate(bps); err != nil {
			return failed(err)
		}
	}
	idr, ok := v.begin(to)
	if !ok {
		v.stats.discarded.Add(1)
		return nil
	}
	unit, err := encoder.Encode(f, idr)
	if errors.Is(err, ErrDamaged) {
		v.stats.lost.Add(1)
		v.idr.CompareAndSwap(false, idr)
		return v.damage.Judge(err, f.PTS)
	}
	if err != nil {
		return failed(err)
	}
	v.damage.Whole(f.PTS)
	v.last = f.PTS
	filler := f == v.slates[0] || f == v.slates[1]
	if unit == nil {
		if !filler {
			v.stats.skipped.Add(1)
		}
		return nil
	}
	if v.coded++; v.coded == steady {
		v.demand.Failures = 0
	}
	unit.Filler = filler
	v.write(unit, to)
	return nil
}

// failed is an encoder's error, which names it.
func failed(err error) error { return &againError{&encoderError{err}} }

// slate is what viewers get instead of the camera: 0 under a cut, 1 when it is lost.
func (v *Video) slate(which int, pts time.Duration) *RawFrame {
	if words := v.say(which); words != v.words[which] {
		v.draw(which, words)
		v.idr.Store(true) // it is read at once
	}
	slate := v.slates[which]
	slate.PTS = pts
	return slate
}

func (v *Video) say(which int) (words [3]string) {
	if v.o.Words != nil {
		words = v.o.Words(which == 1)
	}
	return words
}

// draw makes a slate of the encoder's size. A show waits for it some tens of milliseconds.
func (v *Video) draw(which int, words [3]string) {
	v.slates[which], v.words[which] = v.o.Slate(v.chain.Format, which == 1), words
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
	to := v.aimed()
	if to.sink == nil || v.chain.Encoder == nil {
		return nil
	}
	which := 1
	if to.cut {
		which = 0
	}
	v.governor.wanted = int(v.bitrate.Load())
	return v.encode(v.slate(which, max(v.o.Now(), v.last+1)), to)
}
