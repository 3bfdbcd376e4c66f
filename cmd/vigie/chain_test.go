package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/capture"
	"vigie/device/config"
)

// openerFor is an opener of the CSI camera on a board without devices, for which this script runs as rpicam-vid with the
// size in $w and $h.
func openerFor(t *testing.T, script string) (*opener, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	const sizes = "#!/bin/sh\nwhile [ $# -gt 0 ]; do\ncase $1 in --width) w=$2;; --height) h=$2;; esac\nshift\ndone\n"
	if err := os.WriteFile(filepath.Join(dir, "rpicam-vid"), []byte(sizes+script), 0o755); err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Camera.Device, c.Video.Encoder = rpicamCamera, "openh264"
	log := &bytes.Buffer{}
	return &opener{config: c, log: slog.New(slog.NewTextHandler(log, nil)), devices: []capture.Mem2Mem{}}, log
}

const noMemory = "echo 'ERROR: *** failed to allocate capture buffers ***' >&2; exit 255\n"

// TestCameraWithoutMemory holds that a camera which has no memory for its pictures is asked for smaller ones.
func TestCameraWithoutMemory(t *testing.T) {
	o, _ := openerFor(t, "if [ $w -gt 900 ]; then "+noMemory+"fi\n"+
		"echo \"configuring streams: (0) ${w}x${h}-YUV420\" >&2\nexec cat /dev/zero\n")
	chain, err := o.open(capture.Chain{}, capture.Demand{})
	if err != nil {
		t.Fatal(err)
	}
	defer chain.Encoder.Close()
	defer chain.Camera.Close()
	if f := chain.Camera.Format(); f.Width != 896 || f.Height != 480 {
		t.Errorf("opened with %+v", f)
	}
}

// TestTheSameIsToldOnce holds that a way which cannot be gone is told of when it is news, and not each second.
func TestTheSameIsToldOnce(t *testing.T) {
	o, log := openerFor(t, "if [ $w -gt ${least:-0} ]; then "+noMemory+"fi\nexit 1\n")
	chain := capture.Chain{}
	for n, want := range []int{2, 2, 2, 2, 3} {
		if n == 2 || n == 4 {
			t.Setenv("least", map[int]string{2: "900", 4: "0"}[n])
		}
		var err error
		if chain, err = o.open(chain, capture.Demand{}); err == nil || chain.Camera != nil {
			t.Fatalf("it opened: %v, %v", chain.Camera, err)
		}
		if got := strings.Count(log.String(), "\n"); got != want {
			t.Errorf("open %d: %d lines, want %d: %s", n, got, want, log)
		}
	}
	if err := chain.Encoder.Close(); err != nil {
		t.Error(err)
	}
}

// TestAnEncoderThatFails holds that another encoder has its turn when one fails again and again, and that this one is
// tried on where there is no other.
func TestAnEncoderThatFails(t *testing.T) {
	encoder := capture.Mem2Mem{Name: "encoder", Path: "/dev/video11",
		In: capture.Queue{Offers: []capture.Offer{{FourCC: capture.YU12}}}, Out: capture.Queue{Offers: []capture.Offer{{FourCC: capture.H264}}}}
	for choice, want := range map[string]string{"auto": "OpenH264", "v4l2": "/dev/video11"} {
		board := capture.Board{Software: software, Mem2Mem: []capture.Mem2Mem{encoder},
			Cameras: []capture.BoardCamera{webcam("/dev/v4l/by-id/a", capture.YU12)}}
		var log bytes.Buffer
		o := &opener{config: config.Default(), log: slog.New(slog.NewTextHandler(&log, nil))}
		o.config.Video.Encoder = choice
		o.way = *chooseWay(board, wishOf(o.config)).Way
		o.learn(&board, wishOf(o.config), capture.Demand{Failures: giveUpAfter, Last: fmt.Errorf("test: %w", capture.ErrStalled)})
		w := chooseWay(board, wishOf(o.config)).Way
		if w == nil {
			t.Fatalf("%s: there is no way any more", choice)
		}
		if s, _ := w.Step(capture.Coder); s.Path != want || (log.Len() > 0) != (choice == "auto") {
			t.Errorf("%s: the way ends in %s; it logs %s", choice, s.Path, &log)
		}
	}
}

// TestDeliverASignal holds that an HDMI bridge which answers with another size than its signal's is believed.
func TestDeliverASignal(t *testing.T) {
	bridge := webcam("a", capture.YU12)
	bridge.Signal = &capture.Signal{Width: 1280, Height: 720, FPS: 50}
	board := capture.Board{Software: software, Cameras: []capture.BoardCamera{bridge}}
	deliver(&board, "a", answerError{asked: capture.VideoFormat{FourCC: capture.YU12, Width: 1280, Height: 720},
		got: capture.VideoFormat{FourCC: capture.YU12, Width: 1920, Height: 1080}})
	if w := chooseWay(board, wishOf(config.Default())).Way; w == nil || w.Format.Width != 1920 {
		t.Errorf("the way is %v", w)
	}
	if bridge.Signal.Width != 1280 {
		t.Error("the board that was found is changed")
	}
	board.Cameras = append(board.Cameras, webcam("b", capture.YU12))
	if !isBridge(board, "a") || isBridge(board, "b") || isBridge(board, testCamera) {
		t.Error("a bridge is not told from a camera")
	}
}

// TestCSICameraWithAnotherSize holds that the encoder is opened for what libcamera settled, not for what was asked for.
func TestCSICameraWithAnotherSize(t *testing.T) {
	o, _ := openerFor(t, "echo 'configuring streams: (0) 1024x576-YUV420' >&2\nexec cat /dev/zero\n")
	chain, err := o.open(capture.Chain{}, capture.Demand{})
	if err != nil {
		t.Fatal(err)
	}
	defer chain.Encoder.Close()
	defer chain.Camera.Close()
	if f := chain.Camera.Format(); f.Width != 1024 || chain.Format.Width != 1024 || chain.Format.Height != 576 {
		t.Errorf("the camera delivers %+v, the encoder takes %+v", f, chain.Format)
	}
}
