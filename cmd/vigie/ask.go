package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// asker asks a person at a terminal, or a script by a pipe.
type asker struct {
	in  *os.File
	out io.Writer
}

// choice is one of several answers.
type choice struct{ value, text string }

// text asks until the answer is good. An empty answer is fallback, which is shown as that.
func (a asker) text(ctx context.Context, question, fallback, shown string, check func(string) error) (string, error) {
	for {
		fmt.Fprintf(a.out, "\n%s [%s] ", question, shown)
		answer, err := a.line(ctx)
		if err != nil {
			return "", err
		}
		if answer = strings.TrimSpace(answer); answer == "" {
			return fallback, nil
		}
		if err = check(answer); err == nil {
			return answer, nil
		}
		fmt.Fprintf(a.out, "That cannot be: it %v\n", err)
	}
}

// oneOf asks for a number of a list. An empty answer is fallback, which is in the list, or comes first in it.
func (a asker) oneOf(ctx context.Context, question, fallback string, choices ...choice) (string, error) {
	at := slices.IndexFunc(choices, func(c choice) bool { return c.value == fallback })
	if at < 0 {
		choices, at = append([]choice{{fallback, "as it is: " + fallback}}, choices...), 0
	}
	fmt.Fprintf(a.out, "\n%s\n", question)
	for i, c := range choices {
		fmt.Fprintf(a.out, "  %d  %s\n", i+1, c.text)
	}
	for {
		fmt.Fprintf(a.out, "Number [%d] ", at+1)
		answer, err := a.line(ctx)
		if err != nil {
			return "", err
		}
		if answer = strings.TrimSpace(answer); answer == "" {
			return fallback, nil
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(choices) {
			return choices[n-1].value, nil
		}
		fmt.Fprintf(a.out, "A number from 1 to %d, please.\n", len(choices))
	}
}

// secret asks for what nobody is to read over a shoulder: a terminal does not show it.
func (a asker) secret(ctx context.Context, question string) (string, error) {
	fd := int(a.in.Fd())
	if before, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == nil {
		quiet := *before
		quiet.Lflag &^= unix.ECHO
		if err := unix.IoctlSetTermios(fd, unix.TCSETS, &quiet); err != nil {
			return "", fmt.Errorf("the terminal would show it: %w", err)
		}
		defer func() {
			_ = unix.IoctlSetTermios(fd, unix.TCSETS, before)
			fmt.Fprintln(a.out)
		}()
	}
	fmt.Fprintf(a.out, "\n%s ", question) // now that it can be answered at once
	answer, err := a.line(ctx)
	return strings.TrimSpace(answer), err
}

// line reads one, and ends with ctx: it never waits in a read. At the end of the input it is io.ErrUnexpectedEOF.
func (a asker) line(ctx context.Context) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		poll := []unix.PollFd{{Fd: int32(a.in.Fd()), Events: unix.POLLIN}}
		n, err := unix.Poll(poll, 100)
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case errors.Is(err, unix.EINTR), n == 0 && err == nil:
			continue
		case err != nil:
			return "", err
		}
		switch _, err := a.in.Read(one); {
		case errors.Is(err, io.EOF) && len(line) > 0, err == nil && one[0] == '\n':
			return string(line), nil
		case errors.Is(err, io.EOF):
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		case len(line) == 4096:
			return "", errors.New("a line without an end")
		}
		line = append(line, one[0])
	}
}
