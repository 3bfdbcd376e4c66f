package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lastGood is the copy, in the state directory, of the last configuration that was good and was carried out, so that a box whose
// file is broken at boot still knows its lights and its relay.
const lastGood = "config.last-good.yaml"

// stateDirectory is where the box keeps what must outlive a restart: systemd's, else the user's. One that is named and cannot
// be made is returned with the error.
func stateDirectory() (string, error) {
	dir, _, _ := strings.Cut(os.Getenv("STATE_DIRECTORY"), ":") // systemd may give several
	if dir == "" {
		home := os.Getenv("XDG_STATE_HOME")
		if home == "" {
			user, err := os.UserHomeDir()
			if err != nil {
				return "", fmt.Errorf("no state directory: set STATE_DIRECTORY or HOME: %w", err)
			}
			home = filepath.Join(user, ".local", "state")
		}
		dir = filepath.Join(home, "vigie")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return dir, fmt.Errorf("state directory: %w", err)
	}
	return dir, nil
}

// keptSecret returns the random text that the file in dir holds, made at the first call. Nobody but the user can read
// it.
func keptSecret(dir, name string) (string, error) { return keptText(dir, name, rand.Text) }

// keptText is keptSecret with a text that newText makes. What a power cut or a bad card left of one is made anew: one that
// is shorter, or has in it what nobody can print. A longer one may be somebody's own.
func keptText(dir, name string, newText func() string) (string, error) {
	path, made := filepath.Join(dir, name), newText()
	text, err := os.ReadFile(path)
	if kept := strings.TrimSpace(string(text)); err == nil && len(kept) >= len(made) && printable(kept) {
		return kept, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := replaceFile(path, []byte(made+"\n")); err != nil {
		return "", err
	}
	return made, nil
}

// printable tells whether all of it is ASCII that prints.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// replaceFile has a file hold these bytes, for its owner alone: the old ones are there until the new ones are on the disk, and the
// new ones when it returns. Bytes that are there already are not written again, to spare the card.
func replaceFile(path string, data []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*.tmp") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a rename in dir last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// sweep removes what a power cut left half written in the state directory; doctor's files have megabytes. Those of the last
// minute may be another command's that runs now.
func sweep(dir string, log *slog.Logger) {
	left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")) // it fails for a bad pattern alone
	for _, path := range left {
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || time.Since(info.ModTime()).Abs() < time.Minute {
			continue
		}
		if err := os.Remove(path); err != nil {
			log.Warn("a file that a power cut left cannot be removed", "err", err)
		}
	}
}
