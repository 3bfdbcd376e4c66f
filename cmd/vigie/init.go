package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"vigie"
	"vigie/capture/alsa"
	"vigie/capture/v4l2"
	"vigie/device/config"
)

type initCommand struct {
	file
	Overwrite bool `help:"Write over a configuration that is there."`
}

// Run asks, and writes a configuration with comments. Until the last answer nothing is written.
func (c initCommand) Run(ctx context.Context, out io.Writer) error {
	return c.run(ctx, asker{in: os.Stdin, out: out})
}

func (c initCommand) run(ctx context.Context, a asker) error {
	if _, err := os.Lstat(c.Config); err == nil && !c.Overwrite {
		return usageError{fmt.Errorf("%s is there already; --overwrite replaces it, and --config writes another one", c.Config)}
	}
	values, token, err := c.ask(ctx, a)
	if err != nil {
		fmt.Fprintln(a.out)
		return fmt.Errorf("nothing was written: %w", err)
	}
	if err := c.write(values, token); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "\n%s is written. `vigie check --config %s` says what the box will do.\n", c.Config, c.Config)
	return nil
}

// ask asks six questions. It returns texts for keys of the configuration, and the relay's token.
func (c initCommand) ask(ctx context.Context, a asker) (values map[string]string, token string, err error) {
	values = map[string]string{}
	ask := func(key, question, fallback string) {
		if err == nil {
			values[key], err = a.text(ctx, question, fallback, func(s string) error { return config.Check(key, s) })
		}
	}
	choose := func(key, question string, choices ...choice) {
		if err == nil {
			values[key], err = a.oneOf(ctx, question, choices...)
		}
	}
	ask("venue.name", "1. What do viewers call this stage?", "Main stage")
	values["venue.channel"] = channelOf(values["venue.name"])
	ask("relay.url", "2. Where does the show go? The https:// address that your relay's operator gave you, or the relay inside vigie.", config.Embedded)
	switch {
	case err != nil:
	case values["relay.url"] != config.Embedded:
		token, err = a.secret(ctx, "3. The relay's token (it is not shown; empty for none):")
	default:
		choose("relay.listen", "3. Who can watch?", choice{"127.0.0.1:8889", "this computer alone"}, choice{":8889", "everyone who reaches this box"})
	}
	choose("camera.device", "4. Which camera?", cameraChoices()...)
	choose("microphone.device", "5. Which microphone?", microphoneChoices()...)
	choose("status.listen", "6. Who can see the status page, and press its button?",
		choice{"127.0.0.1:8080", "this computer alone"}, choice{":8080", "everyone who reaches this box"})
	return values, token, err
}

// channelOf makes the last part of an address of a name.
func channelOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	channel := strings.Trim(strings.Join(words, "-"), "-")
	channel = strings.Trim(channel[:min(len(channel), 63)], "-")
	if config.Check("venue.channel", channel) != nil {
		return "main-stage"
	}
	return channel
}

func cameraChoices() []choice {
	all := []choice{{"auto", "the first one that is found"}}
	cameras, _ := v4l2.FindCameras() // those that may not be looked at are not offered
	for _, c := range cameras {
		if config.Check("camera.device", c.Path) == nil {
			all = append(all, choice{c.Path, c.Name + " (" + c.Path + ")"})
		}
	}
	return append(all, choice{"rpicam", "a CSI camera that needs libcamera"}, choice{"none", "none: the show is sound alone"})
}

func microphoneChoices() []choice {
	all := []choice{{"auto", "the first one that is found"}}
	microphones, _ := alsa.Find()
	for _, m := range microphones {
		if config.Check("microphone.device", m.Address()) == nil {
			all = append(all, choice{m.Address(), m.String()})
		}
	}
	return append(all, choice{"none", "none: the show is silent"})
}

// write writes the token's file and the configuration, or nothing.
func (c initCommand) write(values map[string]string, token string) error {
	tokenFile := filepath.Join(filepath.Dir(c.Config), "relay-token")
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
