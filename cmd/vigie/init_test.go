package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"vigie/device/config"
)

// answer runs `vigie init` in a folder of its own with these lines as its input.
func answer(t *testing.T, c initCommand, lines string) (out string, err error) {
	t.Helper()
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := io.WriteString(w, lines); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var text bytes.Buffer
	err = c.run(t.Context(), asker{in: in, out: &text})
	return text.String(), err
}

func entries(t *testing.T, dir string) string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// TestInit holds that what the answers make passes `vigie check` and says what was answered.
func TestInit(t *testing.T) {
	for name, c := range map[string]struct {
		lines string
		is    func(*config.Config) bool
		files string
	}{
		"nothing but Enter": {strings.Repeat("\n", 6), func(c *config.Config) bool {
			return c.Venue.Name == "Main stage" && c.Relay.URL == config.Embedded && c.Relay.Listen == "127.0.0.1:8889" &&
				c.Camera.Device == "auto" && c.Status.Listen == "127.0.0.1:8080"
		}, "config.yaml"},
		"a relay inside, for all": {"Salle des Fêtes: #1\n\n2\n1\n1\n2\n", func(c *config.Config) bool {
			return c.Venue.Name == "Salle des Fêtes: #1" && c.Venue.Channel == "salle-des-fetes-1" && c.Relay.Listen == ":8889" &&
				c.Status.Listen == ":8080"
		}, "config.yaml"},
		"a relay elsewhere": {"Metrics\nrelay.example.org\nhttps://relay.example.org/whip/x\ns3cret\n\n9\n1\n\n", func(c *config.Config) bool {
			token, err := config.ReadToken(c.Relay.TokenFile)
			return err == nil && token == "s3cret" && c.Relay.URL == "https://relay.example.org/whip/x" && c.Venue.Channel == "main-stage"
		}, "config.yaml relay-token"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "config.yaml")
			out, err := answer(t, initCommand{file: file{path}}, c.lines)
			if err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			if code := run([]string{"check", "--config", path}, &stdout, &stderr); code != 0 {
				t.Errorf("check ends with %d: %s", code, &stderr)
			}
			if cfg, err := config.Load(path, nil); err != nil || !c.is(cfg) {
				t.Errorf("it is %+v, %v", cfg, err)
			}
			data, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(data, []byte("# the last part of the watch page's address")) {
				t.Errorf("it has no comments: %v", err)
			}
			if got := entries(t, dir); got != c.files || strings.Contains(out+string(data), "s3cret") {
				t.Errorf("there are %s; the token is told: %s", got, out)
			}
			if info, err := os.Stat(filepath.Join(dir, "relay-token")); err == nil && info.Mode().Perm() != 0o600 {
				t.Errorf("the token's file is %v", info.Mode())
			}
		})
	}
}

