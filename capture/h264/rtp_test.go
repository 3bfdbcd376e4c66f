package h264

import (
	"bytes"
	"slices"
	"testing"
)

// packets returns the payloads of an access unit, and checks what holds for each.
func packets(t testing.TB, p *Packetizer, au []byte) (payloads [][]byte) {
	t.Helper()
	q := NewPacketizer(p.max)
	q.Reset(au)
	for p.Reset(au); p.More(); {
		size := q.Skip()
		defer func(n int) {
			if n < len(payloads) && len(payloads[n]) != size {
				t.Errorf("payload %d has %d bytes, Skip said %d", n, len(payloads[n]), size)
			}
		}(len(payloads))
		payload, last := p.Next(nil)
		if len(payload) > p.max {
			t.Fatalf("a payload of %d bytes, the limit is %d", len(payload), p.max)
		}
		if last == p.More() {
			t.Fatalf("last is %v after payload %d, More is the same", last, len(payloads))
		}
		payloads = append(payloads, payload)
	}
	return payloads
}

func TestPacketizer(t *testing.T) {
	sps, pps := []byte{0x67, 1, 2}, []byte{0x68, 3}
	idr := append([]byte{0x65}, bytes.Repeat([]byte{7}, 29)...)
	piece := func(n int) []byte { return bytes.Repeat([]byte{7}, n) }
	for name, c := range map[string]struct {
		au   []byte
		want [][]byte
	}{
		"nothing":       {nil, nil},
		"one that fits": {stream(idr[:20]), [][]byte{idr[:20]}},
		"sets share":    {stream(sps, pps, idr[:5]), [][]byte{{0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3}, idr[:5]}},
		"a third is long": {stream(sps, pps, sps, pps, append(pps, piece(4)...)), [][]byte{
			{0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3}, append(pps, piece(4)...),
		}},
		"a set alone":      {stream(sps, idr[:5]), [][]byte{sps, idr[:5]}},
		"left out":         {stream([]byte{9, 1}, idr[:5], []byte{12, 1}, []byte{30, 1}), [][]byte{idr[:5]}},
		"left out, all":    {stream([]byte{9, 1}), nil},
		"fragments, a bit": {stream(idr[:21]), [][]byte{append([]byte{0x7c, 0x85}, piece(18)...), {0x7c, 0x45, 7, 7}}},
		"fragments, exactly": {stream(append(idr, piece(7)...)), [][]byte{
			append([]byte{0x7c, 0x85}, piece(18)...), append([]byte{0x7c, 0x45}, piece(18)...),
		}},
	} {
		if got := packets(t, NewPacketizer(20), c.au); !slices.EqualFunc(got, c.want, bytes.Equal) {
			t.Errorf("%s:\ngot  %x\nwant %x", name, got, c.want)
		}
	}
}

// An access unit comes back as it was, at any payload size.
func FuzzRoundTrip(f *testing.F) {
	f.Add(stream(unhex(f, spsHex), unhex(f, ppsHex), append(unhex(f, idrHex), bytes.Repeat([]byte{7}, 60)...)), uint16(30))
	f.Add(stream([]byte{0x67, 1}, []byte{0x68, 1}, []byte{0x68, 2}, []byte{0x06, 5}, []byte{0x65, 1}), uint16(9))
	f.Fuzz(func(t *testing.T, au []byte, max uint16) {
		var want []byte
		for nal := range NALs(au) {
			if k := TypeOf(nal); k.coded() && k != Delimiter && k != Filler {
				want = appendNAL(want, nal)
			}
		}
		var d Depacketizer
		payloads := packets(t, NewPacketizer(int(max)), au)
		for i, payload := range payloads {
			last := i == len(payloads)-1
			got := d.Push(payload, uint16(65530+i), 3000, last)
			if (got != nil) != last {
				t.Fatalf("payload %d of %d completed: %v", i, len(payloads), got != nil)
			}
			if last && !bytes.Equal(got, want) {
				t.Errorf("got %x, want %x", got, want)
			}
		}
	})
}

// Each byte string is a run of packets: a length, header fields, that many bytes.
func FuzzDepacketizer(f *testing.F) {
	f.Add([]byte{3, 1, 0x65, 1, 2, 4, 0x10, 0x7c, 0x85, 1, 2, 4, 1, 0x7c, 0x45, 1, 2})
	f.Add([]byte{7, 1, 0x78, 0, 2, 0x67, 1, 0, 9})
	f.Fuzz(func(t *testing.T, in []byte) {
		var d Depacketizer
		sequence, timestamp := uint16(0), uint32(0)
		for len(in) > 2 {
			size, flags := int(in[0]), in[1]
			payload := in[2:min(2+size, len(in))]
			in = in[2+len(payload):]
			sequence += 1 + uint16(flags>>6)*100
			timestamp += uint32(flags >> 4 & 1)
			for nal := range NALs(d.Push(payload, sequence, timestamp, flags&1 != 0)) {
				sink += len(nal)
			}
			if len(d.au) > maxUnit+len(payload)+8 {
				t.Fatalf("it holds %d bytes", len(d.au))
			}
			for _, k := range []NALType{SPS, SliceIDR} {
				if Holds(payload, k) && len(payload) == 0 {
					t.Fatal("an empty payload holds something")
				}
			}
		}
	})
}

