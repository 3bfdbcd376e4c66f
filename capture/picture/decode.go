package picture

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vigie/capture"
)

// file is a JPEG that was copied out of the camera's buffer, with its time and number.
type file struct{ frame capture.RawFrame }

// patience is with a camera that delivers damaged pictures.
type patience struct {
	started bool
	whole   time.Duration // PTS of the last picture that was whole, or of the first
}

// judge returns nil for a picture to go on after, and an error when there was enough damage.
func (p *patience) judge(err error, pts time.Duration) error {
	if err == nil || !p.started {
		p.started, p.whole = true, pts
	}
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, capture.ErrDamaged):
		return err
	case pts-p.whole < damagedFor:
		return nil
	}
	return fmt.Errorf("not one whole picture for %v: try another cable: %w", damagedFor, err)
}

// take is the camera's goroutine. It returns why the camera ended.
func (d *Decoder) take(ctx context.Context, stop context.CancelCauseFunc) error {
	var patience patience
	err := d.camera.Stream(ctx, func(f *capture.RawFrame) {
		if d.files != nil {
			v := d.files.Begin()
			data := append(v.frame.Data[:0], f.Data...)
			v.frame = *f
			v.frame.Data = data
			d.files.Done()
			return
		}
		err := d.raw.Begin().take(f)
		if err == nil {
			d.converted.Add(1)
			d.raw.Done()
		} else {
			d.damaged.Add(1)
		}
		if err := patience.judge(err, f.PTS); err != nil {
			stop(err)
		}
	})
	if err == nil {
		return errEnded
	}
	return err
}

// decode is the decoder's goroutine. It fills one picture while Stream's function has the other.
func (d *Decoder) decode(ctx context.Context, decoded chan<- *planar) error {
	p, other := newPlanar(d.format), newPlanar(d.format)
	var patience patience
	for {
		v, err := d.files.Take(ctx)
		if err != nil {
			return err
		}
		err = p.take(&v.frame)
		if err != nil {
			d.damaged.Add(1)
		}
		if err := patience.judge(err, v.frame.PTS); err != nil {
			return err
		}
		if err != nil {
			continue
		}
		d.converted.Add(1)
		select {
		case decoded <- p:
			p, other = other, p // who received p has finished with the other
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (d *Decoder) fromRaw(ctx context.Context) (*planar, error) { return d.raw.Take(ctx) }

func receive(ctx context.Context, decoded <-chan *planar) (*planar, error) {
	select {
	case p := <-decoded:
		return p, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
