//go:build bench

package bench

import (
	"os"
	"testing"
	"time"

	"vigie/capture"
)

// onlyWebcam leaves the board with a webcam of those formats, and no other camera.
func onlyWebcam(t *testing.T, formats ...capture.FourCC) *Webcam {
	t.Helper()
	UnplugCamera(t)
	return PlugWebcam(t, WebcamOptions{Formats: formats})
}

// replug pulls the webcam's cable for as long as five pictures of a slate take, and plugs it in again as another node.
// It returns when.
func (w *Webcam) replug(t *testing.T, slate func()) time.Time {
	t.Helper()
	before := w.Path()
	openNode(t, before) // its number is taken until the test ends
	w.Unplug()
	slate()
	w.Plug()
	if w.Path() == before {
		t.Errorf("it came back as %s", before)
	}
	return time.Now()
}

// showCut has the webcam show half of a JPEG that nothing flags.
func (w *Webcam) showCut(t *testing.T) {
	t.Helper()
	feed, err := os.OpenFile(webcamFeed, os.O_RDWR, 0)
	must(t, "open", err)
	defer feed.Close()
	must(t, "deadline", feed.SetReadDeadline(time.Now().Add(waitStart)))
	_, err = feed.Read(make([]byte, 64)) // which stream it is
	must(t, "read", err)
	picture, err := (&movie{shown: shown{capture.MJPEG, kindsWidth, kindsHeight, 15}}).picture(0)
	must(t, "picture", err)
	_, err = feed.Write(picture[:len(picture)/2])
	must(t, "write", err)
}

// TestHardwareWebcamJPEG is a webcam that has JPEGs alone: decoded by this program, coded by the board. Damaged ones are
// not seen, and its cable may be pulled.
func TestHardwareWebcamJPEG(t *testing.T) {
	w := onlyWebcam(t, capture.MJPEG)
	b, begin := liveBox(t, kinds)
	b.takes("camera " + w.Path() + " MJPG 640x360 15 -> MMAP -> image/jpeg YU12 -> copy -> " + encoderNode(t) + " H264")
	v := watch(t)
	awaitMore(t, v, 15, 15)
	lost := b.metric("vigie_camera_lost_pictures_total")
	w.showCut(t)
	w.Damage(2)
	awaitMore(t, v, 30, 30)
	if n := b.metric("vigie_camera_lost_pictures_total") - lost; n < 3 {
		t.Errorf("%v pictures were counted as lost, want 3 damaged ones", n)
	}
	plugged := w.replug(t, func() {
		b.awaitWarning("no_camera")
		awaitMore(t, v, 10, 0)
	})
	awaitMore(t, v, 30, 30)
	b.keptSession()
	law1(t, b, begin, capture.Now())

	all := saw(t, v, lostLine)
	for i, s := range all {
		if _, slate := s.slate(); !slate && s.bottom() < 135 {
			t.Errorf("picture %d is damaged: down there it has a luma of %d", i, s.bottom())
		}
	}
	after := back(t, all, plugged)
	if after > within {
		t.Errorf("the picture was back %v after the plug", after)
	}
	copied, shared := b.metric("vigie_encoder_copied_total"), b.metric("vigie_encoder_shared_total")
	if copied < float64(len(all)-1) || shared != 0 {
		t.Errorf("%v pictures were copied and %v shared, the viewer saw %d", copied, shared, len(all))
	}
	t.Logf("the picture was back %v after the plug; the viewer saw %d pictures", after, len(all))
}

// bottom is the luma of the lowest whole macroblocks, where the movie's ground is at its brightest.
func (s seen) bottom() int {
	end := s.width * (s.height &^ 15)
	return seen{luma: s.luma[end-16*s.width : end]}.mean()
}
