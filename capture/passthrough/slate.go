package passthrough

import (
	"fmt"
	"hash/maphash"
	"time"

	"vigie/capture"
	"vigie/capture/h264"
)

const (
	slateEvery = time.Second // an IDR of what does not move is enough for who comes late
	maxSlates  = 4           // that are kept: a cut's, a lost camera's
	// Of the pictures that the slate's encoder makes the first are not used. Encoders count idr_pic_id from 0, or from 0
	// to 1 and again: the camera's next IDR has not the slate's number then.
	slateSkips = 2
)

// slate is a picture, coded twice.
type slate struct {
	format capture.VideoFormat
	hash   uint64 // of the picture
	first  *byte  // of its memory
	units  [2]idr // by turns
}

// idr is a coded IDR picture with its parameter sets.
type idr struct {
	data []byte
	id   int // idr_pic_id
}

var seed = maphash.MakeSeed()

// slate returns a unit of the slate when one is due: it is new, an IDR is asked for, or a second has passed.
func (e *Encoder) slate(f *capture.RawFrame, asked bool) (*capture.AccessUnit, error) {
	e.running, e.awaited = false, 0
	if len(f.Data) == 0 {
		return nil, fmt.Errorf("passthrough: the slate: %w: it is empty", capture.ErrDamaged)
	}
	if s := e.shown; s != nil && s.first == &f.Data[0] && !asked && f.PTS-e.sent < slateEvery {
		return nil, nil
	}
	s, err := e.find(f)
	if err != nil {
		return nil, fmt.Errorf("passthrough: the slate: %w", err)
	}
	next := &s.units[0]
	if next.id == e.idrID {
		next = &s.units[1]
	}
	u := e.units.Get()
	u.Data = append(u.Data, next.data...)
	u.PTS, u.IDR, u.Coded = f.PTS, true, capture.Now()
	e.shown, e.sent, e.idrID, e.refused = s, f.PTS, next.id, false
	return u, nil
}

// find returns the slate that shows what f does, and has it coded if it is new, which takes some pictures' time.
func (e *Encoder) find(f *capture.RawFrame) (*slate, error) {
	hash := maphash.Bytes(seed, f.Data)
	for _, s := range e.slates {
		if s.hash == hash && s.format == f.VideoFormat {
			s.first = &f.Data[0]
			return s, nil
		}
	}
	s := &slate{format: f.VideoFormat, hash: hash, first: &f.Data[0]}
	if err := e.code(s, f); err != nil {
		return nil, err
	}
	if len(e.slates) == maxSlates {
		e.slates = append(e.slates[:0], e.slates[1:]...)
	}
	e.slates = append(e.slates, s)
	return s, nil
}

// code makes the slate's two units.
func (e *Encoder) code(s *slate, f *capture.RawFrame) (err error) {
	if e.open == nil {
		return fmt.Errorf("%w: there is no encoder for it", capture.ErrUnsupported)
	}
	encoder, err := e.open(f.VideoFormat)
	if err != nil {
		return err
	}
	defer encoder.Close()
	picture := *f
	for n := range slateSkips + len(s.units) {
		picture.PTS = f.PTS + time.Duration(n)*slateEvery
		u, err := encoder.Encode(&picture, true)
		if err != nil {
			return err
		}
		if u == nil {
			return fmt.Errorf("%s skipped a picture that was to be an IDR", encoder.Name())
		}
		if n >= slateSkips {
			s.units[n-slateSkips], err = complete(u.Data)
		}
		if u.Release(); err != nil {
			return fmt.Errorf("%s: %w", encoder.Name(), err)
		}
	}
	if s.units[0].id == s.units[1].id {
		return fmt.Errorf("%s made two IDR pictures with idr_pic_id %d: %w", encoder.Name(), s.units[0].id,
			capture.ErrUnsupported)
	}
	return nil
}

// complete copies an IDR picture that has its own parameter sets.
func complete(au []byte) (idr, error) {
	var sets h264.ParameterSets
	data, ok := sets.Append(nil, withoutDelimiter(au))
	id, found := sets.IDRPicID(au)
	if !ok || !found {
		return idr{}, fmt.Errorf("%w: an IDR picture without parameter sets, or none", capture.ErrDamaged)
	}
	return idr{data, id}, nil
}
