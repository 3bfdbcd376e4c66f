package h264

import (
	"bytes"
	"slices"
	"testing"
)

// stream joins NAL units with four-byte start codes.
func stream(nals ...[]byte) (au []byte) {
	for _, nal := range nals {
		au = appendNAL(au, nal)
	}
	return au
}

func TestNALs(t *testing.T) {
	for name, c := range map[string]struct {
		in   []byte
		want [][]byte
	}{
		"nothing":         {nil, nil},
		"no start code":   {[]byte{1, 2, 3, 0, 0}, nil},
		"start code only": {[]byte{0, 0, 1}, nil},
		"three bytes":     {[]byte{0, 0, 1, 0x65, 7, 0, 0, 1, 0x41, 8}, [][]byte{{0x65, 7}, {0x41, 8}}},
		"four bytes":      {[]byte{0, 0, 0, 1, 0x65, 7, 0, 0, 0, 1, 0x41}, [][]byte{{0x65, 7}, {0x41}}},
		"many zeros":      {[]byte{0, 0, 0, 0, 0, 1, 0x65, 0, 0, 0, 0, 0, 1, 0x41, 9, 0, 0}, [][]byte{{0x65}, {0x41, 9}}},
		"an empty one":    {[]byte{0, 0, 1, 0, 0, 1, 0x41}, [][]byte{{0x41}}},
		"zeros inside":    {[]byte{0, 0, 1, 0x41, 0, 0, 3, 1, 0, 5}, [][]byte{{0x41, 0, 0, 3, 1, 0, 5}}},
		"garbage before":  {[]byte{9, 9, 0, 0, 1, 0x41}, [][]byte{{0x41}}},
	} {
		if got := slices.Collect(NALs(c.in)); !slices.EqualFunc(got, c.want, bytes.Equal) {
			t.Errorf("%s: got %x, want %x", name, got, c.want)
		}
	}
}

func TestIsIDR(t *testing.T) {
	sei, idr, slice := []byte{6, 1}, []byte{0x65, 1}, []byte{0x41, 1}
	for _, c := range []struct {
		au   []byte
		want bool
	}{
		{stream(sei, idr), true}, {stream(idr), true}, {stream(slice), false}, {stream(sei, slice), false}, {nil, false},
	} {
		if got := IsIDR(c.au); got != c.want {
			t.Errorf("IsIDR(%x) = %v", c.au, got)
		}
	}
}

func FuzzNALs(f *testing.F) {
	f.Add(stream(unhex(f, "6742c00bd902c4ec0440"), unhex(f, "68cb83cb20"), []byte{0x65, 0x88, 1, 2}))
	f.Add([]byte{0, 0, 1, 0x41, 0, 0, 0, 0, 1, 0, 0, 1})
	f.Fuzz(func(t *testing.T, au []byte) {
		var again []byte
		for nal := range NALs(au) {
			if len(nal) == 0 || nal[len(nal)-1] == 0 || bytes.Contains(nal, startCode) {
				t.Fatalf("%x is not a NAL unit", nal)
			}
			again = appendNAL(again, nal)
		}
		a, b := slices.Collect(NALs(au)), slices.Collect(NALs(again))
		if !slices.EqualFunc(a, b, bytes.Equal) {
			t.Errorf("%x read again is %x", a, b)
		}
		// No input may crash these.
		IsIDR(au)
		var sets ParameterSets
		out, _ := sets.Append(nil, au)
		sets.Append(nil, out)
		sets.SPS(au)
	})
}

var sink int

func TestReadingDoesNotAllocate(t *testing.T) {
	au := idrPicture(t)
	var sets ParameterSets
	buf, _ := sets.Append(nil, au)
	if n := testing.AllocsPerRun(100, func() {
		for nal := range NALs(au) {
			sink += len(nal)
		}
		if IsIDR(au) {
			sink++
		}
		buf, _ = sets.Append(buf[:0], au)
	}); n != 0 {
		t.Errorf("%v allocations a picture", n)
	}
}
