package h264

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"testing/iotest"
)

// split returns the access units of a stream that comes in pieces.
func split(s *Splitter, r io.Reader) (units [][]byte) {
	for {
		_, err := s.Fill(r)
		for au := s.Next(); au != nil; au = s.Next() {
			units = append(units, bytes.Clone(au))
		}
		if err != nil {
			if au := s.Rest(); au != nil {
				units = append(units, bytes.Clone(au))
			}
			return units
		}
	}
}

func TestSplitter(t *testing.T) {
	delimiter, sps, pps, sei := []byte{9, 0xf0}, unhex(t, spsHex), unhex(t, ppsHex), []byte{6, 5, 1, 0x80}
	idr, idr2 := []byte{0x65, 0x88, 7}, []byte{0x65, 0x40, 7} // the second slice begins at macroblock 1
	p, p2 := []byte{0x41, 0x9a, 8, 0, 0, 3, 1}, []byte{0x41, 0x40, 9}
	for name, c := range map[string]struct {
		in      []byte
		want    [][]byte
		dropped uint64
	}{
		"slices alone":     {stream(idr, p, p), [][]byte{stream(idr), stream(p), stream(p)}, 0},
		"several a unit":   {stream(sps, pps, idr, idr2, p, p2), [][]byte{stream(sps, pps, idr, idr2), stream(p, p2)}, 0},
		"delimiters":       {stream(delimiter, sps, pps, sei, idr, delimiter, p), [][]byte{stream(delimiter, sps, pps, sei, idr), stream(delimiter, p)}, 0},
		"SEI":              {stream(idr, sei, p, sei, p), [][]byte{stream(idr), stream(sei, p), stream(sei, p)}, 0},
		"inline sets":      {stream(sps, pps, idr, sps, pps, idr), [][]byte{stream(sps, pps, idr), stream(sps, pps, idr)}, 0},
		"sets alone":       {stream(sps, pps), nil, 0},
		"begins in middle": {append([]byte{1, 2, 3}, stream(idr, p)...), [][]byte{stream(idr), stream(p)}, 1},
		"first missing":    {stream(idr2, p, p2), [][]byte{stream(p, p2)}, 1},
		"zeros before":     {append([]byte{0, 0, 0}, stream(idr)...), [][]byte{stream(idr)}, 0},
		"nothing":          {nil, nil, 0},
	} {
		for kind, r := range map[string]io.Reader{
			"at once": bytes.NewReader(c.in), "byte by byte": iotest.OneByteReader(bytes.NewReader(c.in)),
		} {
			var s Splitter
			if got := split(&s, r); !sameNALs(got, c.want) || s.Dropped != c.dropped {
				t.Errorf("%s, %s: got %x, want %x; %d dropped", name, kind, got, c.want, s.Dropped)
			}
		}
	}
}

// sameNALs compares units by what is in them: a start code may be of three bytes or four.
func sameNALs(a, b [][]byte) bool {
	return slices.EqualFunc(a, b, func(a, b []byte) bool {
		return slices.EqualFunc(slices.Collect(NALs(a)), slices.Collect(NALs(b)), bytes.Equal)
	})
}

// Rest gives a unit out before the next begins. What was still to come of it is dropped, and counted.
func TestSplitterRest(t *testing.T) {
	idr, p := []byte{0x65, 0x88, 7, 7, 7, 7}, []byte{0x41, 0x9a, 8}
	in := stream(idr, p)
	var s Splitter
	s.Fill(bytes.NewReader(in[:8]))
	if s.Next() != nil || s.Pending() != 8 {
		t.Errorf("%d bytes wait", s.Pending())
	}
	if au := s.Rest(); !bytes.Equal(au, in[:8]) {
		t.Errorf("got %x", au)
	}
	if s.Rest() != nil || s.Pending() != 0 {
		t.Error("something is left of nothing")
	}
	if got := split(&s, bytes.NewReader(in[8:])); !sameNALs(got, [][]byte{stream(p)}) || s.Dropped != 1 {
		t.Errorf("got %x, %d dropped", got, s.Dropped)
	}
}

func TestSplitterDoesNotAllocate(t *testing.T) {
	picture := stream([]byte{9, 0xf0}, append([]byte{0x41, 0x9a}, bytes.Repeat([]byte{0xa5}, 20000)...))
	var s Splitter
	r := bytes.NewReader(nil)
	if n := testing.AllocsPerRun(100, func() {
		r.Reset(picture)
		s.Fill(r)
		for au := s.Next(); au != nil; au = s.Next() {
			sink += len(au)
		}
	}); n != 0 {
		t.Errorf("%v allocations a picture", n)
	}
}

func FuzzSplitter(f *testing.F) {
	whole := stream(unhex(f, spsHex), unhex(f, ppsHex), unhex(f, idrHex), []byte{0x41, 0x9a, 1}, []byte{0x41, 0x40, 1})
	f.Add(whole, 7)
	f.Add(whole[9:], 1)
	f.Add([]byte{0, 0, 1, 0x65, 0, 0, 1, 9, 0xf0, 0, 0, 1, 0x41}, 3)
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		var once, pieces Splitter
		a := split(&once, bytes.NewReader(in))
		b := split(&pieces, &limited{bytes.NewReader(in), max(size, 1)})
		if !slices.EqualFunc(a, b, bytes.Equal) || once.Dropped != pieces.Dropped {
			t.Errorf("%x at once, %x in pieces of %d", a, b, size)
		}
		for _, au := range a {
			coded := 0
			for nal := range NALs(au) {
				if isSlice(nal) && len(nal) > 1 && first(nal) {
					coded++
				}
			}
			if coded > 1 {
				t.Errorf("%x is more than one access unit", au)
			}
		}
	})
}

// limited reads at most n bytes at a time.
type limited struct {
	r io.Reader
	n int
}

func (l *limited) Read(p []byte) (int, error) { return l.r.Read(p[:min(len(p), l.n)]) }

func TestIDRPicID(t *testing.T) {
	header := func(bits func(*bitWriter)) []byte {
		var w bitWriter
		w.ue(0) // first_mb_in_slice
		w.ue(7) // slice_type
		w.ue(0) // pic_parameter_set_id
		bits(&w)
		return w.nal(0x65)
	}
	// x264's: frame_num of 4 bits; and of an interlaced stream, with field_pic_flag and bottom_field_flag.
	frames := header(func(w *bitWriter) { w.u("0000"); w.ue(513); w.u("10101") })
	field := header(func(w *bitWriter) { w.u("0000" + "1" + "0"); w.ue(2); w.u("10101") })
	interlaced, pps := unhex(t, realSPS["high, interlaced"].sps), unhex(t, ppsHex)
	for name, c := range map[string]struct {
		au   []byte
		want int
		ok   bool
	}{
		"frames":      {stream(unhex(t, spsHex), pps, frames), 513, true},
		"a field":     {stream(interlaced, pps, field), 2, true},
		"not an IDR":  {stream(unhex(t, spsHex), pps, []byte{0x41, 0x9a}), 0, false},
		"no sets":     {stream(frames), 0, false},
		"a cut slice": {stream(unhex(t, spsHex), pps, frames[:2]), 0, false},
	} {
		var sets ParameterSets
		if id, ok := sets.IDRPicID(c.au); id != c.want || ok != c.ok {
			t.Errorf("%s: got %d, %v", name, id, ok)
		}
	}
}
