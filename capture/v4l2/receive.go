package v4l2

import (
	"errors"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/capture/v4l2/uapi"
)

// receive takes what the encoder has ready. took without a unit is something of no use; neither is nothing there.
func (e *Encoder) receive() (unit *capture.AccessUnit, took bool, err error) {
	data, err := e.capture.take()
	switch {
	case errors.Is(err, unix.EAGAIN):
		return nil, false, nil
	case errors.Is(err, unix.EPIPE): // drained, and the last one was taken
		e.drained = true
		return nil, true, nil
	case err != nil:
		return nil, false, explain(e.path, "DQBUF of coded pictures", err)
	}
	e.backlog.since = capture.Now()
	b := &e.capture.buffer
	index, flags, at := b.Index, b.Flags, b.Timestamp
	unit = e.judge(data, flags, at)
	if flags&uapi.FlagLast != 0 {
		e.drained = true
		return unit, true, nil
	}
	if err := e.capture.giveBack(index); err != nil {
		if unit != nil {
			unit.Release()
		}
		return nil, true, err
	}
	return unit, true, nil
}

// judge makes a unit of coded bytes, the one copy of them, or nil of what must not go on.
func (e *Encoder) judge(data []byte, flags uint32, at uapi.Timeval) *capture.AccessUnit {
	if len(data) == 0 && flags&uapi.FlagLast != 0 {
		return nil // nothing but the end
	}
	damaged := flags&uapi.FlagError != 0
	u := e.units.Get()
	var idr bool
	if !damaged && len(data) > 0 {
		var picture bool
		if picture, idr = e.copy(u, data, flags); !picture { // parameter sets in a buffer of their own
			u.Release()
			return nil
		}
	}
	p, matched, ok := e.backlog.settle(at)
	if ok && !matched {
		e.stats.unmatched.Add(1)
	}
	answer := ok && e.asked && p.number >= e.first
	switch {
	case !ok || len(data) == 0 && !damaged: // left out, to hold the bitrate
	case damaged || len(u.Data) == 0:
		e.stats.damaged.Add(1)
		e.wantIDR = true
	case p.number < e.first:
		e.stats.discarded.Add(1)
	case answer && e.coded == capture.H264 && !idr:
		e.stats.discarded.Add(1)
		e.askAgain()
	default:
		u.PTS, u.IDR, u.Coded = p.pts, idr, capture.Now()
		e.asked = e.asked && !answer
		e.wantIDR = e.wantIDR && !idr // whatever it was wanted for came out before
		return u
	}
	u.Release()
	return nil
}

// askAgain is for an encoder that made no IDR of the picture that it was asked for. It may have made one of a picture
// before, which it had in hand when the control was set; the next IDR will do. One that does not listen at all is started
// anew for each IDR from now on.
func (e *Encoder) askAgain() {
	e.wantIDR = true
	if e.unheard++; e.unheard > deepest && e.forces {
		e.log.Warn("the encoder makes no IDR when it is told: it is started again for each")
		e.forces = false
	}
}

// copy appends the coded bytes to the unit, with parameter sets where an IDR picture of H.264 came without; one that
// cannot be completed is left empty. picture is false for bytes without one.
func (e *Encoder) copy(u *capture.AccessUnit, data []byte, flags uint32) (picture, idr bool) {
	if e.coded != capture.H264 {
		u.Data = append(u.Data, data...)
		return true, flags&uapi.FlagKeyFrame != 0
	}
	picture, idr = false, h264.IsIDR(data)
	for nal := range h264.NALs(data) {
		if t := h264.TypeOf(nal); t == h264.Slice || t == h264.SliceIDR {
			picture = true
			break
		}
	}
	var complete bool
	if u.Data, complete = e.sets.Append(u.Data, data); !complete {
		u.Data = u.Data[:0]
	}
	return picture, idr
}

// Stop has the encoder finish what is in it, hands f each unit that comes of that, to be released by nobody but Stop,
// and rests it: it keeps its buffers and formats, and the next Encode begins a new stream, with an IDR. It blocks for
// some pictures' time, at most a second after the last one. An encoder that stalls is rested too, and the error says so.
func (e *Encoder) Stop(f func(*capture.AccessUnit)) error {
	if e.closed {
		return closedError(e.path)
	}
	if !e.streaming {
		return nil
	}
	err := e.drain(f)
	e.halt()
	return err
}

func (e *Encoder) drain(f func(*capture.AccessUnit)) error {
	if err := uapi.EncoderCommand(e.fd, &uapi.EncoderCmd{Cmd: uapi.EncStop}); err != nil {
		e.log.Warn("the encoder cannot be drained: what is in it is lost", "pictures", len(e.backlog.list), "error", err)
		return nil
	}
	e.backlog.since = capture.Now()
	for !e.drained {
		unit, took, err := e.receive()
		if err != nil {
			return err
		}
		if unit != nil {
			f(unit)
			unit.Release()
		}
		if took {
			continue
		}
		left := e.backlog.since + stall - capture.Now()
		if left <= 0 {
			return e.backlog.stalled(e.name)
		}
		if _, err := e.wait(unix.POLLIN, left); err != nil {
			return err
		}
	}
	return nil
}

// start hands all CAPTURE buffers to the driver and has both queues begin.
func (e *Encoder) start() error {
	if err := e.capture.offerAll(); err != nil {
		return err
	}
	e.streaming, e.drained = true, false // from here on halt has something to undo
	return errors.Join(e.output.start(), e.capture.start())
}

// halt ends both queues: all buffers are ours, and what was in the encoder is lost.
func (e *Encoder) halt() {
	e.output.stop()
	e.capture.stop()
	clear(e.busy)
	e.stats.discarded.Add(uint64(len(e.backlog.list)))
	e.backlog.clear()
	e.streaming, e.depth = false, 0
}
