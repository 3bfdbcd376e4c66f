package h264

import (
	"bytes"
	"io"
)

// readSize is how much a Splitter asks for at a time, in bytes.
const readSize = 64 << 10

// Splitter cuts a byte stream (Annex B) into access units: what comes from a pipe, where nothing tells one picture from
// the next but the bytes themselves.
//
//	for s.Fill(pipe) ... { for au := s.Next(); au != nil; au = s.Next() { ... } }
//
// A unit ends where the next begins (7.4.1.2.3): at a delimiter, a parameter set or an SEI that follows a slice, or at a
// slice whose first_mb_in_slice is 0. So it is known to be whole only when something of the next has come; who knows it
// by other means calls Rest. What has no beginning is dropped. Arbitrary slice order (A.2.1), which no encoder of a
// camera uses, is not understood. The zero value is ready; it is used by one goroutine.
type Splitter struct {
	// Dropped counts the access units of which a part came, but not all of it.
	Dropped uint64

	buf    []byte // from start on: the unit that is being put together
	start  int
	scan   int  // no start code begins before it that was not seen
	named  bool // the unit has a NAL unit
	coded  bool // and a slice
	broken bool // its first slice is missing
}

// Fill reads once from r, and blocks as r does. It ends what Next and Rest returned.
func (s *Splitter) Fill(r io.Reader) (n int, err error) {
	rest := copy(s.buf, s.buf[s.start:])
	s.buf, s.scan, s.start = s.buf[:rest], s.scan-s.start, 0
	if rest > maxUnit {
		s.buf, s.scan = s.buf[:0], 0
		s.Dropped++
		s.begin()
	}
	if cap(s.buf)-len(s.buf) < readSize {
		s.buf = append(make([]byte, 0, 2*cap(s.buf)+readSize), s.buf...)
	}
	n, err = r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	return n, err
}

// Pending is how many bytes have come of a unit that Next did not return yet, 0 where it has no slice.
func (s *Splitter) Pending() int {
	if !s.coded {
		return 0
	}
	return len(s.buf) - s.start
}

// Next returns the next access unit that is whole, nil where there is none, valid until the next Fill.
func (s *Splitter) Next() []byte {
	for {
		at := bytes.Index(s.buf[s.scan:], startCode)
		if at < 0 {
			s.scan = max(s.scan, len(s.buf)-len(startCode)+1)
			return nil
		}
		at += s.scan
		if s.scan = at; at+5 > len(s.buf) { // its header, and where the slice begins
			return nil
		}
		nal := s.buf[at+3:]
		if s.coded && begins(nal) {
			if au := s.cut(at); au != nil {
				return au
			}
		}
		s.see(at, nal)
	}
}

// see takes note of the NAL unit whose start code is at.
func (s *Splitter) see(at int, nal []byte) {
	if !s.named && len(bytes.Trim(s.buf[s.start:at], "\x00")) > 0 {
		s.Dropped++ // the end of a unit whose beginning is elsewhere
		s.start = at
	}
	s.named = true
	if isSlice(nal) {
		s.broken = s.broken || !s.coded && !first(nal)
		s.coded = true
	}
	s.scan = at + len(startCode)
}

// Rest returns what has come of the last unit, for who knows that it is whole; nil where it has no slice. It is valid
// until the next Fill.
func (s *Splitter) Rest() []byte {
	if !s.coded {
		return nil
	}
	au := s.cut(len(s.buf))
	s.scan = len(s.buf)
	return au
}

// cut ends the unit before at, and returns it unless it is broken.
func (s *Splitter) cut(at int) []byte {
	au := bytes.TrimRight(s.buf[s.start:at], "\x00") // the zeros are of the next start code
	s.start += len(au)
	if s.broken {
		au = nil
		s.Dropped++
	}
	s.begin()
	return au
}

func (s *Splitter) begin() { s.named, s.coded, s.broken = false, false, false }

func isSlice(nal []byte) bool {
	t := TypeOf(nal)
	return t == Slice || t == SliceIDR
}

// first reports whether a slice is the first of its picture: first_mb_in_slice, ue(v), is 0.
func first(slice []byte) bool { return slice[1]&0x80 != 0 }

// begins reports whether a NAL unit after a slice is of the next access unit (7.4.1.2.3).
func begins(nal []byte) bool {
	switch t := TypeOf(nal); t {
	case Slice, SliceIDR:
		return first(nal)
	case SEI, SPS, PPS, Delimiter:
		return true
	default:
		return t >= 14 && t <= 18
	}
}
