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
		if err := p.giveBack(uint32(spare)); err != nil {
			return err
		}
	}
	if newest >= 0 {
		if err := p.hand(uint32(newest), f); err != nil {
			return err
		}
	}
	if last { // a decoder that began anew: what it makes is as before, or changed has told
		p.output.stop()
		return p.startOutput()
	}
	return nil
}

// hand gives p.picture, which is in that buffer, to f.
func (p *Processor) hand(index uint32, f func(*capture.RawFrame)) error {
	f(&p.picture)
	return p.giveBack(index)
}

// giveBack hands a buffer to the driver again; one of an encoder's when the encoder has finished with it, which is
// looked at with each picture.
func (p *Processor) giveBack(index uint32) error {
	if p.imports == nil {
		return p.output.put(index, 0, uapi.Timeval{})
	}
	p.held[index] = true
	for i, held := range p.held {
		if held && !p.imports.busy[i] {
			if err := p.output.put(uint32(i), 0, uapi.Timeval{}); err != nil {
				return err
			}
			p.held[i] = false
		}
	}
	return nil
}

// startOutput hands all buffers to the driver that are ours to give, and has the CAPTURE queue begin.
func (p *Processor) startOutput() error {
	for i := range p.output.memory {
		if p.held[i] = p.imports != nil && p.imports.busy[i]; p.held[i] {
			continue
		}
		if err := p.output.put(uint32(i), 0, uapi.Timeval{}); err != nil {
			return err
		}
	}
	return p.output.start()
}
