package h264

import "fmt"

// readSize reads from pic_width_in_mbs_minus1 to the cropping rectangle and sets Width and Height (7.4.2.1.1).
func (s *sequence) readSize(r *bitReader, chroma uint32) error {
	// 64 bits: the fields have up to 32, and are multiplied before they are checked.
	columns, rows := uint64(r.ue())+1, uint64(r.ue())+1
	framesOnly := uint64(r.bit()) // without it a row is of a field
	s.framesOnly = framesOnly == 1
	if !s.framesOnly {
		r.flag() // mb_adaptive_frame_field_flag
		rows *= 2
	}
	r.flag() // direct_8x8_inference_flag
	width, height := 16*columns, 16*rows
	if width > maxSide || height > maxSide {
		return fmt.Errorf("a picture of %d×%d is above every level", width, height)
	}
	if r.flag() { // frame_cropping_flag
		unitX, unitY := cropUnits(chroma)
		unitY *= 2 - framesOnly
		left, right, top, bottom := r.ue(), r.ue(), r.ue(), r.ue()
		cropX := unitX * (uint64(left) + uint64(right))
		cropY := unitY * (uint64(top) + uint64(bottom))
		if cropX >= width || cropY >= height {
			return fmt.Errorf("cropping leaves nothing of %d×%d", width, height)
		}
		width, height = width-cropX, height-cropY
	}
	s.Width, s.Height = int(width), int(height)
	return nil
}

// cropUnits returns the pixels that one step of a cropping offset takes: SubWidthC and SubHeightC (table 6-1).
func cropUnits(chromaArrayType uint32) (x, y uint64) {
	switch chromaArrayType {
	case 1:
		return 2, 2
	case 2:
		return 2, 1
	}
	return 1, 1
}

// pictureParameters returns the ids in a PPS NAL unit (7.3.2.2): its own, and that of the SPS that it uses.
func pictureParameters(pps []byte) (id, sps int, ok bool) {
	if TypeOf(pps) != PPS {
		return 0, 0, false
	}
	r := bitReader{data: pps[1:]}
	a, b := r.ue(), r.ue()
	if r.short || a > 255 || b > 31 {
		return 0, 0, false
	}
	return int(a), int(b), true
}
