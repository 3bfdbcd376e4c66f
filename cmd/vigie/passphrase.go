package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// passphraseFile is in the state directory, with mode 0600. It has the passphrase itself and no hash of it: vigie passphrase
// is to show it to whoever is root on the box, and who is root needs no passphrase.
const passphraseFile = "passphrase"

type passphraseCommand struct{}

// Run prints what the status page asks of those who come from another computer.
func (passphraseCommand) Run(out io.Writer) error {
	dir, err := servedState()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, passphraseFile))
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the passphrase is for root and the box itself: run sudo vigie passphrase: %w", err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no passphrase yet: vigie run makes it when it starts, or, where its disk was full, when somebody tries to log in: %w", err)
	case err != nil:
		return err
	}
	_, err = fmt.Fprintln(out, strings.TrimSpace(string(text)))
	return err
}

// servedState is the state directory of the box that runs here, for commands that are typed beside it.
func servedState() (string, error) {
	const service = "/var/lib/vigie" // of vigie.service
	if _, err := os.Stat(service); err == nil && os.Getenv("STATE_DIRECTORY") == "" {
		return service, nil
	}
	return stateDirectory()
}

// boxPassphrase returns what knows the box's passphrase, which is made at the box's first start. One that cannot be kept is
// one that nobody can learn: whenever somebody wants to come in, that is tried again.
func boxPassphrase(dir string, log *slog.Logger) func() string {
	var mu sync.Mutex
	var text string
	var kept bool
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		if kept {
			return text
		}
		switch made, err := keptText(dir, passphraseFile, newPassphrase); {
		case err == nil:
			text, kept = made, true
		case text == "":
			log.Warn("the passphrase cannot be kept: nobody can log in on the status page from another computer until it can", "err", err)
			text = newPassphrase()
		}
		return text
	}
}

// newPassphrase is 64 random bits in syllables that can be said on the phone and typed on one: "lusab-babad-gutih-tugad".
// A group is 16 bits, as proquints are (D. S. Wilkerson, arXiv:0901.4016).
func newPassphrase() string {
	const consonants, vowels = "bdfghjklmnprstvz", "aiou"
	var random [8]byte
	_, _ = rand.Read(random[:]) // it never fails
	var groups []string
	for i := 0; i < len(random); i += 2 {
		n := int(random[i])<<8 | int(random[i+1])
		groups = append(groups, string([]byte{
			consonants[n>>12&15], vowels[n>>10&3], consonants[n>>6&15], vowels[n>>4&3], consonants[n&15],
		}))
	}
	return strings.Join(groups, "-")
}