// TestInitLeavesNothing holds that nothing is written before the last answer, nor over what is there.
func TestInitLeavesNothing(t *testing.T) {
	lines := strings.SplitAfter("Hall\nhttps://relay.example.org/whip\ntoken\n1\n1\n1\n", "\n")
	for n := range 6 {
		dir := t.TempDir()
		if _, err := answer(t, initCommand{file: file{filepath.Join(dir, "config.yaml")}}, strings.Join(lines[:n], "")); err == nil ||
			err.Error() != "nothing was written: the input ended before the last answer" {
			t.Errorf("after %d answers: %v", n, err)
		}
		if got := entries(t, dir); got != "" {
			t.Errorf("after %d answers there are %s", n, got)
		}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(filepath.Join(dir, "relay-token"), []byte("old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(lines, "")
	if out, err := answer(t, initCommand{file: file{path}}, all); err == nil || out != "" || entries(t, dir) != "relay-token" {
		t.Errorf("over a token: %v, after %q; there are %s", err, out, entries(t, dir))
	}
	nowhere := filepath.Join(dir, "nodir", "config.yaml")
	if out, err := answer(t, initCommand{file: file{nowhere}}, all); err == nil || out != "" ||
		!strings.Contains(err.Error(), "no file can be written into "+filepath.Dir(nowhere)+": no such file") {
		t.Errorf("into no folder: %v, after %q", err, out)
	}
	if _, err := answer(t, initCommand{file: file{path}, Overwrite: true}, all); err != nil || entries(t, dir) != "config.yaml relay-token relay-token.bak" {
		t.Errorf("asked to: %v; there are %s", err, entries(t, dir))
	}
	if err := os.Mkdir(filepath.Join(dir, "tokens"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := answer(t, initCommand{file: file{path}, Overwrite: true}, strings.Replace(all, "whip", "whip/2", 1))
	if cfg, loadErr := config.Load(path, nil); err != nil || loadErr != nil || cfg.Relay.TokenFile != filepath.Join(dir, "tokens", "relay") {
		t.Errorf("with the package's folder: %v, %v", err, loadErr)
	}
	usage := usageError{}
	if _, err := answer(t, initCommand{file: file{path}}, all); !errors.As(err, &usage) {
		t.Errorf("over a configuration: %v", err)
	}
}

// TestInitChanges holds that of a configuration that is there what was answered changes, and nothing else.
func TestInitChanges(t *testing.T) {
	dir := t.TempDir()
	path, token := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "stage")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	was := `# Wired by Anna in May.
venue: {name: Hall, channel: posters} # printed
relay:
  url: https://relay.example.org/whip/s3cret
  token_file: ` + token + `
  ice_servers: [stun:stun.example.org]
panel: {buttons: {cut: {line: GPIO24}}, lights: {red: {line: GPIO5, active: low}}}
status: {listen: "192.0.2.7:8080"}
`
	write(path, was)
	write(token, "of-the-stage\n")
	over := initCommand{file: file{path}, Overwrite: true}
	read := func(path string) string {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}

	out, err := answer(t, over, strings.Repeat("\n", 6))
	if err != nil || read(path) != was || entries(t, dir) != "config.yaml stage" || !strings.Contains(out, "Nothing is different") {
		t.Errorf("nothing but Enter: %v, %s\n%s", err, entries(t, dir), out)
	}
	if !strings.Contains(out, "[Hall]") || strings.Contains(out, "s3cret") || !strings.Contains(out, "as it is: 192.0.2.7:8080") ||
		!strings.Contains(out, "empty keeps the one in "+token) {
		t.Errorf("it is not shown what is there:\n%s", out)
	}

	out, err = answer(t, over, "Big hall\n\nnew-token\n\n\n2\n")
	want := strings.NewReplacer("name: Hall", `name: "Big hall"`, "\"192.0.2.7:8080\"", "\"127.0.0.1:8080\"").Replace(was)
	if err != nil || read(path) != want || read(path+".bak") != was {
		t.Errorf("%v:\n%s\n%s", err, read(path), read(path+".bak"))
	}
	if read(token) != "new-token\n" || read(token+".bak") != "of-the-stage\n" || !strings.Contains(out, "sudo systemctl restart vigie") {
		t.Errorf("the token is %s, %s", read(token), out)
	}
	for _, name := range []string{"config.yaml", "config.yaml.bak", "stage"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}

	if _, err = answer(t, over, "\nhttps://another.example.org/whip\n\n\n\n\n"); err != nil || !strings.Contains(read(path), "token_file: \"\"") {
		t.Errorf("another relay gets the first one's token: %v\n%s", err, read(path))
	}
	write(path, "venue: {name: Hall}\nnonsense: 1\n")
	out, err = answer(t, over, strings.Repeat("\n", 6))
	if err != nil || !strings.Contains(out, "config.yaml:2:1: nonsense") || !strings.Contains(read(path), "name: Main stage") ||
		!strings.Contains(read(path+".bak"), "nonsense") {
		t.Errorf("a broken one: %v\n%s", err, out)
	}
}

// TestInitAsksAgain holds that an answer that does not go with the others is refused where it is given.
func TestInitAsksAgain(t *testing.T) {
	for name, c := range map[string]struct {
		was, lines string // of a file that is there; its answers
		out        string
		is         func(*config.Config) bool
	}{
		"a token of two words": {"{}", "\nhttps://relay.example.org/whip\ntwo words\ns3cret\n\n\n\n", "it has something in it that no token has", func(c *config.Config) bool {
			token, err := config.ReadToken(c.Relay.TokenFile)
			return err == nil && token == "s3cret"
		}},
		"a token in the clear": {"{}", "\nhttp://relay.example.org/whip\ns3cret\n\n\n\n\n", "it would cross the network in the clear", func(c *config.Config) bool {
			return c.Relay.TokenFile == ""
		}},
		"embedded, with a backup": {"relay: {url: 'https://a.example.org', backup: ['https://b.example.org']}", "\nembedded\n\n\n\n\n\n",
			"it does not go with the rest: relay.backup: is for a relay elsewhere", func(c *config.Config) bool { return c.Relay.URL == "https://a.example.org" }},
		"a port that is taken": {"{relay: {media: 8080}, status: {listen: '127.0.0.1:9000'}}", "\n\n\n\n\n3\n\n",
			"status.listen: port 8080 is used by relay.media", func(c *config.Config) bool { return c.Status.Listen == "127.0.0.1:9000" }},
		"a silent box, made one of sound alone": {"microphone: {device: none}", fmt.Sprintf("\n\n\n%d\n%d\n\n\n", len(cameraChoices()), len(microphoneChoices())),
			"A number from 1 to", func(c *config.Config) bool { return c.Camera.Device == "none" && c.Microphone.Device == "auto" }},
		"a silent box": {"{camera: {device: test}, microphone: {device: none}}", "Hall\n\n\n\n\n\n", "none: the show is silent",
			func(c *config.Config) bool { return c.Microphone.Device == "none" }},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(path, []byte(c.was), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := answer(t, initCommand{file: file{path}, Overwrite: true}, c.lines)
			if err != nil || !strings.Contains(out, c.out) || strings.Contains(out, "two words") {
				t.Errorf("%v, after\n%s", err, out)
			}
			if cfg, err := config.Load(path, nil); err != nil || !c.is(cfg) {
				t.Errorf("it is %+v, %v", cfg, err)
			}
		})
	}
}

// TestInitThroughALink holds that the file is written that is meant, and not a link to it.
func TestInitThroughALink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "stage.yaml"), filepath.Join(dir, "config.yaml")
	err := os.WriteFile(path, []byte("venue: {name: Hall}\n"), 0o600)
	if err = errors.Join(err, os.Symlink("stage.yaml", link)); err != nil {
		t.Fatal(err)
	}
	out, err := answer(t, initCommand{file: file{link}, Overwrite: true}, "Big hall\n\n\n\n\n\n")
	if data, readErr := os.ReadFile(path); err != nil || readErr != nil || !bytes.Contains(data, []byte("Big hall")) {
		t.Errorf("%v, %v: %s", err, readErr, data)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink ||
		entries(t, dir) != "config.yaml stage.yaml stage.yaml.bak" || !strings.Contains(out, path+".bak") {
		t.Errorf("%v, %v: there are %s\n%s", info.Mode(), err, entries(t, dir), out)
	}
}

// TestInitCancelled holds that Ctrl-C ends it while it waits for an answer.
func TestInitCancelled(t *testing.T) {
	in, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	err = initCommand{file: file{filepath.Join(dir, "config.yaml")}}.run(ctx, asker{in: in, out: writes(cancel)})
	if err == nil || err.Error() != "nothing was written: it was ended before the last answer" || entries(t, dir) != "" {
		t.Errorf("%v; there are %s", err, entries(t, dir))
	}
}

// writes is a screen on which the first question is the last.
type writes func()

func (w writes) Write(p []byte) (int, error) {
	w()
	return len(p), nil
}

// TestSecretIsNotEchoed types a token on a terminal.
func TestSecretIsNotEchoed(t *testing.T) {
	person, terminal := openTerminal(t)
	a := asker{in: terminal, out: asked(func() {
		if _, err := io.WriteString(person, "s3cret\n"); err != nil {
			t.Error(err)
		}
	})}
	token, err := a.secret(t.Context(), "Token:")
	if err != nil || token != "s3cret" {
		t.Fatalf("%q, %v", token, err)
	}
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(person.Fd()), Events: unix.POLLIN}}, 0); err != nil || n > 0 {
		t.Error("the terminal shows what was typed")
	}
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil || state.Lflag&unix.ECHO == 0 {
		t.Errorf("the terminal stays quiet: %v", err)
	}
}

type asked func()

func (a asked) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "Token") {
		a()
	}
	return len(p), nil
}

// openTerminal is a pair of a person and a terminal.
func openTerminal(t *testing.T) (person, terminal *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { terminal.Close() })
	return person, terminal
}
