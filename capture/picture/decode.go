package picture

import (
	"context"
	"fmt"
	"time"

	"vigie/capture"
)

// file is a JPEG that was copied out of the camera's buffer, with its time and number.
type file struct{ frame capture.RawFrame }

// judge counts what became of a picture, and is an error when it is to be the last.
func (d *Decoder) judge(err error, pts time.Duration) error {
	if err == nil {
		d.converted.Add(1)
		d.damage.Whole(pts)
		return nil
	}
	d.damaged.Add(1)
	if err = d.damage.Judge(err, pts); err != nil {
		return fmt.Errorf("%s: %w", d.camera.Name(), err)
	}
	return nil
}

// take is the camera's goroutine. It returns why the camera ended.
func (d *Decoder) take(ctx context.Context, stop context.CancelCauseFunc) error {
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
		if end := d.judge(err, f.PTS); end != nil {
			stop(end)
		}
		if err == nil {
			d.raw.Done()
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
	for {
		v, err := d.files.Take(ctx)
		if err != nil {
			return err
		}
		err = p.take(&v.frame)
		if end := d.judge(err, v.frame.PTS); end != nil {
			return end
		}
		if err != nil {
			continue
		}
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
