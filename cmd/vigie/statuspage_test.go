package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/status"
)

func TestPassphraseIsKeptAndPrinted(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("STATE_DIRECTORY", dir)
	var out bytes.Buffer
	if err := (passphraseCommand{}).Run(&out); err == nil || !strings.Contains(err.Error(), "there is no passphrase yet") {
		t.Errorf("before the first start: %v", err)
	}
	made := boxPassphrase(dir, slog.New(slog.DiscardHandler))()
	if !regexp.MustCompile(`^([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz](-([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]){3}$`).MatchString(made) {
		t.Errorf("it is %q", made)
	}
	if again := boxPassphrase(dir, slog.New(slog.DiscardHandler))(); again != made {
		t.Errorf("a second start has another: %q, %q", made, again)
	}
	if err := (passphraseCommand{}).Run(&out); err != nil || out.String() != made+"\n" {
		t.Errorf("printed: %q, %v", out.String(), err)
	}
	if info, err := os.Stat(filepath.Join(dir, passphraseFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if another := newPassphrase(); another == made {
		t.Error("another box has the same")
	}
}

// One that cannot be kept is tried again when somebody wants to come in, and stays from then on.
func TestPassphraseOnAFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // in the directory's place
		t.Fatal(err)
	}
	var log safeBuffer
	get := boxPassphrase(dir, slog.New(slog.NewTextHandler(&log, nil)))
	if first, second := get(), get(); first != second || strings.Count(log.String(), "cannot be kept") != 1 {
		t.Errorf("the log: %s", log.String())
	}
	if err := errors.Join(os.Remove(dir), os.Mkdir(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	made := get()
	if text, err := os.ReadFile(filepath.Join(dir, passphraseFile)); err != nil || strings.TrimSpace(string(text)) != made {
		t.Errorf("kept: %q, %v; it is %q", text, err, made)
	}
}

// The own certificate stays over restarts, is made anew when it no longer serves, and doctor prints the fingerprint of the one
// that is served.
func TestOwnCertificate(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("STATE_DIRECTORY", dir)
	first := startedCertificate(t, dir)
	if life := first.NotAfter.Sub(first.NotBefore); life > 825*24*time.Hour || life < 800*24*time.Hour || first.NotBefore.After(time.Now()) ||
		!slices.Contains(first.DNSNames, hostName()) || first.VerifyHostname("localhost") != nil {
		t.Errorf("from %v to %v for %v", first.NotBefore, first.NotAfter, first.DNSNames)
	}
	if again := startedCertificate(t, dir); !again.Equal(first) {
		t.Error("a second start has another")
	}
	c := config.Default()
	c.Status.Listen = ":8080"
	found := statusPage(&c)
	want, err := fingerprint(filepath.Join(dir, certificateFile))
	if err != nil || len(want) != 95 || found.Light != "green" || !strings.Contains(found.Text, want) {
		t.Errorf("doctor says %+v, %v", found, err)
	}
	path := filepath.Join(dir, certificateFile)
	for name, text := range map[string]func() ([]byte, error){
		"another hostname": func() ([]byte, error) { return newCertificate("elsewhere", time.Now()) },
		"not begun":        func() ([]byte, error) { return newCertificate(hostName(), time.Now().Add(48*time.Hour)) },
		"cut off":          func() ([]byte, error) { return []byte("-----BEGIN"), nil },
	} {
		old, err := text()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, old, 0o600); err != nil {
			t.Fatal(err)
		}
		made := startedCertificate(t, dir)
		if kept, _ := os.ReadFile(path); bytes.Equal(kept, old) || !slices.Contains(made.DNSNames, hostName()) || !inTime(made, time.Now()) {
			t.Errorf("%s: from %v to %v for %v", name, made.NotBefore, made.NotAfter, made.DNSNames)
		}
	}
}

func TestCertificateForTooLong(t *testing.T) {
	now := knownTime(time.Now())
	if inTime(&x509.Certificate{NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(10, 0, 0)}, now) {
		t.Error("one for ten years is kept, which Apple's devices refuse")
	}
}

// startedCertificate is what a box serves that starts now.
func startedCertificate(t *testing.T, dir string) *x509.Certificate {
	t.Helper()
	c, err := (&ownCertificate{dir: dir, log: slog.New(slog.DiscardHandler)}).get()
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf
}

// A box that runs for years serves a certificate that has not ended, and tells the fingerprint of each. Where none can be
// kept, one serves from memory.
func TestCertificateOfALongRun(t *testing.T) {
	for name, dir := range map[string]string{"kept": t.TempDir(), "not kept": "/proc/nothing"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				<-time.After(time.Until(knownTime(time.Now()).Add(time.Hour))) // the bubble's clock is as of a board without one
				var log bytes.Buffer
				own := &ownCertificate{dir: dir, log: slog.New(slog.NewTextHandler(&log, nil))}
				var last *x509.Certificate
				made := 0
				for range 5 * 52 {
					c, err := own.get()
					if err != nil {
						t.Fatal(err)
					}
					if now := time.Now(); now.Before(c.Leaf.NotBefore) || now.After(c.Leaf.NotAfter.AddDate(0, 0, -20)) {
						t.Fatalf("at %v from %v to %v", now, c.Leaf.NotBefore, c.Leaf.NotAfter)
					}
					if last == nil || !c.Leaf.Equal(last) {
						made++
						if print := printOf(c.Leaf.Raw); !strings.Contains(log.String(), print) || strings.Contains(log.String(), "cannot be kept") != (name == "not kept") {
							t.Errorf("of %s the log says %s", print, log.String())
						}
					}
					last = c.Leaf
					<-time.After(7 * 24 * time.Hour)
				}
				if made != 3 {
					t.Errorf("%d certificates in five years", made)
				}
			})
		})
	}
}

