//go:build bench

package bench

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

	"vigie/capture/h264"
	"vigie/capture/picture"
	"vigie/relay/relaytest"
)

// What slates say below the venue's name.
const lostLine, cutText = "Camera lost, back in a moment", "Paused by the crew, back in a moment"

// seen is one picture as a viewer has it.
type seen struct {
	at            time.Time
	unit          []byte // the access unit
	width, height int
	luma          []byte
}

// see has ffmpeg decode all that a viewer got, which it has to do without a complaint. Where the size changes the decoder
// begins anew.
func see(t *testing.T, units []relaytest.Unit) (all []seen) {
	t.Helper()
	var sets h264.ParameterSets
	sizeOf := func(u relaytest.Unit) (width, height int) {
		s, _ := sets.SPS(u.Data)
		return s.Width, s.Height
	}
	for i := 0; i < len(units); {
		first := i
		width, height := sizeOf(units[i])
		var stream []byte
		for ; i < len(units); i++ {
			if w, h := sizeOf(units[i]); h264.IsIDR(units[i].Data) && (w != width || h != height) {
				break
			}
			stream = append(stream, units[i].Data...)
		}
		pictures := decoded(t, width, height, stream)
		if len(pictures) != i-first {
			t.Fatalf("ffmpeg shows %d pictures of %d units", len(pictures), i-first)
		}
		for n, p := range pictures {
			u := units[first+n]
			all = append(all, seen{u.Arrived, u.Data, width, height, p[:width*height]})
		}
	}
	return all
}

// mean is the picture's luma.
func (s seen) mean() int {
	sum := 0
	for _, y := range s.luma {
		sum += int(y)
	}
	return sum / len(s.luma)
}

// like compares a picture's luma with another one: PSNR in dB.
func (s seen) like(other []byte) float64 {
	sum := 1.0
	for i, y := range s.luma {
		d := float64(y) - float64(other[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(s.luma))/sum)
}

// slate tells whether it is one, which is dark as no camera's picture here is, and then which line it has.
func (s seen) slate() (line string, ok bool) {
	if s.mean() > 60 {
		return "", false
	}
	return slices.MaxFunc([]string{lostLine, cutText}, func(a, b string) int {
		return cmp.Compare(s.like(slateOf(s.width, s.height, a)), s.like(slateOf(s.width, s.height, b)))
	}), true
}

func slateOf(width, height int, line string) []byte {
	return picture.Slate(width, height, "Main stage", line).Data[:width*height]
}

// saw is what a viewer saw up to now, which is to have slates of these lines in it.
func saw(t *testing.T, v *relaytest.Viewer, lines ...string) []seen {
	t.Helper()
	video, _ := v.Received()
	all := see(t, video.Units)
	if got := slates(all); !slices.Equal(got, lines) {
		t.Errorf("viewers saw the slates %q, want %q", got, lines)
	}
	return all
}

// slates returns the lines of the slates among pictures, each as often as it took the camera's place.
func slates(all []seen) (lines []string) {
	was := false
	for i, s := range all {
		_, is := s.slate()
		if was && (!is || i == len(all)-1) {
			line, _ := all[i-1].slate() // the last one is the sharpest
			lines = append(lines, line)
		}
		was = is
	}
	return lines
}

// back is how long after a time the first picture came that is no slate.
func back(t *testing.T, all []seen, after time.Time) time.Duration {
	t.Helper()
	for _, s := range all {
		if _, is := s.slate(); s.at.After(after) && !is {
			return s.at.Sub(after).Round(time.Millisecond)
		}
	}
	t.Fatal("no picture came back")
	return 0
}
