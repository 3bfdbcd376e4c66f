package h264

import (
	"bytes"
	"iter"
)

// NALType is the nal_unit_type of a NAL unit (ITU-T H.264, table 7-1), or of an RTP payload (RFC 6184, table 1).
type NALType uint8

// The types that this package tells apart.
const (
	Slice     NALType = 1 // of a picture that refers to others
	SliceIDR  NALType = 5 // of an IDR picture
	SEI       NALType = 6
	SPS       NALType = 7
	PPS       NALType = 8
	Delimiter NALType = 9 // access unit delimiter
	Filler    NALType = 12

	stapA NALType = 24 // several small NAL units in one RTP payload
	fuA   NALType = 28 // a piece of one NAL unit in an RTP payload
)

// TypeOf returns the type of a NAL unit without its start code. An empty one has type 0, which H.264 leaves unused.
func TypeOf(nal []byte) NALType {
	if len(nal) == 0 {
		return 0
	}
	return NALType(nal[0] & 0x1f)
}

// coded tells NAL units of the coded stream from the numbers that RFC 6184 uses for its own payloads.
func (t NALType) coded() bool { return t >= 1 && t <= 23 }

var startCode = []byte{0, 0, 1}

// NALs iterates over the NAL units of a byte stream: without start codes, without the zero bytes that may follow one
// (B.1.1), never empty. They are parts of annexB, not copies. What comes before the first start code is not a NAL unit.
func NALs(annexB []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for {
			var nal []byte
			if nal, annexB = next(annexB); nal == nil || !yield(nal) {
				return
			}
		}
	}
}

// next returns the first NAL unit of a byte stream, nil where there is none, and what follows it.
func next(annexB []byte) (nal, rest []byte) {
	for {
		begin := bytes.Index(annexB, startCode)
		if begin < 0 {
			return nil, nil
		}
		nal, rest = annexB[begin+len(startCode):], nil
		if end := bytes.Index(nal, startCode); end >= 0 {
			nal, rest = nal[:end], nal[end:]
		}
		// The last byte of a NAL unit is never zero (7.4.1): zeros here are trailing_zero_8bits, or the first byte
		// of a start code that is four bytes long.
		if nal = bytes.TrimRight(nal, "\x00"); len(nal) > 0 {
			return nal, rest
		}
		annexB = rest
	}
}

// IsIDR reports whether an access unit is an IDR picture.
func IsIDR(annexB []byte) bool {
	for nal := range NALs(annexB) {
		switch TypeOf(nal) {
		case SliceIDR:
			return true
		case Slice:
			return false // all slices of a picture are of one kind (7.4.1.2.4): do not search the rest
		}
	}
	return false
}