// A board without a clock makes a certificate that serves now, keeps the one that it has, and makes none for the year 2000.
func TestCertificateWithoutClock(t *testing.T) {
	unset, now := time.Unix(100, 0), knownTime(time.Time{}).AddDate(1, 0, 0)
	for _, at := range []time.Time{unset, now} {
		text, err := newCertificate("box", at)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.X509KeyPair(text, text)
		if err != nil {
			t.Fatal(err)
		}
		if !inTime(pair.Leaf, unset) || !inTime(pair.Leaf, now) {
			t.Errorf("made at %v it is from %v to %v", at, pair.Leaf.NotBefore, pair.Leaf.NotAfter)
		}
	}
}

func TestOrganisersCertificateIsReadAgain(t *testing.T) {
	files := certificate(t)
	get := pageCertificate(config.Status{TLS: files}, t.TempDir(), slog.New(slog.DiscardHandler))
	first, err := get()
	if err != nil {
		t.Fatal(err)
	}
	replace := func(path string, text []byte, age time.Duration) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	other := certificate(t)
	newCert, _ := os.ReadFile(other.Cert)
	newKey, _ := os.ReadFile(other.Key)
	replace(files.Cert, newCert, time.Hour)
	if half, err := get(); err != nil || !half.Leaf.Equal(first.Leaf) {
		t.Errorf("with the old key it serves %v, %v", half, err)
	}
	replace(files.Key, newKey, time.Hour)
	if now, err := get(); err != nil || now.Leaf.Equal(first.Leaf) {
		t.Errorf("the new one is not served: %v", err)
	}
	if _, err := pageCertificate(config.Status{TLS: config.TLS{Cert: "/nothing", Key: "/nothing"}}, t.TempDir(), nil)(); err == nil {
		t.Error("a certificate that is not there serves")
	}
}

// A box says on amber that the organiser's certificates end: those of the tests are for an hour.
func TestCertificatesEnd(t *testing.T) {
	end := time.Date(2027, time.March, 20, 12, 0, 0, 0, time.UTC)
	of := map[string]func() *x509.Certificate{
		"status.tls": func() *x509.Certificate { return nil },
		"relay.tls":  func() *x509.Certificate { return &x509.Certificate{NotAfter: end} },
	}
	for days, want := range map[int]string{15: "", 13: "relay.tls ends on 20 March 2027.", -1: "relay.tls has ended on 20 March 2027."} {
		found := endings(of, end.AddDate(0, 0, -days))
		if len(found) > 1 || (len(found) == 1) != (want != "") || want != "" && !strings.HasSuffix(found[0].Text, want) {
			t.Errorf("%d days before: %+v", days, found)
		}
	}
	cfg := testConfig()
	cfg.Relay.TLS, cfg.Status.TLS, cfg.Status.Listen = certificate(t), certificate(t), ":0"
	b, _ := startTestBox(t, cfg)
	await(t, "certificate_ends", func() bool { return warns(b.snapshot(), "certificate_ends") })
	for _, w := range b.snapshot().Warnings {
		if w.Code == "certificate_ends" && !(strings.Contains(w.Text, "relay.tls ends") && strings.Contains(w.Text, "status.tls ends")) {
			t.Error(w.Text)
		}
	}
}

