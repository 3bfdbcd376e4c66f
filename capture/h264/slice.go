package h264

// slicePPS returns the pic_parameter_set_id of a slice (7.3.3).
func slicePPS(slice []byte) (id int, ok bool) {
	r := bitReader{data: slice[1:]}
	r.ue() // first_mb_in_slice
	r.ue() // slice_type
	pps := r.ue()
	return int(pps), !r.short && pps <= 255
}

// readIDRPicID reads the header of an IDR picture's slice as far as idr_pic_id (7.3.3).
func readIDRPicID(slice []byte, s sequence) (id int, ok bool) {
	r := bitReader{data: slice[1:]}
	r.ue() // first_mb_in_slice
	r.ue() // slice_type
	r.ue() // pic_parameter_set_id
	if s.separatePlanes {
		r.bits(2) // colour_plane_id
	}
	r.bits(s.frameNumBits)
	if !s.framesOnly && r.flag() { // field_pic_flag
		r.flag() // bottom_field_flag
	}
	v := r.ue()
	return int(v), !r.short && v <= 65535
}
