package rpicam

import (
	"context"
	"sync"

	"vigie/capture"
	"vigie/capture/picture"
)

// rawPicture is a buffer, and how much of it there is.
type rawPicture struct {
	frame  capture.RawFrame
	filled int
}

func newRaw(f capture.VideoFormat) *rawPicture {
	return &rawPicture{frame: capture.RawFrame{VideoFormat: f, Data: make([]byte, f.Stride*f.Height*3/2)}}
}

// begin puts the first byte of a picture in, which arrived now.
func (p *rawPicture) begin(first byte) {
	p.frame.Data[0], p.filled, p.frame.PTS = first, 1, capture.Now()
}

// streamRaw has a goroutine read, so that the program never waits for f.
func (c *Camera) streamRaw(ctx context.Context, f func(*capture.RawFrame)) error {
	ctx, stop := context.WithCancelCause(ctx)
	c.raw.Forget()
	var reader sync.WaitGroup
	defer func() {
		stop(nil)
		c.wake()
		reader.Wait()
	}()
	reader.Go(func() { stop(c.read(ctx)) })
	for {
		p, err := c.raw.Take(ctx)
		if err != nil {
			return err
		}
		f(&p.frame)
	}
}

// read reads pictures until there is a reason not to.
func (c *Camera) read(ctx context.Context) error {
	for {
		if err := c.wait(ctx, c.patience); err != nil {
			return err
		}
		p := c.raw.Begin() // what an earlier Stream read in part
		for p.filled < len(p.frame.Data) {
			n, err := c.child.out.Read(p.frame.Data[p.filled:])
			if p.filled == 0 && n > 0 {
				p.frame.PTS = capture.Now()
			}
			if p.filled += n; ctx.Err() != nil {
				return ctx.Err()
			} else if err != nil {
				return c.failed(err)
			}
		}
		picture.Limit(&p.frame)
		p.frame.Sequence, p.filled = c.sequence, 0
		c.sequence++
		c.raw.Done()
	}
}
