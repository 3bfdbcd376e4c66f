package passthrough

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"time"

	"vigie/capture"
	"vigie/capture/h264"
)

// idrWithin is how long an IDR is waited for: cameras that are left alone make one each 250 pictures or so.
const idrWithin = 10 * time.Second

// Options says how slates are coded.
type Options struct {
	// Slate opens an encoder for pictures of that format. It is used for a slate's few pictures and closed again. Nil is
	// no slates: Encode refuses them.
	Slate func(capture.VideoFormat) (capture.Encoder, error)
}

// Encoder passes a camera's access units on. It is used by one goroutine.
type Encoder struct {
	open  func(capture.VideoFormat) (capture.Encoder, error)
	units capture.UnitPool
	sets  h264.ParameterSets

	running  bool   // the camera's last unit was sent, and the next may refer to it
	sequence uint32 // its number
	idrID    int    // idr_pic_id of the last unit that was sent, -1 where it was no IDR
	refused  bool   // the camera's last IDR was dropped for its idr_pic_id

	since   time.Duration // PTS of the first unit in vain, while an IDR is awaited
	awaited time.Duration // and of the last

	slates []*slate      // that were coded, the newest last
	shown  *slate        // that the last unit which was sent is of; nil where that was the camera's
	sent   time.Duration // PTS of the slate's last unit

	discarded atomic.Uint64
}

var _ capture.Encoder = (*Encoder)(nil)

// New returns an encoder. It opens nothing.
func New(o Options) *Encoder { return &Encoder{open: o.Slate, idrID: -1} }

// Name is "passthrough".
func (e *Encoder) Name() string { return "passthrough" }

// Stats counts as Discarded the camera's access units that nobody could have decoded, and that were not sent for that. It
// may be called by any goroutine.
func (e *Encoder) Stats() capture.DeviceStats {
	return capture.DeviceStats{Discarded: e.discarded.Load()}
}

// SetBitrate does nothing: the camera has its own.
func (e *Encoder) SetBitrate(int) error { return nil }

// Close has nothing to close.
func (e *Encoder) Close() error { return nil }

// Encode passes one access unit on, or a slate; see capture.Encoder. It is nil for a unit that was dropped, and while
// nothing new of a slate is due. For a camera's unit idr does nothing.
//
// Errors: capture.ErrDamaged for data that is no access unit, and when no IDR came for ten seconds, ErrUnsupported for
// another format, and those of the slate's encoder.
func (e *Encoder) Encode(f *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	switch f.FourCC {
	case capture.H264:
		return e.pass(f)
	case capture.YU12:
		return e.slate(f, idr)
	}
	return nil, fmt.Errorf("passthrough: %w: the camera's format is %q: it has to code H264", capture.ErrUnsupported, f.FourCC)
}

func (e *Encoder) pass(f *capture.RawFrame) (*capture.AccessUnit, error) {
	e.running = e.running && f.Sequence == e.sequence+1
	e.sequence = f.Sequence
	au := withoutDelimiter(f.Data)
	isIDR, ok := kind(au)
	if !ok {
		e.running = false
		return nil, fmt.Errorf("passthrough: %w: no slice in %d bytes", capture.ErrDamaged, len(f.Data))
	}
	if !e.running && !isIDR {
		e.discarded.Add(1)
		return nil, e.await(f.PTS)
	}
	u := e.units.Get()
	var complete bool
	if u.Data, complete = e.sets.Append(u.Data, au); !complete || isIDR && e.repeats(au) {
		e.running = false
		e.discarded.Add(1)
		u.Release()
		return nil, nil
	}
	if !isIDR {
		e.idrID = -1
	}
	e.running, e.shown, e.awaited = true, nil, 0
	u.PTS, u.IDR, u.Coded = f.PTS, isIDR, capture.Now()
	return u, nil
}

// await is an error when an IDR was awaited in vain for too long.
func (e *Encoder) await(pts time.Duration) error {
	if pts-e.awaited > time.Second { // else it goes on from the unit before
		e.since = pts
	}
	if e.awaited = pts; pts-e.since < idrWithin {
		return nil
	}
	return fmt.Errorf("passthrough: no IDR picture of the camera for %v: have it make one each second, or choose another "+
		"video.encoder: %w", idrWithin, capture.ErrDamaged)
}

// repeats reports whether the camera's IDR has the idr_pic_id of the slate that was sent just before it. It is then left
// out, but not the one after it, too: a camera that never changes the number would not come back.
func (e *Encoder) repeats(au []byte) bool {
	id, ok := e.sets.IDRPicID(au)
	if ok && id == e.idrID && e.shown != nil && !e.refused {
		e.refused = true
		return true
	}
	e.refused = false
	if e.idrID = -1; ok {
		e.idrID = id
	}
	return false
}

// kind reports whether an access unit is an IDR picture; ok is false for what has no slice.
func kind(au []byte) (idr, ok bool) {
	for nal := range h264.NALs(au) {
		switch h264.TypeOf(nal) {
		case h264.SliceIDR:
			return true, true
		case h264.Slice:
			return false, true
		}
	}
	return false, false
}

// withoutDelimiter cuts an access unit delimiter off: an AccessUnit that is an IDR begins with its SPS.
func withoutDelimiter(au []byte) []byte {
	for nal := range h264.NALs(au) {
		if h264.TypeOf(nal) != h264.Delimiter {
			return au
		}
		return au[bytes.Index(au, nal)+len(nal):]
	}
	return au
}
