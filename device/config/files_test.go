package config

import (
	"os"
	"path/filepath"
	"testing"
)

// TestReadTokenCredential holds that systemd's copy of a token file counts, where there is one of that very file.
func TestReadTokenCredential(t *testing.T) {
	dir, credentials := t.TempDir(), t.TempDir()
	tokens := filepath.Join(dir, "tokens")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(tokens, "plain"):               "of-the-file\n",
		filepath.Join(credentials, "tokens_relay"):   "of-the-copy\n",
		filepath.Join(credentials, "tokens_another"): "of-another\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, credentials, token string }{
		{"plain", "", "of-the-file"},
		{"plain", credentials, "of-the-file"},
		{"relay", credentials, "of-the-copy"},
		{"relay", "", ""},
	} {
		t.Setenv("CREDENTIALS_DIRECTORY", c.credentials)
		token, err := ReadToken(filepath.Join(tokens, c.name))
		if token != c.token || (err == nil) != (c.token != "") {
			t.Errorf("%s with %q: %q, %v", c.name, c.credentials, token, err)
		}
	}
}
