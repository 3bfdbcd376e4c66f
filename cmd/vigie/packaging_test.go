package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestManual holds that the manual page and the shell's completion know each command and flag.
func TestManual(t *testing.T) {
	manual, err := os.ReadFile("../../packaging/vigie.1")
	if err != nil {
		t.Fatal(err)
	}
	model, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range model.Model.Leaves(true) {
		if want := ".Cm " + command.Name + "\n"; !strings.Contains(string(manual), want) {
			t.Errorf("vigie.1 has no %q", want)
		}
		if got := complete(t, "vigie", command.Name[:1]); !strings.Contains(got, command.Name+"\n") {
			t.Errorf("%q is completed to %q", "vigie "+command.Name[:1], got)
		}
		for _, flags := range command.AllFlags(true) {
			for _, f := range flags {
				if want := " -" + f.Name; !strings.Contains(string(manual), "Fl"+want) && !strings.Contains(string(manual), ", "+want[1:]) {
					t.Errorf("vigie.1 has no --%s", f.Name)
				}
				if got := complete(t, "vigie", command.Name, "--"+f.Name[:1]); !strings.Contains(got, "--"+f.Name+"\n") {
					t.Errorf("--%s of %s is completed to %q", f.Name, command.Name, got)
				}
			}
		}
	}
}

// complete asks bash for what the last word may become.
func complete(t *testing.T, words ...string) string {
	t.Helper()
	script := `source ../../packaging/completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vigie; printf '%s\n' "${COMPREPLY[@]}"`
	out, err := exec.Command("bash", append([]string{"-c", script, "bash"}, words...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}
