package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"vigie/device/config"
)

// write writes the token's file and the configuration, or nothing.
func (c initCommand) write(from beginning, values map[string]string, token string) error {
	tokenFile := c.tokenFile()
	if _, another := values["relay.url"]; !another && from.config.Relay.TokenFile != "" {
		tokenFile = from.config.Relay.TokenFile
	}
	if token != "" {
		was, _ := os.Stat(tokenFile) // nil where there is none
		draft, err := newFile(tokenFile, []byte(token+"\n"), 0o600, was)
		if err != nil {
			return err
		}
		defer os.Remove(draft)
		values["relay.token_file"] = draft
	}
	if _, err := from.filled(values); err != nil {
		return usageError{fmt.Errorf("nothing was written: %w", err)}
	}
	if token != "" {
		draft := values["relay.token_file"]
		if err := c.put(draft, tokenFile); err != nil {
			return err
		}
		values["relay.token_file"] = tokenFile
	}
	err := c.finish(from, values)
	if err != nil && token != "" && !c.Overwrite {
		err = errors.Join(err, os.Remove(tokenFile))
	}
	return err
}

// tokenFile is where the token goes: the folder that the package made, of which the unit is given copies, or beside the
// configuration.
func (c initCommand) tokenFile() string {
	dir := filepath.Dir(c.Config)
	if info, err := os.Stat(filepath.Join(dir, "tokens")); err == nil && info.IsDir() {
		return filepath.Join(dir, "tokens", "relay")
	}
	return filepath.Join(dir, "relay-token")
}

func (c initCommand) finish(from beginning, values map[string]string) error {
	data, err := from.filled(values)
	if err != nil {
		return err
	}
	was, _ := os.Stat(from.path) // nil where there is none
	draft, err := newFile(from.path, data, 0o644, was)
	if err != nil {
		return err
	}
	defer os.Remove(draft)
	return c.put(draft, from.path)
}

// filled is the configuration with the answers in it, and read as the box will read it.
func (b beginning) filled(values map[string]string) ([]byte, error) {
	data, err := config.Fill(b.text, values)
	if err == nil {
		_, err = config.Parse("the new configuration", data, nil)
	}
	return data, err
}

// put gives a draft its name; what is there already stays, but for --overwrite, which keeps it under another name.
func (c initCommand) put(draft, path string) error {
	if c.Overwrite {
		if err := keep(path); err != nil {
			return err
		}
		return os.Rename(draft, path)
	}
	err := os.Link(draft, path)
	if errors.Is(err, fs.ErrExist) {
		err = usageError{fmt.Errorf("%s is there already; --overwrite replaces it", path)}
	}
	return err
}

// beforeInit is where the file was copied to that is written over.
func beforeInit(path string) string { return path + ".bak" }

// keep copies what is there, if anything is.
func keep(path string) error {
	was, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	data, readErr := os.ReadFile(path)
	if err = errors.Join(err, readErr); err != nil {
		return err
	}
	draft, err := newFile(beforeInit(path), data, 0o600, was)
	if err != nil {
		return err
	}
	return errors.Join(os.Rename(draft, beforeInit(path)), os.RemoveAll(draft))
}

// newFile writes a draft beside path, which is on the disk when it returns, and returns its name. It has the mode and the
// owner of like, where there is one: who could read a file still can, and nobody else.
func newFile(path string, data []byte, mode fs.FileMode, like fs.FileInfo) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*.tmp")
	if err != nil {
		return "", err
	}
	if like != nil {
		mode = like.Mode().Perm()
		owner := like.Sys().(*syscall.Stat_t)
		err = f.Chown(int(owner.Uid), int(owner.Gid))
	}
	_, writeErr := f.Write(data)
	if err = errors.Join(err, writeErr, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
	}
	return f.Name(), err
}
