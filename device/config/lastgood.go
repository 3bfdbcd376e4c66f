package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// LastGood keeps a copy of the last configuration that was good, so that a box whose file is broken at boot still
// knows its lights and its relay.
type LastGood struct {
	Dir string // the state directory; it is made if it is not there
}

func (g LastGood) path() string { return filepath.Join(g.Dir, "config.last-good.yaml") }

// Save keeps the bytes that Parse found good. They are on the disk when it returns, and the power may fail at any
// moment: the old copy is there until the new one is. A copy that is the same is not written again, to spare the
// card.
func (g LastGood) Save(data []byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("keep the last good configuration in %s: %w", g.Dir, err)
		}
	}()
	if old, err := os.ReadFile(g.path()); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(g.Dir, 0o700); err != nil {
		return err
	}
	// 0600 by CreateTemp: it may hold a TURN server's credential.
	f, err := os.CreateTemp(g.Dir, "config.last-good-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), g.path()); err != nil {
		return err
	}
	return syncDir(g.Dir)
}

// Load parses the copy with the environment of now. Without a copy the error is fs.ErrNotExist.
func (g LastGood) Load(environ []string) (*Config, error) {
	data, err := readSmall(g.path(), 64<<10)
	if err != nil {
		return nil, err
	}
	return Parse(g.path(), data, environ)
}

// syncDir makes a rename in dir last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
