package capture_test

import (
	"testing"

	"vigie/capture"
)

func TestNearestStaysInTheRange(t *testing.T) {
	for _, c := range []struct {
		r       capture.Range
		n, want int
	}{
		{capture.Range{Min: 640, Max: 640, Step: 0}, 1, 640},
		{capture.Range{Min: 2, Max: 101, Step: 1}, 50, 50},
		{capture.Range{Min: 2, Max: 101, Step: 3}, 102, 101},
		{capture.Range{Min: 2, Max: 100, Step: 3}, 100, 98}, // 101 would be above it
		{capture.Range{Min: 2, Max: 100, Step: 3}, 6, 5},
		{capture.Range{Min: 2, Max: 100, Step: 3}, 7, 8},
	} {
		if got := c.r.Nearest(c.n); got != c.want {
			t.Errorf("%v: nearest to %d is %d, want %d", c.r, c.n, got, c.want)
		}
	}
}
