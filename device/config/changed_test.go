package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// watching is a context that tells when its Done is asked for: Changed then listens, and has looked at the file.
type watching struct {
	context.Context
	once  sync.Once
	ready chan struct{}
}

func (w *watching) Done() <-chan struct{} {
	w.once.Do(func() { close(w.ready) })
	return w.Context.Done()
}

// Each way to save a file ends the wait.
func TestChanged(t *testing.T) {
	defer goleak.VerifyNone(t)
	put := func(t *testing.T, path, data string) {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Error(err)
		}
	}
	for name, save := range map[string]func(t *testing.T, path string){
		"written": func(t *testing.T, path string) { put(t, path, "new") },
		"replaced": func(t *testing.T, path string) {
			put(t, path+".swp", "new")
			if err := os.Rename(path+".swp", path); err != nil {
				t.Error(err)
			}
		},
		"removed and created": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
			put(t, path, "new")
		},
		"removed": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.yaml")
			put(t, path, "old")
			wait(t, path, []byte("old"), func() { save(t, path) })
		})
	}
	t.Run("created", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "config.yaml")
		wait(t, path, nil, func() { put(t, path, "new") })
	})
	t.Run("relative", func(t *testing.T) {
		t.Chdir(t.TempDir())
		put(t, "config.yaml", "old")
		wait(t, "config.yaml", []byte("old"), func() { put(t, "config.yaml", "new") })
	})
	t.Run("behind a link", func(t *testing.T) {
		path, target := filepath.Join(t.TempDir(), "config.yaml"), filepath.Join(t.TempDir(), "real.yaml")
		put(t, target, "old")
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
		wait(t, path, []byte("old"), func() { put(t, target, "new") })
	})
	t.Run("in a folder whose link is swapped", func(t *testing.T) { // as mounted configurations are
		dir := t.TempDir()
		for _, version := range []string{"old", "new"} {
			if err := errors.Join(os.Mkdir(filepath.Join(dir, version), 0o700), os.Symlink(version, filepath.Join(dir, "to-"+version))); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, version, "config.yaml"), version)
		}
		path, data := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "..data")
		if err := errors.Join(os.Rename(filepath.Join(dir, "to-old"), data), os.Symlink("..data/config.yaml", path)); err != nil {
			t.Fatal(err)
		}
		wait(t, path, []byte("old"), func() {
			if err := os.Rename(filepath.Join(dir, "to-new"), data); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("before the call", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "config.yaml")
		put(t, path, "new")
		wait(t, path, []byte("old"), func() {})
	})
	t.Run("removed before the call", func(t *testing.T) {
		wait(t, filepath.Join(t.TempDir(), "config.yaml"), []byte("old"), func() {})
	})
}

// wait starts Changed, saves when it listens, and holds that it returns.
func wait(t *testing.T, path string, seen []byte, save func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	w, done := &watching{Context: ctx, ready: make(chan struct{})}, make(chan error)
	go func() { done <- Changed(w, path, seen) }()
	<-w.ready
	save()
	if err := <-done; err != nil {
		t.Errorf("Changed: %v", err)
	}
}

// Another file in the folder does not end the wait, nor does a file that is as it was.
func TestChangedIgnoresOthers(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*quiet)
	defer cancel()
	w, done := &watching{Context: ctx, ready: make(chan struct{})}, make(chan error)
	go func() { done <- Changed(w, path, []byte("old")) }()
	<-w.ready
	if err := os.WriteFile(filepath.Join(dir, "other"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := Changed(t.Context(), filepath.Join(dir, "gone", "config.yaml"), nil); err == nil {
		t.Error("a folder that is not there cannot be watched")
	}
}
