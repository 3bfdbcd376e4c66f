package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

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
	values, token, err := ask(ctx, a, from.config)
	if err != nil {
		fmt.Fprintln(a.out)
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
		fmt.Fprintf(a.out, "What it was is in %s.\n", beforeInit(c.Config))
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
	there  bool           // it is the one that is there, and no shipped one
	over   bool           // one is there, good or broken
}

// begin reads the configuration that is there, whose values are the answers of those who just press Enter; where there is
// none, or a broken one, the shipped one.
func (c initCommand) begin(out io.Writer) (beginning, error) {
	defaults := config.Default()
	shipped := beginning{text: vigie.ShippedConfig, config: &defaults}
	if _, err := os.Lstat(c.Config); errors.Is(err, fs.ErrNotExist) {
		return shipped, nil
	}
	if !c.Overwrite {
		return shipped, usageError{fmt.Errorf("%s is there already; --overwrite changes it, and --config writes another one", c.Config)}
	}
	data, err := config.Read(c.Config)
	if err != nil {
		return shipped, err
	}
	cfg, err := config.Parse(c.Config, data, nil)
	if err != nil {
		fmt.Fprintf(out, "%v\n\nThe file is broken: all of it is written anew, and what it was goes to %s.\n"+
			"To keep what is in it, end here (Ctrl-C) and mend it.\n", err, beforeInit(c.Config))
		shipped.over = true
		return shipped, nil
	}
	return beginning{data, cfg, true, true}, nil
}
