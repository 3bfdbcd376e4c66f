package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

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
		choice{"127.0.0.1:8080", "this computer alone"}, choice{":8080", "everyone who reaches this box and has its passphrase"})
	return values, token, err
}

// plainLetters are those of an address for letters of Western Europe.
var plainLetters = strings.NewReplacer("à", "a", "â", "a", "ä", "a", "å", "a", "á", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"í", "i", "î", "i", "ï", "i", "ñ", "n", "ó", "o", "ô", "o", "ö", "o", "ø", "o", "ú", "u", "ù", "u", "û", "u", "ü", "u", "æ", "ae", "œ", "oe", "ß", "ss")

// channelOf makes the last part of an address of a name.
func channelOf(name string) string {
	words := strings.FieldsFunc(plainLetters.Replace(strings.ToLower(name)), func(r rune) bool {
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
