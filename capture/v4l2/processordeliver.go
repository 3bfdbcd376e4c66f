package v4l2

import (
	"errors"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// deliver hands the newest picture that came out to f. Others that came out before it are late.
func (p *Processor) deliver(f func(*capture.RawFrame)) error {
	newest, last := -1, false
	for !last {
		data, err := p.output.take()
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		if errors.Is(err, unix.EPIPE) { // the last one was taken
			last = true
			break
		}
		if err != nil {
			return explain(p.path, "DQBUF of raw pictures", err)
		}
		index, flags, at := p.output.buffer.Index, p.output.buffer.Flags, p.output.buffer.Timestamp
		spare := int(index)
		if last = flags&uapi.FlagLast != 0; !last || len(data) > 0 { // else it is nothing but the end
			whole := flags&uapi.FlagError == 0 && len(data) >= layoutOf(p.picture.VideoFormat).Size
			if picture, ok := p.intake.came(at, whole); ok {
				spare, newest = newest, int(index)
				p.picture.Data, p.picture.PTS, p.picture.Sequence = data, picture.pts, picture.sequence
			}
		}
		if spare < 0 {
			continue
		}
		if spare != int(index) {
			p.stats.dropped.Add(1)
		}
		if err := p.output.giveBack(uint32(spare)); err != nil {
			return err
		}
	}
	if newest >= 0 {
		f(&p.picture)
		if err := p.output.giveBack(uint32(newest)); err != nil {
			return err
		}
	}
	if last { // a decoder that began anew: what it makes is as before, or changed has told
		p.output.stop()
		return p.startOutput()
	}
	return nil
}

// startOutput has the CAPTURE queue begin.
func (p *Processor) startOutput() error {
	if err := p.output.offerAll(); err != nil {
		return err
	}
	return p.output.start()
}
