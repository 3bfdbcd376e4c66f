package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/device/config"
)

// TestServiceMisses holds that check knows what the service cannot read of what whoever asks can.
func TestServiceMisses(t *testing.T) {
	dir := t.TempDir()
	make := func(name string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := func(to, name string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path := dir; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	other := service{name: "vigie", uid: uint32(os.Getuid()) + 1, gids: []uint32{uint32(os.Getgid()) + 1}, tokens: filepath.Join(dir, "tokens"),
		unseen: []string{filepath.Join(dir, "home")}}
	grouped := other
	grouped.gids = []uint32{uint32(os.Getgid())}

	token, open, shared := make("tokens/relay", 0o600), make("cert.pem", 0o644), make("key.pem", 0o640)
	elsewhere, home := make("token", 0o600), make("home/anna/ca.pem", 0o644)
	deep := make("live/archive/key.pem", 0o600)
	linked, inTokens := link(deep, "linked.pem"), link(elsewhere, "tokens/linked")
	if err := os.Chmod(filepath.Join(dir, "live"), 0o700); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig()
	cfg.Relay.TokenFile, cfg.Schedule.Calendar, cfg.Relay.TLS = token, "https://calendar.example/a.ics", config.TLS{Cert: open, Key: shared}
	if all := grouped.misses(&cfg); len(all) > 0 {
		t.Errorf("what it reads: %+v", all)
	}
	cfg.Relay.Backup = []config.Backup{{TokenFile: ""}, {TokenFile: elsewhere}, {TokenFile: inTokens}}
	cfg.Relay.CAFile, cfg.Status.TLS.Key, cfg.Schedule.Calendar = home, linked, config.Secret(make("shows.ics", 0o600))
	all := other.misses(&cfg)
	want := []unreadable{
		{"relay.backup[1].token_file: the service, which runs as vigie, cannot read " + elsewhere, "sudo chgrp vigie " + elsewhere + " && sudo chmod g+rX " + elsewhere},
		{"relay.backup[2].token_file: " + inTokens + " is a link", "--remove-destination"},
		{"relay.ca_file: the service sees nothing in ", "/etc/vigie"},
		{"relay.tls.key: ", "chgrp vigie " + shared},
		{"schedule.calendar: ", "shows.ics"},
		{"status.tls.key: ", "chgrp vigie " + filepath.Join(dir, "live") + " " + deep + " &&"},
	}
	if len(all) != len(want) {
		t.Fatalf("%+v", all)
	}
	for i, u := range all {
		if !strings.HasPrefix(u.text, want[i].text) || !strings.Contains(u.cure, want[i].cure) {
			t.Errorf("%+v, want %+v", u, want[i])
		}
	}
}
