package rpicam

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"vigie/capture"
)

// Options are what Open is asked for.
type Options struct {
	Program       string         // "" finds rpicam-vid or libcamera-vid; else its name or path
	Width, Height int            // pixels, even
	FPS           int            // pictures a second
	Codec         capture.FourCC // capture.YU12 or capture.H264
	Bitrate       int            // bits a second, where the program codes
	Log           *slog.Logger   // nil is silence
}

// programs are looked for in order.
var programs = []string{"rpicam-vid", "libcamera-vid"}

// Find returns the path of the program that Open runs if it is told of none. The error is capture.ErrNotFound.
func Find() (program string, err error) { return find("") }

// find returns the path of the program.
func find(program string) (string, error) {
	names := programs
	if program != "" {
		names = []string{program}
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, exec.ErrNotFound) && program != "" {
			return "", fmt.Errorf("rpicam: %w: %w: name another program, or none", capture.ErrNotFound, err)
		}
	}
	return "", fmt.Errorf("rpicam: %s: %w: install it: apt-get install rpicam-apps-lite", strings.Join(names, ", "),
		capture.ErrNotFound)
}

// check finds what no program could do.
func (o Options) check() error {
	switch {
	case o.Width <= 0 || o.Height <= 0 || o.FPS <= 0 || o.Width%2 != 0 || o.Height%2 != 0:
		return fmt.Errorf("rpicam: %dx%d at %d pictures a second: %w: sides are even, and each is above 0",
			o.Width, o.Height, o.FPS, capture.ErrUnsupported)
	case o.Codec == capture.H264 && o.Bitrate <= 0:
		return fmt.Errorf("rpicam: a bitrate of %d: %w: it is above 0", o.Bitrate, capture.ErrUnsupported)
	case o.Codec != capture.H264 && o.Codec != capture.YU12:
		return fmt.Errorf("rpicam: codec %q: %w: it is YU12 or H264", o.Codec, capture.ErrUnsupported)
	}
	return nil
}

// arguments are the program's. Of these all exist since libcamera-vid; has tells of the others.
func (o Options) arguments(has func(option string) bool) []string {
	list := []string{
		"--timeout", "0", "--nopreview", "--flush", "--output", "-",
		"--width", strconv.Itoa(o.Width), "--height", strconv.Itoa(o.Height), "--framerate", strconv.Itoa(o.FPS),
	}
	if o.Codec == capture.YU12 {
		return append(list, "--codec", "yuv420")
	}
	list = append(list, "--codec", "h264", "--inline", "--profile", "baseline", "--bitrate", strconv.Itoa(o.Bitrate),
		"--intra", strconv.Itoa(o.FPS)) // an IDR a second: it cannot be asked for one
	if has("--libav-format") { // x264, without an encoder of the board's, writes to a pipe only if it is told the format
		list = append(list, "--libav-format", "h264")
	}
	if has("--low-latency") {
		list = append(list, "--low-latency")
	}
	return list
}

// helpTakes bounds what the program may take to tell its options.
const helpTakes = 5 * time.Second

// options returns whether the program has an option.
func options(program string) func(option string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), helpTakes)
	defer cancel()
	help, err := exec.CommandContext(ctx, program, "--help").Output()
	if err != nil {
		help = nil // it will say itself what is wrong
	}
	return func(option string) bool { return strings.Contains(string(help), option+" ") }
}

// Across is what to choose the width of raw pictures as a multiple of, in pixels: lines of most others are padded in
// another way on each board, and nothing tells in which.
const Across = 128

// format is what comes out: pictures of that size.
func (o Options) format(width, height int) (capture.VideoFormat, error) {
	f := capture.VideoFormat{FourCC: o.Codec, Width: width, Height: height, FPS: float64(o.FPS)}
	if o.Codec == capture.H264 {
		return f, nil
	}
	up := (width + Across - 1) / Across * Across
	if f.Stride = (width + 63) &^ 63; f.Stride != up {
		return f, fmt.Errorf("rpicam: raw pictures %d pixels wide: %w: their lines are padded in another way on each board; "+
			"ask for a multiple of %d: %d or %d", width, capture.ErrUnsupported, Across, max(up-Across, Across), up)
	}
	return f, nil
}
