package schedule

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// TestFetch holds the limits of a download, and that no error has the address, which can be a secret.
func TestFetch(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/secret/good":
			w.Write([]byte("BEGIN:VCALENDAR"))
		case "/secret/large":
			w.Write(make([]byte, MostBytes+1))
		case "/secret/clear":
			http.Redirect(w, r, plain.URL+"/secret/good", http.StatusFound)
		case "/secret/round":
			http.Redirect(w, r, "/secret/round", http.StatusFound)
		case "/secret/on":
			http.Redirect(w, r, "/secret/good", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "calendar.ics")
	if err := os.WriteFile(file, []byte("BEGIN:VCALENDAR"), 0o600); err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe.ics")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ours := Client(server.Client().Transport)
	for _, c := range []struct {
		client        *http.Client
		address, want string
	}{
		{ours, file, ""},
		{ours, file + "x", "no such file"},
		{ours, pipe, "not a file"},
		{ours, server.URL + "/secret/good", ""},
		{ours, server.URL + "/secret/on", ""},
		{ours, server.URL + "/secret/large", "larger than 1024 KiB"},
		{ours, server.URL + "/secret/none", "answers 404"},
		{ours, server.URL + "/secret/clear", "not https"},
		{ours, server.URL + "/secret/round", "again and again"},
		{Client(nil), server.URL + "/secret/good", "certificate"},
	} {
		data, err := Fetch(t.Context(), c.client, c.address)
		switch {
		case c.want == "" && (err != nil || string(data) != "BEGIN:VCALENDAR"):
			t.Errorf("%s: %q, %v", c.address, data, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret")):
			t.Errorf("%s: %v, want %q and no secret", c.address, err, c.want)
		}
	}
}

// TestFileHangs holds that a read which hangs is given up with its context, that it is not joined by others, and that the file is
// read again when it has returned.
func TestFileHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := make(chan struct{})
		hang := func(string) ([]byte, error) {
			<-hangs
			return []byte("late"), nil
		}
		at := func(path string, read func(string) ([]byte, error)) (string, error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second) // of the bubble
			defer cancel()
			data, err := patiently(ctx, path, read)
			return string(data), err
		}
		well := func(string) ([]byte, error) { return []byte("well"), nil }
		if data, err := at("/mount/a", hang); !errors.Is(err, errNoAnswer) || data != "" {
			t.Errorf("%q, %v", data, err)
		}
		joined := false
		if _, err := at("/mount/a", func(string) ([]byte, error) {
			joined = true
			return nil, nil
		}); !errors.Is(err, errNoAnswer) || joined {
			t.Errorf("another one reads too: %v; %v", joined, err)
		}
		if data, err := at("/disk/b", well); err != nil || data != "well" {
			t.Errorf("another file: %q, %v", data, err)
		}
		close(hangs)
		synctest.Wait()
		if data, err := at("/mount/a", well); err != nil || data != "well" {
			t.Errorf("when it answers again: %q, %v", data, err)
		}
	})
}
