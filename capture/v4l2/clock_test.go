package v4l2

import (
	"math"
	"testing"
	"time"

	"vigie/capture/v4l2/uapi"
)

func TestClock(t *testing.T) {
	const monotonic, unknown = uapi.FlagTimestampMonotonic | 1, uint32(1)
	type picture struct {
		flags      uint32
		stamp, now time.Duration
		want       time.Duration
		distrust   bool
	}
	s := time.Second
	for _, c := range []struct {
		name     string
		pictures []picture
	}{
		{"honest", []picture{{monotonic, 99 * s, 100 * s, 99 * s, false}, {monotonic, 100 * s, 101 * s, 100 * s, false}}},
		{"a little ahead", []picture{{monotonic, 100*s + 33e6, 100 * s, 100*s + 33e6, false}}},
		{"not monotonic", []picture{{unknown, 99 * s, 100 * s, 100 * s, true}}},
		{"wall clock", []picture{{monotonic, 1764000000 * s, 100 * s, 100 * s, true}}},
		{"left at zero", []picture{{monotonic, 0, 100 * s, 100 * s, true}}},
		{"standing still, then mended: distrusted for good", []picture{
			{monotonic, 99 * s, 100 * s, 99 * s, false}, {monotonic, 99 * s, 101 * s, 101 * s, true},
			{monotonic, 101 * s, 102 * s, 102 * s, true},
		}},
		{"growing across the change of clock", []picture{
			{monotonic, 100*s + 90e6, 100 * s, 100*s + 90e6, false}, {unknown, 0, 100*s + 33e6, 100*s + 90e6 + 1, true},
		}},
	} {
		var k clock
		for i, p := range c.pictures {
			if got := k.stamp(p.flags, p.stamp, p.now); got != p.want || k.distrust != p.distrust {
				t.Errorf("%s: picture %d: PTS %v, distrust %v; want %v, %v", c.name, i, got, k.distrust, p.want,
					p.distrust)
			}
		}
	}
}

func TestSequence(t *testing.T) {
	for _, c := range []struct {
		name   string
		counts []uint32
		want   uint64
	}{
		{"begins anywhere", []uint32{700, 701, 702}, 0},
		{"two gaps", []uint32{0, 1, 4, 5, 7}, 3},
		{"over the wrap", []uint32{math.MaxUint32 - 1, 1}, 2},
		{"does not count", []uint32{0, 0, 0}, 0},
		{"begins anew", []uint32{90, 91, 0, 1}, 0},
	} {
		var s sequence
		var missed uint64
		for _, n := range c.counts {
			missed += s.missed(n)
		}
		if missed != c.want {
			t.Errorf("%s: %v: %d missed, want %d", c.name, c.counts, missed, c.want)
		}
	}
}
