package status

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// unpack returns the files of a bundle by their names, without the folder.
func unpack(t *testing.T, bundle io.Reader) map[string]string {
	t.Helper()
	zip, err := gzip.NewReader(bundle)
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

func TestBundle(t *testing.T) {
	b := &testBox{snapshot: Snapshot{Venue: "Town hall"}}
	journal := NewJournal(slog.DiscardHandler)
	slog.New(journal).Info("the doors open")
	slog.New(journal).Warn("the camera is gone")
	zone := time.FixedZone("hall", 3600)
	begun, release := make(chan struct{}, 2), make(chan struct{})
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press, Journal: journal, Zone: func() *time.Location { return zone },
		Settings: func() []Setting { return []Setting{{Key: "venue.name", Value: "Town hall"}} },
		Pieces: []Piece{
			{"fine.txt", func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, "fine"); return err }},
			{"broken.txt", func(context.Context, io.Writer) error { return errors.New("no such thing") }},
			{"large.txt", func(_ context.Context, w io.Writer) error {
				for {
					if _, err := w.Write(make([]byte, 100_000)); err != nil {
						return err
					}
				}
			}},
			{"slow.txt", func(context.Context, io.Writer) error { begun <- struct{}{}; <-release; return nil }},
		}})
	r := open(t, base+"/api/v1/bundle")
	if kind := r.Header.Get("Content-Disposition"); r.StatusCode != 200 || !strings.Contains(kind, ".tar.gz") {
		t.Fatalf("%s %s", r.Status, kind)
	}
	<-begun
	if second, body := ask(t, "GET", base+"/api/v1/bundle", ""); second.StatusCode != 503 || !isError(body) {
		t.Errorf("two at a time: %s", second.Status)
	}
	close(release)
	files := unpack(t, r.Body)
	for name, want := range map[string]string{
		"status.json": `"venue": "Town hall"`, "log.txt": "+01:00 WARN  the camera is gone", "settings.json": "venue.name",
		"metrics.txt": "vigie_station_up 1", "fine.txt": "fine", "broken.txt": "no such thing", "large.txt": "larger than 1024 KiB",
	} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s lacks %s: %.200s", name, want, files[name])
		}
	}
	if log := files["log.txt"]; strings.Index(log, "the doors open") > strings.Index(log, "the camera is gone") {
		t.Errorf("the newest is first: %s", log)
	}
	if n := len(files["large.txt"]); n > maxPiece+200 {
		t.Errorf("%d bytes of one piece", n)
	}
	var entries []Entry
	if _, body := ask(t, "GET", base+"/api/v1/log", ""); json.Unmarshal([]byte(body), &entries) != nil || len(entries) != 2 ||
		entries[0].Level != slog.LevelWarn || !strings.Contains(body, "+01:00") {
		t.Errorf("the log: %s", body)
	}
	if _, body := ask(t, "GET", base+"/api/v1/settings", ""); body != `[{"key":"venue.name","value":"Town hall","default":false}]`+"\n" {
		t.Errorf("the settings: %s", body)
	}
}

// A piece that hangs is given up on with what it wrote, is not begun again while it hangs, and is whole again after that.
func TestPieceThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, begun := make(chan struct{}), 0
		m := makers([]Piece{{"board.txt", func(_ context.Context, w io.Writer) error {
			begun++
			_, err := io.WriteString(w, "half")
			<-release
			return err
		}}})[0]
		began := time.Now()
		text := string(m.text(t.Context()))
		if took := time.Since(began); took != pieceTime+pieceGrace || !strings.HasPrefix(text, "half\n") || !strings.Contains(text, "did not answer within 11s") {
			t.Errorf("after %v: %q", took, text)
		}
		if text = string(m.text(t.Context())); begun != 1 || !strings.Contains(text, "has not answered yet") {
			t.Errorf("while it hangs it is begun %d times: %q", begun, text)
		}
		close(release)
		synctest.Wait()
		if text = string(m.text(t.Context())); begun != 2 || text != "half" {
			t.Errorf("afterwards: %q", text)
		}
	})
}

// A page without a journal and settings shows none.
func TestWithoutJournal(t *testing.T) {
	b := &testBox{}
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press})
	for _, path := range []string{"/api/v1/log", "/api/v1/settings"} {
		if r, body := ask(t, "GET", base+path, ""); r.StatusCode != 200 || body != "[]\n" {
			t.Errorf("%s: %s %s", path, r.Status, body)
		}
	}
}
