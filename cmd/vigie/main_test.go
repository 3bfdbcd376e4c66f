package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommandLine holds the exit codes and what is said, and where.
func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	lineless := write("lineless.yaml", "panel: {lights: {red: no such line, green: '', amber: ''}}\n")
	good, bad := write("good.yaml", "venue: {name: Town hall}\n"), write("bad.yaml", "venue: {nmae: Town hall}\nfoo: 1\n")
	for _, c := range []struct {
		args           []string
		code           int
		stdout, stderr string // what is in it
	}{
		{[]string{"version"}, 0, "vigie", ""},
		{[]string{"check", "--config", good}, 0, "picture: the first camera", ""},
		{[]string{"check", "--config", bad}, 2, "", "bad.yaml:1:9: venue.nmae"},
		{[]string{"check", "--config", bad}, 2, "", "bad.yaml:2:1: foo"},
		{[]string{"check", "--config", filepath.Join(dir, "none.yaml")}, 2, "", "copy the config.yaml"},
		{[]string{"doctor", "--lamps", "--config", bad}, 2, "", "bad.yaml:1:9: venue.nmae"},
		{[]string{"doctor", "--lamps", "--config", lineless}, 1, "red    red light", ""},
		{[]string{"relay", "--config", bad}, 2, "", "bad.yaml:1:9"},
		{[]string{"--help"}, 0, "doctor", ""},
		{[]string{"dance"}, 2, "", "dance"},
		{[]string{"run", "--loud"}, 2, "", "--loud"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(c.args, &stdout, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, stderr.String())
			}
			if !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("stdout %q is to have %q, stderr %q is to have %q", stdout.String(), c.stdout, stderr.String(), c.stderr)
			}
		})
	}
}

// TestDoctor holds that doctor says something of each part on a machine that may have none of them.
func TestDoctor(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte("camera: {device: test}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	run([]string{"doctor", "--json", "--config", config}, &stdout, &stderr)
	var found []finding
	if err := json.Unmarshal(stdout.Bytes(), &found); err != nil {
		t.Fatalf("%v: %s %s", err, stdout.String(), stderr.String())
	}
	for _, part := range []string{"configuration", "vigie", "camera", "microphone", "relay", "disk", "clock", "temperature", "power", "status page"} {
		if !strings.Contains(stdout.String(), `"`+part+`"`) {
			t.Errorf("nothing about the %s: %s", part, stdout.String())
		}
	}
	for _, f := range found {
		if f.Light != "green" && f.Advice == "" {
			t.Errorf("%s is %s without advice: %s", f.Part, f.Light, f.Text)
		}
	}
}
