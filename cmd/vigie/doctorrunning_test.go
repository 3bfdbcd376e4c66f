package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestFindBox asks a box that runs, whatever else may answer there, and nobody.
func TestFindBox(t *testing.T) {
	b, _ := startTestBox(t, testConfig())
	at := b.status.Addr().String()
	_, port, _ := strings.Cut(at, ":")
	for _, listen := range []string{at, ":" + port} {
		box := findBox(t.Context(), listen)
		if box == nil || !box.open || box.State != "standby" || box.Audio.Microphone == "" {
			t.Fatalf("%s: %+v", listen, box)
		}
		f := box.finding()
		if f.Light != "amber" || !strings.Contains(f.Text, "runs and is standby\n") || !strings.Contains(f.Advice, "http://"+at+"/") {
			t.Errorf("%s: %+v", listen, f)
		}
	}

	fault := runningBox{open: true, State: "fault", ConfigErrors: []string{"relay.listen :8889: address in use"}}
	if f := fault.finding(); f.Light != "red" || !strings.Contains(f.Text, "address in use") {
		t.Errorf("in Fault: %+v", f)
	}

	page := func(h http.HandlerFunc) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	strangers := map[string]string{
		"no page": page(http.NotFound),
		"another": page(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"status":"ok"}`)) }),
		"a guide": page(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusTemporaryRedirect)
		}),
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	strangers["nobody"] = gone.Listener.Addr().String()
	gone.Close()
	for name, at := range strangers {
		if box := findBox(t.Context(), at); box != nil {
			t.Errorf("%s is taken for a vigie: %+v", name, box)
		}
	}
	if f := (*runningBox)(nil).finding(); f.Light != "green" || !strings.Contains(f.Text, "does not run") {
		t.Errorf("%+v", f)
	}

	// The page on an address of its own tells nobody without the passphrase.
	own := page(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://"+r.Host+r.URL.Path, http.StatusTemporaryRedirect)
	})
	box := findBox(t.Context(), own)
	if box == nil || box.open {
		t.Fatalf("%+v", box)
	}
	if f := box.finding(); f.Light != "green" || !strings.Contains(f.Advice, "https://"+own+"/") {
		t.Errorf("%+v", f)
	}
}
