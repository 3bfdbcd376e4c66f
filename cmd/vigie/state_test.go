package main

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is left of a secret after a power cut is made anew; a longer one, which somebody wrote, is kept.
func TestSecretsThatAreNone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "box-id")
	for name, c := range map[string]struct {
		text string
		kept bool
	}{
		"whole": {rand.Text() + "\n", true}, "longer": {strings.Repeat("own-", 10), true}, "empty": {"", false}, "cut off": {rand.Text()[:20], false},
		"zeros": {strings.Repeat("\x00", 27), false}, "noise": {strings.Repeat("\xff\x01", 20), false},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := keptSecret(dir, "box-id")
		if err != nil || got == strings.TrimSpace(c.text) != c.kept || len(got) < 26 {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if again, err := keptSecret(dir, "box-id"); err != nil || again != got {
			t.Errorf("%s: a second start has another: %q, %v", name, again, err)
		}
	}
}

// The start removes what was left half written, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{
		"doctor-1.tmp": time.Hour, "passphrase-2.tmp": -time.Hour, "passphrase": time.Hour, "now-3.tmp": time.Second, "folder.tmp/in.tmp": time.Hour,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	sweep(dir, slog.New(slog.DiscardHandler))
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(strings.Join(left, " "), dir+"/", ""); got != "folder.tmp now-3.tmp passphrase" {
		t.Errorf("left: %s", got)
	}
}

// TestReplaceFile holds that a file of the box is its user's alone, that nothing is left beside it, and that the same bytes are
// not written again: a card wears out by writing.
func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, lastGood)
	write := func(text string) os.FileInfo {
		t.Helper()
		if err := replaceFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first, again, other := write("one"), write("one"), write("two")
	if !os.SameFile(first, again) || os.SameFile(again, other) {
		t.Error("it was written twice, or never")
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "two" || other.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, %v", text, err, other.Mode())
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("the folder has %v, %v", all, err)
	}
	if err := replaceFile(filepath.Join(path, "file"), nil); err == nil {
		t.Error("a file is no folder")
	}
}

// TestWithoutState has a disk on which nothing can be made: the box is in Standby, and says so.
func TestWithoutState(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", "/proc/nowhere")
	p := startProgramHere(t, "camera: {device: test}\n")
	p.await("standby and a warning of the disk", func(s seen) bool { return s.State == "standby" && s.warning("disk_failed") != "" })
}
