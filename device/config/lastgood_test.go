package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestLastGood(t *testing.T) {
	g := LastGood{Dir: filepath.Join(t.TempDir(), "state", "vigie")}
	if _, err := g.Load(nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a copy: %v", err)
	}
	for _, name := range []string{"One", "Two"} {
		if err := g.Save([]byte("venue: {name: " + name + "}\n")); err != nil {
			t.Fatal(err)
		}
		c, err := g.Load([]string{"VIGIE_CAMERA_FPS=25"})
		if err != nil || c.Venue.Name != name || c.Camera.FPS != 25 {
			t.Errorf("got %+v, %v", c, err)
		}
	}
	entries, err := os.ReadDir(g.Dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("the folder has %v, %v", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others can read it", info.Mode(), err)
	}
}

// A card wears out by writing: the same bytes are not written again.
func TestLastGoodUnchanged(t *testing.T) {
	g := LastGood{Dir: t.TempDir()}
	stat := func() os.FileInfo {
		if err := g.Save([]byte("log: {}\n")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(g.path())
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	if before, after := stat(), stat(); !os.SameFile(before, after) {
		t.Error("it was written twice")
	}
}

func TestLastGoodFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (LastGood{Dir: file}).Save([]byte("log: {}\n")); err == nil {
		t.Error("a file is no folder")
	}
}
