package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"vigie"
	"vigie/device/config"
)

// write writes the token's file and the configuration, or nothing.
func (c initCommand) write(values map[string]string, token string) error {
	tokenFile := c.tokenFile()
	if token != "" {
		draft, err := newFile(tokenFile, []byte(token+"\n"), 0o600)
		if err != nil {
			return err
		}
		defer os.Remove(draft)
		values["relay.token_file"] = draft
	}
	if _, err := c.filled(values); err != nil {
		return err
	}
	if token != "" {
		draft := values["relay.token_file"]
		if err := c.put(draft, tokenFile); err != nil {
			return err
		}
		values["relay.token_file"] = tokenFile
	}
	err := c.finish(values)
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

func (c initCommand) finish(values map[string]string) error {
	data, err := c.filled(values)
	if err != nil {
		return err
	}
	draft, err := newFile(c.Config, data, 0o644)
	if err != nil {
		return err
	}
	defer os.Remove(draft)
	return c.put(draft, c.Config)
}

// filled is the shipped configuration with the answers in it, and read as the box will read it.
func (c initCommand) filled(values map[string]string) ([]byte, error) {
	data, err := config.Fill(vigie.ShippedConfig, values)
	if err == nil {
		_, err = config.Parse("the new configuration", data, nil)
	}
	if err != nil {
		return nil, usageError{fmt.Errorf("nothing was written: %w", err)}
	}
	return data, nil
}

// put gives a draft its name; what is there already stays, but for --overwrite.
func (c initCommand) put(draft, path string) error {
	if c.Overwrite {
		return os.Rename(draft, path)
	}
	err := os.Link(draft, path)
	if errors.Is(err, fs.ErrExist) {
		err = usageError{fmt.Errorf("%s is there already; --overwrite replaces it", path)}
	}
	return err
}

// newFile writes a draft beside path, which is on the disk when it returns, and returns its name.
func newFile(path string, data []byte, mode fs.FileMode) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*.tmp")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
	}
	return f.Name(), err
}
