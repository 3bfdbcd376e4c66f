//go:build bench

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/rpicam/rpicamtest"
)

const csi = "camera: {device: rpicam, width: 640, height: 360, fps: 15}\n"

// standIn puts a program of the name rpicam-vid first in PATH, which behaves as the real one does with a CSI camera. It
// returns its path.
func standIn(t *testing.T, scenario string) string {
	t.Helper()
	self, err := os.Executable()
	must(t, "this program", err)
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\n%s=%s exec %s \"$@\"\n", rpicamtest.Scenario, scenario, self)
	program := filepath.Join(dir, "rpicam-vid")
	must(t, "script", os.WriteFile(program, []byte(script), 0o755))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return program
}

// child is the one that a program has.
func child(t *testing.T, parent int) int {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		pid, of, state := 0, 0, ""
		before, after, _ := strings.Cut(string(stat), " (")
		fmt.Sscan(before, &pid)
		_, after, _ = cutLast(after, ") ")
		if fmt.Sscan(after, &state, &of); of == parent {
			return pid
		}
	}
	t.Fatalf("process %d has no child", parent)
	return 0
}

// TestHardwareCSI is a CSI camera by libcamera's program: raw pictures for the board's encoder. The program is killed in a
// show.
func TestHardwareCSI(t *testing.T) {
	program := standIn(t, "still")
	b, begin := liveBox(t, csi)
	b.takes("camera rpicam YU12 640x360 15 -> copy -> " + encoderNode(t) + " H264")
	v := watch(t)
	awaitMore(t, v, 30, 30)
	must(t, "uninstall", os.Rename(program, program+"-gone")) // it would be back before anybody has seen a slate
	must(t, "kill", syscall.Kill(child(t, b.PID), syscall.SIGKILL))
	b.awaitWarning("no_camera")
	awaitMore(t, v, 10, 0)
	must(t, "install", os.Rename(program+"-gone", program))
	installed := time.Now()
	awaitMore(t, v, 30, 30)
	b.keptSession()
	law1(t, b, begin, capture.Now())

	all := saw(t, v, lostLine)
	for i, s := range all {
		if _, slate := s.slate(); !slate && s.mean() < 220 {
			t.Errorf("picture %d has a luma of %d, it is to be white", i, s.mean())
		}
	}
	after := back(t, all, installed)
	if after > 2*time.Second {
		t.Errorf("the picture was back %v after the program", after)
	}
	t.Logf("the picture was back %v after the program could be started again", after)
}

// TestHardwareCSIWithoutProgram says what to install, on the page and by doctor.
func TestHardwareCSIWithoutProgram(t *testing.T) {
	b := startBox(t, csi)
	b.await("standby", startup)
	b.awaitWarning("no_camera")
	const cure = "install it: apt-get install rpicam-apps-lite"
	if r := b.status(); !strings.Contains(r.Warnings[0].Text, cure) || r.Lights.Amber != "fast" {
		t.Errorf("without the program: %+v", r)
	}
	b.Stop()
	if found := doctor(t, csi, 1); !strings.Contains(found, cure) || !strings.Contains(found, "red    way            no way without a camera") {
		t.Errorf("doctor says\n%s", found)
	}
}
