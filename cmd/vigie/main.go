// Command vigie is the program of the box: it captures, encodes and sends the stage at the press of a button, and
// shows on lights whether viewers get it.
//
//	vigie run         the box's daemon
//	vigie init        ask six questions and write config.yaml
//	vigie check       read config.yaml and say what will happen
//	vigie doctor      look at the board: devices, the way to the relay, disk
//	vigie relay       the embedded relay alone
//	vigie passphrase  print what the status page asks for from another computer
//	vigie version     what this is
//
// Here are flags, wiring and signals; what the program does is in the packages.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// What the build sets; committed is in seconds since 1970.
var version, commit, committed = "unknown", "unknown", ""

// Exit codes, also for systemd.
const (
	exitFailed = 1
	exitUsage  = 2 // the configuration or the usage is wrong
)

// usageError is a failure that the user mends in the configuration or on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// commands is the command line.
type commands struct {
	Run        runCommand        `cmd:"" help:"The box's daemon: wait for the button, go live, tell the truth."`
	Init       initCommand       `cmd:"" help:"Ask six questions and write a configuration with comments."`
	Check      checkCommand      `cmd:"" help:"Read the configuration and say what will happen, or what is wrong."`
	Doctor     doctorCommand     `cmd:"" help:"Look at the board: cameras, microphone, GPIO lines, the way to the relay, disk, clock, power."`
	Relay      relayCommand      `cmd:"" help:"The embedded relay alone, for a hall's own network."`
	Passphrase passphraseCommand `cmd:"" help:"Print what the status page asks for from another computer."`
	Version    versionCommand    `cmd:"" help:"What this is."`

	Dark darkCommand `cmd:"" hidden:"" help:"Make the lights dark: for the unit, after whatever ended the box."`
}

// file is the flag that all commands but version have.
type file struct {
	Config string `default:"config.yaml" help:"The configuration file." type:"path" placeholder:"FILE"`
}

func main() {
	runtime.MemProfileRate = 0 // nobody can read that profile, which takes memory and grows for months
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: it returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("vigie"), kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.Description("An edge broadcasting appliance for venues: one press, and the stage is live."),
		kong.Exit(func(code int) { exited = code }))
	if err != nil {
		fmt.Fprintln(stderr, "vigie:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		fmt.Fprintln(stderr, "vigie: "+err.Error())
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.BindTo(stdout, (*io.Writer)(nil))
	err = parsed.Run()
	if err == nil {
		return 0
	}
	text := err.Error()
	if forJournal() {
		text = errorPrefix + strings.ReplaceAll(text, "\n", "\n"+errorPrefix)
	}
	fmt.Fprintln(stderr, text)
	if usage := (usageError{}); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

type versionCommand struct{}

func (versionCommand) Run(out io.Writer) error {
	_, err := fmt.Fprintln(out, strings.Join(aboutBuild(), "\n"))
	return err
}
