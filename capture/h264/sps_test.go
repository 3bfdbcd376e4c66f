package h264

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The SPS are x264's, of pictures whose size is known.
var realSPS = map[string]struct {
	sps, profileLevel string
	width, height     int
	baseline          bool
}{
	"QCIF":                        {"6742c00bd902c4ec0440000003004000000f03c50a92", "42c00b", 176, 144, true},
	"360p, cropped":               {"6742c01ed900a02ff970110000030001000003003c0f162e48", "42c01e", 640, 360, true},
	"1080p, emulation prevention": {"6742c028d900780227e5c044000003000400000300f03c60c920", "42c028", 1920, 1080, true},
	"high, 720p":                  {"6764001facd9405005bb011000000300100000030320f1831960", "64001f", 1280, 720, false},
	"high 4:2:2":                  {"677a001ebcd940b835e2237011000003000100000300320f162d96", "7a001e", 722, 404, false},
	"high, interlaced":            {"67640028acd94078044fde0220000003002000000643e2c5b2c0", "640028", 1920, 1080, false},
}

func TestParseSPS(t *testing.T) {
	for name, want := range realSPS {
		t.Run(name, func(t *testing.T) {
			s, err := ParseSPS(unhex(t, want.sps))
			if err != nil {
				t.Fatal(err)
			}
			if s.Width != want.width || s.Height != want.height || s.ProfileLevelID() != want.profileLevel {
				t.Errorf("got %d×%d %s, want %d×%d %s", s.Width, s.Height, s.ProfileLevelID(), want.width, want.height,
					want.profileLevel)
			}
			if s.ConstrainedBaseline() != want.baseline {
				t.Errorf("ConstrainedBaseline = %v", !want.baseline)
			}
		})
	}
}

// bitWriter writes the fields of a NAL unit, for tests. Fields are strings of bits.
type bitWriter struct{ bits string }

func (w *bitWriter) u(bits string) { w.bits += bits }

func (w *bitWriter) ue(v int) {
	digits := strconv.FormatInt(int64(v+1), 2)
	w.bits += strings.Repeat("0", len(digits)-1) + digits
}

// nal returns the NAL unit: its header, the fields, a stop bit, and emulation prevention (7.3.1).
func (w *bitWriter) nal(header byte) []byte {
	bits := w.bits + "1"
	bits += strings.Repeat("0", -len(bits)&7)
	nal, zeros := []byte{header}, 0
	for ; bits != ""; bits = bits[8:] {
		v, _ := strconv.ParseUint(bits[:8], 2, 8)
		if zeros >= 2 && v <= 3 {
			nal, zeros = append(nal, 3), 0
		}
		if zeros++; v != 0 {
			zeros = 0
		}
		nal = append(nal, byte(v))
	}
	return nal
}

// What x264 does not write: scaling lists, picture order type 1, and emulation prevention before the size.
func TestParseSPSRareFields(t *testing.T) {
	var w bitWriter
	w.u("01100100" + "00000000" + "00101000") // high, level 4.0
	w.ue(3)                                   // id
	w.ue(1)                                   // 4:2:0
	w.ue(0)
	w.ue(0)
	w.u("0" + "1") // scaling matrix
	w.u("1")       // list 0: one step of 2, then one to 0, which ends it
	w.ue(3)
	w.ue(20)
	w.u("1" + "1111111111111111") // list 1: 16 steps of 0
	w.u("0000" + "1")             // list 6, of 64
	w.u(strings.Repeat("1", 64))
	w.u("0")
	w.ue(0)
	w.ue(1) // pic_order_cnt_type
	w.u("0")
	w.ue(1 << 24) // a long number: many zeros, and emulation prevention
	w.ue(1 << 24)
	w.ue(2)
	w.ue(5)
	w.ue(6)
	w.ue(4)
	w.u("0")
	w.ue(1279 / 16)
	w.ue(719 / 16)
	w.u("1" + "1" + "1") // frames only, direct 8×8, cropping by
	w.ue(1)              // 2 pixels on the left
	w.ue(2)              // 4 on the right
	w.ue(0)
	w.ue(3)  // 6 at the bottom
	w.u("0") // no VUI
	nal := w.nal(0x67)
	if !bytes.Contains(nal, []byte{0, 0, 3}) {
		t.Fatalf("%x has no emulation prevention", nal)
	}
	s, err := ParseSPS(nal)
	want := SequenceParameters{ID: 3, Profile: 100, Level: 40, Width: 1280 - 6, Height: 720 - 6}
	if err != nil || s != want {
		t.Errorf("got %+v, %v, want %+v", s, err, want)
	}
}

func TestParseSPSRefuses(t *testing.T) {
	for name, nal := range map[string]string{
		"nothing":        "",
		"a PPS":          "68cb83cb20",
		"header alone":   "67",
		"cut":            "6742c01ed900a0",
		"zeros":          "670000000000000000000000",
		"id above 31":    "6742c01e0208",
		"enormous width": "6742c01efc00000000ffffffff00000000ffffffff",
	} {
		if s, err := ParseSPS(unhex(t, nal)); err == nil {
			t.Errorf("%s: got %+v, want an error", name, s)
		}
	}
}

func FuzzSPS(f *testing.F) {
	for _, s := range realSPS {
		f.Add(unhex(f, s.sps))
	}
	f.Fuzz(func(t *testing.T, nal []byte) {
		s, err := ParseSPS(nal)
		if err != nil {
			return
		}
		if s.Width < 1 || s.Height < 1 || s.Width > maxSide || s.Height > maxSide || s.ID < 0 || s.ID > 31 {
			t.Errorf("accepted %+v", s)
		}
	})
}

// Sizes and rates whose levels are common knowledge, and the edges of rows of table A-1.
func TestLevel(t *testing.T) {
	for _, c := range []struct {
		width, height int
		fps           float64
		bitrate       int
		want          uint8
	}{
		{176, 144, 15, 64_000, 10},
		{176, 144, 15, 65_000, 11},
		{640, 360, 30, 1_000_000, 30},
		{1280, 720, 30, 4_000_000, 31},
		{1280, 720, 31, 4_000_000, 32},
		{1280, 720, 30, 14_000_001, 32},
		{1920, 1080, 30, 4_000_000, 40},
		{1920, 1080, 60, 4_000_000, 42},
		{3840, 2160, 30, 20_000_000, 51},
		{4096, 64, 5, 1_000_000, 40}, // few macroblocks, but 256 in a row, and √(8 · MaxFS) is 256 from level 4 on
		{0, 720, 30, 1_000_000, 0},
		{16864, 16864, 300, 1_000_000, 0},
	} {
		if got := Level(c.width, c.height, c.fps, c.bitrate); got != c.want {
			t.Errorf("Level(%d, %d, %g, %d) = %d, want %d", c.width, c.height, c.fps, c.bitrate, got, c.want)
		}
	}
}

func TestMaxMacroblocks(t *testing.T) {
	for idc, want := range map[uint8]int{9: 1485, 10: 1485, 31: 108_000, 40: 245_760, 62: 16_711_680, 0: 0, 63: 0} {
		if got := MaxMacroblocks(idc); got != want {
			t.Errorf("level_idc %d allows %d macroblocks a second, want %d", idc, got, want)
		}
	}
}
