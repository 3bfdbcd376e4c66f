package schedule

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	ours := Client(server.Client().Transport)
	for _, c := range []struct {
		client        *http.Client
		address, want string
	}{
		{ours, file, ""},
		{ours, file + "x", "no such file"},
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
