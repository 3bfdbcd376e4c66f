package alsa

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

func TestFormats(t *testing.T) {
	bits := func(v float32) []byte { return binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)) }
	nan := bits(float32(math.NaN()))
	for name, c := range map[string]struct {
		f    sampleFormat
		in   []byte
		want float32
	}{
		"S16_LE half":             {s16, []byte{0x00, 0x40}, 0.5},
		"S16_LE least":            {s16, []byte{0x00, 0x80}, -1},
		"S24_3LE half":            {s24packed, []byte{0x00, 0x00, 0x40}, 0.5},
		"S24_3LE least step":      {s24packed, []byte{0xff, 0xff, 0xff}, -1.0 / (1 << 23)},
		"S24_LE half":             {s24, []byte{0x00, 0x00, 0x40, 0x7f}, 0.5},
		"S24_LE minus half":       {s24, []byte{0x00, 0x00, 0xc0, 0x00}, -0.5},
		"S32_LE half":             {s32, []byte{0x00, 0x00, 0x00, 0x40}, 0.5},
		"S32_LE least":            {s32, []byte{0x00, 0x00, 0x00, 0x80}, -1},
		"FLOAT_LE":                {float, bits(-0.25), -0.25},
		"FLOAT_LE above":          {float, bits(7), 1},
		"FLOAT_LE minus infinity": {float, bits(float32(math.Inf(-1))), -1},
		"FLOAT_LE not a number":   {float, nan, 0},
	} {
		if got := c.f.value(c.in); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if len(c.in) != c.f.bytes {
			t.Errorf("%s: %d bytes", name, c.f.bytes)
		}
	}
}

func TestStereo(t *testing.T) {
	src := []byte{0, 0x10, 0, 0x20, 0, 0x30, 0, 0x40, 0, 0x50, 0, 0x60} // six values: 1/8, 2/8 ... 6/8
	for name, c := range map[string]struct {
		channels int
		mono     bool
		want     []float32
	}{
		"stereo":             {2, false, []float32{.125, .25, .375, .5, .625, .75}},
		"mono":               {1, false, []float32{.125, .125, .25, .25, .375, .375, .5, .5, .625, .625, .75, .75}},
		"three channels":     {3, false, []float32{.125, .25, .5, .625}},
		"stereo, mono asked": {2, true, []float32{.125, .125, .375, .375, .625, .625}},
	} {
		if got := s16.stereo(make([]float32, 12), src, c.channels, c.mono); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
