package h264

import (
	"bytes"
	"testing"
)

const (
	spsHex = "6742c01ed900a02ff970110000030001000003003c0f162e48" // id 0, 640×360
	ppsHex = "68cb83cb20"                                         // id 0, for SPS 0
	// Bits after the header: first_mb_in_slice ue(0), slice_type ue(7), pic_parameter_set_id ue(0): 1 0001000 1.
	idrHex = "6588c0ff"
)

// idrPicture is an access unit with parameter sets and two slices, of the size of a real one.
func idrPicture(t testing.TB) []byte {
	slice := append(unhex(t, idrHex), bytes.Repeat([]byte{0xa5}, 9000)...)
	return stream(unhex(t, spsHex), unhex(t, ppsHex), slice, slice)
}

func TestParameterSetsComplete(t *testing.T) {
	sps, pps, idr := unhex(t, spsHex), unhex(t, ppsHex), unhex(t, idrHex)
	delimiter, p := []byte{9, 0xf0}, []byte{0x41, 0x9a}
	whole := stream(sps, pps, idr)
	for name, c := range map[string]struct{ au, want []byte }{
		"has both":   {whole, whole},
		"has none":   {stream(idr), whole},
		"has SPS":    {stream(sps, idr), whole},
		"has PPS":    {stream(pps, idr), whole},
		"delimiter":  {stream(delimiter, idr), whole},
		"not an IDR": {stream(delimiter, p), stream(delimiter, p)},
		"two slices": {stream(idr, idr), stream(sps, pps, idr, idr)},
	} {
		var sets ParameterSets
		sets.Append(nil, whole)
		got, complete := sets.Append([]byte("before"), c.au)
		if !complete || !bytes.Equal(got, append([]byte("before"), c.want...)) {
			t.Errorf("%s: got %x, want %x", name, got, c.want)
		}
	}
}

func TestParameterSetsNeverCame(t *testing.T) {
	var sets ParameterSets
	au := stream(unhex(t, ppsHex), unhex(t, idrHex))
	if got, complete := sets.Append(nil, au); complete || !bytes.Equal(got, au) {
		t.Errorf("got %x, complete %v", got, complete)
	}
	if _, ok := sets.SPS(au); ok {
		t.Error("an SPS from nowhere")
	}
}

// A new SPS under an old id is the one that counts: an encoder that was opened again with another size.
func TestParameterSetsNewest(t *testing.T) {
	var sets ParameterSets
	old := unhex(t, "6742c028d900780227e5c044000003000400000300f03c60c920")
	sets.Append(nil, stream(old, unhex(t, ppsHex), unhex(t, idrHex)))
	sets.Append(nil, idrPicture(t))
	if s, ok := sets.SPS(stream(unhex(t, idrHex))); !ok || s.Width != 640 {
		t.Errorf("got %+v, want the newer SPS", s)
	}
}
