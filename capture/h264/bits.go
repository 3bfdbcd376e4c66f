package h264

// bitReader reads the fields of a NAL unit (7.2, 9.1), stepping over the emulation prevention bytes (the 3 of
// 00 00 03, 7.3.1) as it goes. Past the end it returns zeros and short is set: callers check once, at their end.
type bitReader struct {
	data  []byte
	cur   byte
	left  int // unread bits of cur
	zeros int // zero bytes in a row before this one
	short bool
}

func (r *bitReader) bit() uint32 {
	if r.left == 0 && !r.load() {
		r.short = true
		return 0
	}
	r.left--
	return uint32(r.cur>>r.left) & 1
}

func (r *bitReader) load() bool {
	if len(r.data) > 0 && r.zeros >= 2 && r.data[0] == 3 {
		r.data, r.zeros = r.data[1:], 0
	}
	if len(r.data) == 0 {
		return false
	}
	r.cur, r.data, r.left = r.data[0], r.data[1:], 8
	if r.cur == 0 {
		r.zeros++
	} else {
		r.zeros = 0
	}
	return true
}

// bits reads n ≤ 32 bits, the highest first: u(n).
func (r *bitReader) bits(n int) (v uint32) {
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

func (r *bitReader) flag() bool { return r.bit() == 1 }

// ue reads an unsigned Exp-Golomb number (9.1). A prefix of 32 zeros, longer than any field may have, is short.
func (r *bitReader) ue() uint32 {
	zeros := 0
	for r.bit() == 0 {
		if zeros++; zeros >= 32 || r.short {
			r.short = true
			return 0
		}
	}
	return uint32(1)<<zeros - 1 + r.bits(zeros)
}

// se reads a signed Exp-Golomb number (9.1.1).
func (r *bitReader) se() int32 {
	k := r.ue()
	if k&1 == 1 {
		return int32(k>>1) + 1 // cannot overflow: ue is at most 2³²-2, which is even
	}
	return -int32(k >> 1)
}
