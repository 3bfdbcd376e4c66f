package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"vigie"
	"vigie/device/config"
)

type initCommand struct {
	file
	Overwrite bool `help:"Change a configuration that is there. What is not asked for stays, and FILE.bak is what it was."`
}

// Run asks, and writes a configuration with comments. Until the last answer nothing is written.
func (c initCommand) Run(ctx context.Context, out io.Writer) error {
	return c.run(ctx, asker{in: os.Stdin, out: out})
}

func (c initCommand) run(ctx context.Context, a asker) error {
	from, err := c.begin(a.out)
	if err != nil {
		return err
	}
	values, token, err := ask(ctx, a, from)
	if err != nil {
		fmt.Fprintln(a.out)
		switch {
		case errors.Is(err, context.Canceled):
			err = errors.New("it was ended before the last answer")
		case errors.Is(err, io.ErrUnexpectedEOF):
			err = errors.New("the input ended before the last answer")
		}
		return fmt.Errorf("nothing was written: %w", err)
	}
	if from.there && len(values) == 0 && token == "" {
		fmt.Fprintf(a.out, "\nNothing is different: %s stays as it is.\n", c.Config)
		return nil
	}
	if err := c.write(from, values, token); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "\n%s is written. `vigie check --config %s` says what the box will do.\n", c.Config, c.Config)
	if from.over {
		fmt.Fprintf(a.out, "What it was is in %s.\n", beforeInit(from.path))
	}
	if token != "" {
		fmt.Fprintln(a.out, "The token counts when the service is started again: sudo systemctl restart vigie")
	}
	return nil
}

// beginning is the file that the answers go into.
type beginning struct {
	text   []byte
	config *config.Config // what it says
	path   string         // where it goes: what is named, or what that is a link to
	there  bool           // it is the one that is there, and no shipped one
	over   bool           // one is there, good or broken
}

// begin reads the configuration that is there, whose values are the answers of those who just press Enter; where there is
// none, or a broken one, the shipped one. What cannot be written is refused here, before anybody has answered anything.
func (c initCommand) begin(out io.Writer) (beginning, error) {
	defaults := config.Default()
	shipped := beginning{text: vigie.ShippedConfig, config: &defaults, path: c.Config}
	_, err := os.Lstat(c.Config)
	shipped.over = err == nil
	if shipped.over && !c.Overwrite {
		return shipped, usageError{fmt.Errorf("%s is there already; --overwrite changes it, and --config writes another one", c.Config)}
	}
	if shipped.over {
		if shipped.path, err = filepath.EvalSymlinks(c.Config); err != nil {
			return shipped, err
		}
	}
	if err := c.room(shipped.path); err != nil || !shipped.over {
		return shipped, err
	}
	data, err := config.Read(shipped.path)
	if err != nil {
		return shipped, err
	}
	cfg, err := config.Parse(c.Config, data, nil)
	if err != nil {
		fmt.Fprintf(out, "%v\n\nThe file is broken: all of it is written anew, and what it was goes to %s.\n"+
			"To keep what is in it, end here (Ctrl-C) and mend it.\n", err, beforeInit(shipped.path))
		return shipped, nil
	}
	return beginning{data, cfg, shipped.path, true, true}, nil
}

// room holds that the configuration can be written, and no other's token is in the way.
func (c initCommand) room(path string) error {
	dir := filepath.Dir(path)
	if err := unix.Access(dir+"/", unix.W_OK|unix.X_OK); err != nil {
		return usageError{fmt.Errorf("no file can be written into %s: %w", dir, err)}
	}
	if _, err := os.Lstat(c.tokenFile()); err == nil && !c.Overwrite {
		return usageError{fmt.Errorf("%s is there already; with --overwrite a token that you give replaces it", c.tokenFile())}
	}
	return nil
}
