package config

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long a file must be left alone until it counts as written: editors save in several steps.
const quiet = 200 * time.Millisecond

// Changed blocks until the file at path is written, replaced, created or removed, and was then left alone for a moment. seen
// is what Read gave, nil where it failed: when the file is another by now, Changed does not wait. It returns
// ctx.Err() when ctx ends first.
//
// Files that the configuration names are not watched. A caller that waits for a token file to appear gives ctx a
// deadline and looks again.
func Changed(ctx context.Context, path string, seen []byte) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", path, err)
	}
	defer w.Close() // waits for its goroutine
	names, target, err := watch(w, path)
	if err != nil {
		return fmt.Errorf("watch %s: %w", path, err)
	}
	settled := time.NewTimer(quiet)
	if now, err := readSmall(path, 64<<10); (err != nil) == (seen == nil) && bytes.Equal(now, seen) {
		settled.Stop()
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-settled.C:
			return nil
		case err := <-w.Errors: // events were lost: the file may be among them
			if err != nil {
				settled.Reset(quiet)
			}
		case e := <-w.Events:
			if now, err := filepath.EvalSymlinks(path); names[filepath.Clean(e.Name)] || err == nil && now != target { // a link on the way, such as ..data
				settled.Reset(quiet)
			}
		}
	}
}

// watch listens to the folder of the file, since editors replace the file itself, and where path is a link, to the
// folder of its target too. It returns the names that matter, and the target, "" where there is none.
func watch(w *fsnotify.Watcher, path string) (names map[string]bool, target string, err error) {
	path = filepath.Clean(path)
	names = map[string]bool{path: true}
	if err := w.Add(filepath.Dir(path)); err != nil {
		return nil, "", err
	}
	if target, err = filepath.EvalSymlinks(path); err == nil && target != path {
		names[target] = true
		if err := w.Add(filepath.Dir(target)); err != nil {
			return nil, "", err
		}
	}
	return names, target, nil
}
