package h264

import "bytes"

// maxSet bounds the bytes of a parameter set that is remembered. Real ones have 10 to 100.
const maxSet = 1024

// ParameterSets remembers the parameter sets of one stream and completes IDR pictures that came without. The zero
// value is ready. It is used by one goroutine.
type ParameterSets struct {
	sps [32][]byte
	pps [256][]byte
}

// Append appends an access unit to dst and returns the longer slice. An IDR picture whose SPS or PPS is not in it
// gets both in front, if they came earlier; its access unit delimiter, which would have to be first, is then left out.
// complete is false for an IDR picture that nobody can decode because its parameter sets never came.
//
// Sets in au are remembered by copies; it allocates only when one of them is new.
func (p *ParameterSets) Append(dst, au []byte) (out []byte, complete bool) {
	hasSPS, hasPPS := p.remember(au)
	if hasSPS && hasPPS {
		return append(dst, au...), true
	}
	slice := idrSlice(au)
	if slice == nil {
		return append(dst, au...), true
	}
	sps, pps := p.of(slice)
	if sps == nil {
		return append(dst, au...), false
	}
	dst = appendNAL(appendNAL(dst, sps), pps)
	for nal := range NALs(au) {
		if t := TypeOf(nal); t != SPS && t != PPS && t != Delimiter {
			dst = appendNAL(dst, nal)
		}
	}
	return dst, true
}

// SPS returns the fields of the SPS that the IDR picture au uses, from it or from earlier. It is meant for once a
// session, not for each picture.
func (p *ParameterSets) SPS(au []byte) (SequenceParameters, bool) {
	p.remember(au)
	slice := idrSlice(au)
	if slice == nil {
		return SequenceParameters{}, false
	}
	sps, _ := p.of(slice)
	s, err := ParseSPS(sps)
	return s, err == nil
}

// IDRPicID returns the idr_pic_id (7.4.3) of the IDR picture au, which differs from one IDR picture to the next where no
// other picture is between them.
func (p *ParameterSets) IDRPicID(au []byte) (id int, ok bool) {
	p.remember(au)
	slice := idrSlice(au)
	if slice == nil {
		return 0, false
	}
	sps, _ := p.of(slice)
	s, err := parseSPS(sps)
	if err != nil {
		return 0, false
	}
	return readIDRPicID(slice, s)
}

func (p *ParameterSets) remember(au []byte) (hasSPS, hasPPS bool) {
	for nal := range NALs(au) {
		switch TypeOf(nal) {
		case Slice, SliceIDR:
			return hasSPS, hasPPS // parameter sets come before the slices (7.4.1.2.3)
		case SPS:
			if s, err := parseSPS(nal); err == nil {
				keep(&p.sps[s.ID], nal)
				hasSPS = true
			}
		case PPS:
			if id, _, ok := pictureParameters(nal); ok {
				keep(&p.pps[id], nal)
				hasPPS = true
			}
		}
	}
	return hasSPS, hasPPS
}

func keep(set *[]byte, nal []byte) {
	if len(nal) <= maxSet && !bytes.Equal(*set, nal) {
		*set = append((*set)[:0], nal...)
	}
}

// of returns the parameter sets that a slice names, nil where one of them never came.
func (p *ParameterSets) of(slice []byte) (sps, pps []byte) {
	id, ok := slicePPS(slice)
	if !ok {
		return nil, nil
	}
	pps = p.pps[id]
	_, spsID, ok := pictureParameters(pps)
	if !ok || p.sps[spsID] == nil {
		return nil, nil
	}
	return p.sps[spsID], pps
}

func idrSlice(au []byte) []byte {
	for nal := range NALs(au) {
		switch TypeOf(nal) {
		case SliceIDR:
			return nal
		case Slice:
			return nil
		}
	}
	return nil
}

func appendNAL(dst, nal []byte) []byte {
	return append(append(dst, 0, 0, 0, 1), nal...)
}
