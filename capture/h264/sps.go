package h264

import (
	"errors"
	"fmt"
)

// SequenceParameters are the fields of an SPS (7.3.2.1.1) that a sender needs.
type SequenceParameters struct {
	ID            int   // seq_parameter_set_id, 0 to 31
	Profile       uint8 // profile_idc: 66 baseline, 77 main, 100 high
	Constraints   uint8 // the byte of constraint_set flags, set 0 in the highest bit
	Level         uint8 // level_idc: ten times the level
	Width, Height int   // pixels, after cropping
}

// ProfileLevelID returns the profile-level-id of SDP (RFC 6184, 8.1), "42e01f".
func (s SequenceParameters) ProfileLevelID() string {
	return fmt.Sprintf("%02x%02x%02x", s.Profile, s.Constraints, s.Level)
}

// ConstrainedBaseline reports whether the stream keeps to the profile that every WebRTC endpoint must decode
// (RFC 7742, 6.2): baseline with constraint_set1 (A.2.1.1).
func (s SequenceParameters) ConstrainedBaseline() bool {
	return s.Profile == 66 && s.Constraints&0x40 != 0
}

var errTruncated = errors.New("ends before its last field")

// maxSide bounds a picture's sides: the longest that any level allows (table A-1: √(8 · 139264) macroblocks).
const maxSide = 16 * 1055

// ParseSPS reads an SPS NAL unit. The VUI, the last part of one, is not read.
func ParseSPS(nal []byte) (SequenceParameters, error) {
	s, err := parseSPS(nal)
	if err != nil {
		return SequenceParameters{}, fmt.Errorf("h264: SPS: %w", err)
	}
	return s.SequenceParameters, nil
}

// sequence has what a slice header cannot be read without (7.3.3), too.
type sequence struct {
	SequenceParameters
	frameNumBits   int  // of frame_num
	separatePlanes bool // separate_colour_plane_flag
	framesOnly     bool // frame_mbs_only_flag
}

func parseSPS(nal []byte) (s sequence, err error) {
	if TypeOf(nal) != SPS {
		return s, fmt.Errorf("NAL type is %d, not %d", TypeOf(nal), SPS)
	}
	r := bitReader{data: nal[1:]}
	s.Profile, s.Constraints, s.Level = uint8(r.bits(8)), uint8(r.bits(8)), uint8(r.bits(8))
	id := r.ue()
	if id > 31 {
		return s, fmt.Errorf("seq_parameter_set_id %d is above 31", id)
	}
	s.ID = int(id)
	chroma := uint32(1)
	if hasChromaFormat(s.Profile) {
		if chroma, err = s.readChromaFormat(&r); err != nil {
			return s, err
		}
	}
	if s.frameNumBits = int(r.ue()) + 4; s.frameNumBits > 16 {
		return s, fmt.Errorf("log2_max_frame_num_minus4 %d is above 12", s.frameNumBits-4)
	}
	if err = skipPictureOrder(&r); err != nil {
		return s, err
	}
	r.ue()   // max_num_ref_frames
	r.flag() // gaps_in_frame_num_value_allowed_flag
	err = s.readSize(&r, chroma)
	if err == nil && r.short {
		err = errTruncated
	}
	return s, err
}

// hasChromaFormat lists the profiles whose SPS has the fields from chroma_format_idc on (7.3.2.1.1).
func hasChromaFormat(profile uint8) bool {
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}

// readChromaFormat reads to the end of the scaling lists and returns ChromaArrayType.
func (s *sequence) readChromaFormat(r *bitReader) (uint32, error) {
	chroma := r.ue()
	if chroma > 3 {
		return 0, fmt.Errorf("chroma_format_idc %d is above 3", chroma)
	}
	lists := 8
	if chroma == 3 {
		lists = 12
		s.separatePlanes = r.flag()
	}
	r.ue()        // bit_depth_luma_minus8
	r.ue()        // bit_depth_chroma_minus8
	r.flag()      // qpprime_y_zero_transform_bypass_flag
	if r.flag() { // seq_scaling_matrix_present_flag
		for i := range lists {
			if r.flag() {
				skipScalingList(r, i)
			}
		}
	}
	if s.separatePlanes {
		chroma = 0
	}
	return chroma, nil
}

// skipScalingList reads list i: the first six have 16 entries, the others 64 (7.3.2.1.1.1).
func skipScalingList(r *bitReader, i int) {
	entries := 16
	if i >= 6 {
		entries = 64
	}
	last, next := int32(8), int32(8)
	for range entries {
		if next != 0 {
			next = (last + r.se()) & 0xff
		}
		if next != 0 {
			last = next
		}
	}
}

// skipPictureOrder reads from pic_order_cnt_type to the last field that it brings.
func skipPictureOrder(r *bitReader) error {
	switch kind := r.ue(); kind {
	case 0:
		r.ue() // log2_max_pic_order_cnt_lsb_minus4
	case 1:
		r.flag() // delta_pic_order_always_zero_flag
		r.se()   // offset_for_non_ref_pic
		r.se()   // offset_for_top_to_bottom_field
		cycle := r.ue()
		if cycle > 255 {
			return fmt.Errorf("num_ref_frames_in_pic_order_cnt_cycle %d is above 255", cycle)
		}
		for range cycle {
			r.se()
		}
	case 2:
	default:
		return fmt.Errorf("pic_order_cnt_type %d is above 2", kind)
	}
	return nil
}
