//go:build bench

package bench

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

const (
	webcamName = "bench-camera"
	webcamFeed = "/dev/bench-camera-feed"
)

// WebcamOptions says what a Webcam is like.
type WebcamOptions struct {
	Formats []capture.FourCC // of "MJPG", "H264" and "YUYV"; none is all of them
	// HuffmanTables are in its JPEGs: most webcams leave them out (USB Video Class 1.5, Motion-JPEG payload, 3.3).
	HuffmanTables bool
}

// Webcam is a camera beside vivid's, such as people have: MJPEG and H.264 at 1280x720 and 640x360, YUYV at 640x480
// alone, where it has MJPEG, too; 30 or 15 pictures a second. It shows a bright bar that moves over a coloured ground,
// the same in each second. kernel/camera.c is its driver.
type Webcam struct {
	t       testing.TB
	tables  bool
	feed    *os.File
	pulled  chan struct{} // closed at the end of the test
	playing sync.WaitGroup
	movies  map[shown]*movie
}

// shown is what a stream of the webcam is.
type shown struct {
	fourCC             capture.FourCC
	width, height, fps int
}

// PlugWebcam plugs the webcam in, and pulls it out when the test ends. It shows its pictures to whoever streams.
func PlugWebcam(t testing.TB, o WebcamOptions) *Webcam {
	t.Helper()
	formats := []string{"MJPG", "H264", "YUYV"}
	if len(o.Formats) > 0 {
		formats = nil
	}
	for _, f := range o.Formats {
		formats = append(formats, string(f))
	}
	feed, err := os.OpenFile(webcamFeed, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := &Webcam{t: t, tables: o.HuffmanTables, feed: feed, pulled: make(chan struct{}), movies: map[shown]*movie{}}
	w.set("formats", strings.Join(formats, ","))
	w.Damage(0)
	w.playing.Go(w.play)
	t.Cleanup(func() {
		w.Unplug()
		close(w.pulled)
		_ = feed.Close()
		w.playing.Wait()
		for _, m := range w.movies {
			m.close()
		}
	})
	w.Plug()
	return w
}

// Path is that of its node. It may be another after each Plug.
func (w *Webcam) Path() string {
	w.t.Helper()
	p := node(webcamName)
	if p == "" {
		w.t.Fatal("the webcam is not plugged in")
	}
	return p
}

// Plug puts the cable back, Unplug pulls it. Who has the node open keeps its number taken.
func (w *Webcam) Plug()   { w.t.Helper(); w.set("plugged", "1") }
func (w *Webcam) Unplug() { w.t.Helper(); w.set("plugged", "0") }

// Damage cuts so many of the next pictures in half, and has the driver flag them (V4L2_BUF_FLAG_ERROR).
func (w *Webcam) Damage(pictures int) { w.t.Helper(); w.set("errors", strconv.Itoa(pictures)) }

// Streaming is what somebody streams now, "MJPG 1280x720 30", and empty while nobody does.
func (w *Webcam) Streaming() string { w.t.Helper(); return read(w.t, webcamParameter("streaming")) }

// Delivered is how many pictures came out of it, Lost how many nobody had a buffer for, since the kernel booted.
func (w *Webcam) Delivered() int { w.t.Helper(); return w.count("delivered") }
func (w *Webcam) Lost() int      { w.t.Helper(); return w.count("lost") }

func (w *Webcam) count(name string) int {
	w.t.Helper()
	n, err := strconv.Atoi(read(w.t, webcamParameter(name)))
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func webcamParameter(name string) string { return "/sys/module/bench_camera/parameters/" + name }

func (w *Webcam) set(name, value string) {
	w.t.Helper()
	if err := os.WriteFile(webcamParameter(name), []byte(value), 0); err != nil {
		w.t.Fatalf("webcam: %v", err)
	}
}

// play shows each stream its movie, until the feed is closed.
func (w *Webcam) play() {
	line := make([]byte, 64)
	for {
		n, err := w.feed.Read(line) // blocks until there is a stream
		var s shown
		if err == nil {
			_, err = fmt.Sscanf(string(line[:n]), "%s %dx%d %d", &s.fourCC, &s.width, &s.height, &s.fps)
		}
		if err == nil {
			err = w.show(s)
		}
		if errors.Is(err, os.ErrClosed) {
			return
		}
		if err != nil {
			w.t.Errorf("webcam: %v", err)
			return
		}
	}
}

// show feeds a stream until it is over.
func (w *Webcam) show(s shown) error {
	m := w.movies[s]
	if m == nil {
		m = &movie{shown: s, tables: w.tables}
		w.movies[s] = m
	}
	tick := time.NewTicker(time.Second / time.Duration(s.fps))
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-tick.C:
		case <-w.pulled:
			return nil
		}
		picture, err := m.picture(n)
		if err != nil {
			return err
		}
		if _, err := w.feed.Write(picture); errors.Is(err, unix.ESTALE) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// node is the path of the first video device with a name like that (path.Match), "" where there is none.
func node(pattern string) string {
	names, _ := filepath.Glob("/sys/class/video4linux/video*/name")
	for _, file := range names {
		name, err := os.ReadFile(file)
		if is, _ := path.Match(pattern, strings.TrimSpace(string(name))); err == nil && is {
			return "/dev/" + filepath.Base(filepath.Dir(file))
		}
	}
	return ""
}