func TestDepacketizerDropsWhatIsNotWhole(t *testing.T) {
	p := NewPacketizer(100)
	idr := packets(t, p, idrPicture(t))
	single := []byte{0x41, 1}
	var d Depacketizer
	sequence, timestamp := uint16(100), uint32(0)
	// send pushes one access unit, without the packet at index missing, and reports whether it came out.
	send := func(payloads [][]byte, missing int) (whole bool) {
		timestamp += 3000
		for i, payload := range payloads {
			if i != missing {
				whole = d.Push(payload, sequence, timestamp, i == len(payloads)-1) != nil
			}
			sequence++
		}
		return whole
	}
	for _, c := range []struct {
		name     string
		payloads [][]byte
		missing  int
		want     bool
	}{
		{"whole", idr, -1, true},
		{"without its middle", idr, 5, false},
		{"whole again", idr, -1, true},
		{"without its end", idr, len(idr) - 1, false},
		{"after a missing end, begins with an SPS", idr, -1, true},
		{"without its beginning", idr, 0, false},
		{"a packet of garbage", [][]byte{{30, 1}, single}, -1, false},
		{"a STAP-A whose length lies", [][]byte{{0x78, 0, 9, 0x67}}, -1, false},
		{"a fragment that never began", [][]byte{{0x7c, 5, 1}}, -1, false},
		{"a fragment that never ends", [][]byte{{0x7c, 0x85, 1}}, -1, false},
		{"one packet", [][]byte{single}, -1, true},
		{"padding before it", [][]byte{{}, single}, -1, true},
	} {
		if got := send(c.payloads, c.missing); got != c.want {
			t.Errorf("%s: came out %v, want %v", c.name, got, c.want)
		}
	}
	if d.Dropped != 7 {
		t.Errorf("Dropped = %d, want 7", d.Dropped)
	}
}

func TestDepacketizerIgnoresOldPackets(t *testing.T) {
	var d Depacketizer
	d.Push([]byte{0x41, 1}, 7, 1, false)
	d.Push([]byte{0x41, 1}, 7, 1, false) // a duplicate
	d.Push([]byte{0x41, 9}, 3, 0, true)  // an old one
	if got := d.Push([]byte{0x41, 2}, 8, 1, true); !bytes.Equal(got, stream([]byte{0x41, 1}, []byte{0x41, 2})) {
		t.Errorf("got %x", got)
	}
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		payload []byte
		sps     bool
		idr     bool
	}{
		{[]byte{0x67, 1}, true, false},
		{[]byte{0x78, 0, 1, 0x67, 0, 1, 0x65}, true, true},
		{[]byte{0x78, 0, 9, 0x67}, false, false},
		{[]byte{0x7c, 0x85, 1}, false, true},
		{[]byte{0x7c, 0x05, 1}, false, false},
		{nil, false, false},
	} {
		if Holds(c.payload, SPS) != c.sps || Holds(c.payload, SliceIDR) != c.idr {
			t.Errorf("Holds(%x): SPS %v, IDR %v", c.payload, !c.sps, !c.idr)
		}
	}
}

func TestRTPDoesNotAllocate(t *testing.T) {
	au, p, buf := idrPicture(t), NewPacketizer(1200), make([]byte, 0, 1200)
	var d Depacketizer
	sequence, timestamp := uint16(0), uint32(0)
	if n := testing.AllocsPerRun(100, func() {
		timestamp++
		for p.Reset(au); p.More(); sequence++ {
			payload, last := p.Next(buf)
			d.Push(payload, sequence, timestamp, last)
		}
	}); n != 0 {
		t.Errorf("%v allocations a picture", n)
	}
	if d.Dropped != 0 {
		t.Errorf("dropped %d", d.Dropped)
	}
}

func BenchmarkPacketizer(b *testing.B) {
	au, p, buf := idrPicture(b), NewPacketizer(1200), make([]byte, 0, 1200)
	b.SetBytes(int64(len(au)))
	b.ReportAllocs()
	for b.Loop() {
		for p.Reset(au); p.More(); {
			payload, _ := p.Next(buf)
			sink += len(payload)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	var sets ParameterSets
	au := idrPicture(b)
	var buf []byte
	b.SetBytes(int64(len(au)))
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = sets.Append(buf[:0], au)
	}
}