// TestBundleHasNoSecret greps all that a stranger is sent, and all that the page's API tells, for what nobody may see.
func TestBundleHasNoSecret(t *testing.T) {
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte("hush-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig()
	cfg.Relay.URL, cfg.Relay.TokenFile = "http://127.0.0.1:9/whip/hush-path?hush-query=1", token
	cfg.Relay.ICEServers = []config.ICEServer{{URL: "turn:turn.example", Username: "hush-user", Credential: "hush-credential"}}
	cfg.Relay.Backup = []config.Backup{{URL: "http://127.0.0.1:10/whip/hush-backup", TokenFile: token}}
	cfg.Schedule.Calendar = "https://127.0.0.1:1/hush-calendar.ics"
	journal := status.NewJournal(slog.DiscardHandler)
	b := startTestBoxIn(t, setup{config: cfg, journal: journal}, dir, slog.New(journal))
	base := "http://" + b.status.Addr().String()
	said := get(t, base+"/api/v1/status") + get(t, base+"/metrics") + get(t, base+"/api/v1/log") + get(t, base+"/api/v1/settings")
	files := unpack(t, get(t, base+"/api/v1/bundle"))
	for _, name := range []string{"status.json", "log.txt", "settings.json", "metrics.txt", "version.txt", "doctor.json", "board.txt", "goroutines.txt"} {
		if len(files[name]) < 10 || strings.Contains(files[name], "not whole") {
			t.Errorf("%s: %.300s", name, files[name])
		}
		said += files[name]
	}
	phrase, err := os.ReadFile(filepath.Join(dir, passphraseFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hush", strings.TrimSpace(string(phrase)), "PRIVATE KEY"} {
		if i := strings.Index(said, secret); i >= 0 {
			t.Errorf("%q is in ...%s...", secret, said[max(0, i-100):i+50])
		}
	}
}

// unpack returns the files of a bundle by their names, without the folder.
func unpack(t *testing.T, bundle string) map[string]string {
	t.Helper()
	zip, err := gzip.NewReader(strings.NewReader(bundle))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for archive := tar.NewReader(zip); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(h.Name, "/")
		all[name] = string(text)
	}
}

// TestPageFromElsewhere asks over an address of this machine that is not loopback, as another computer would.
func TestPageFromElsewhere(t *testing.T) {
	own, ok := ownAddress()
	if !ok {
		t.Skip("this machine has no address but loopback")
	}
	cfg, dir := testConfig(), t.TempDir()
	cfg.Status.Listen = net.JoinHostPort(own.String(), "0")
	b := startTestBoxIn(t, setup{config: cfg}, dir, slog.New(slog.DiscardHandler))
	phrase, err := os.ReadFile(filepath.Join(dir, passphraseFile))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, certificateFile))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	for authorization, code := range map[string]int{"": 401, "Bearer " + strings.TrimSpace(string(phrase)): 200} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "https://"+b.status.Addr().String()+"/api/v1/status", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", authorization)
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != code {
			t.Errorf("%q: %s, want %d", authorization, answer.Status, code)
		}
	}
}

// TestConditionsAreWhole holds that programs get all of a condition.
func TestConditionsAreWhole(t *testing.T) {
	b, _ := startTestBox(t, testConfig()) // with the test picture and the test sound
	b.station.Notice(health.Condition{Code: health.CalendarFailed, Text: "No calendar.", Advice: "Look."})
	awaitPage(t, b, "the calendar", func(s status.Snapshot) bool { return failed(s) != "" && s.State == golive.Standby })
	var said struct{ Warnings []map[string]any }
	if err := json.Unmarshal([]byte(get(t, "http://"+b.status.Addr().String()+"/api/v1/status")), &said); err != nil {
		t.Fatal(err)
	}
	if len(said.Warnings) != 3 {
		t.Errorf("it warns of %v", said.Warnings)
	}
	for _, w := range said.Warnings {
		since, ok := w["since"].(float64)
		for _, key := range []string{"code", "severity", "text", "advice"} {
			text, is := w[key].(string)
			ok = ok && is && text != ""
		}
		if !ok || len(w) != 5 || since < 0 || since > 60 {
			t.Errorf("a condition is %v", w)
		}
	}
}

// The page has French words for each condition that there is.
func TestConditionsInFrench(t *testing.T) {
	words, err := os.ReadFile("../../device/status/page/fr.js")
	if err != nil {
		t.Fatal(err)
	}
	_, warnings, _ := strings.Cut(string(words), "warnings: {")
	for _, code := range health.Codes() {
		if !strings.Contains(warnings, "\n    "+code+": '") {
			t.Errorf("fr.js has no %s", code)
		}
	}
}
