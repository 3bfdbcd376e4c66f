package status

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// pieces are what the page itself knows, and those of the options.
func (s *Server) pieces(metrics http.Handler) []Piece {
	ours := []Piece{
		{"status.json", func(ctx context.Context, w io.Writer) error {
			snapshot, err := s.reader.read(ctx)
			if err != nil {
				return err
			}
			return indented(w, snapshot)
		}},
		{"log.txt", func(_ context.Context, w io.Writer) error {
			for _, e := range slices.Backward(s.log()) {
				if _, err := fmt.Fprintf(w, "%s %-5s %s\n", e.Time.Format(time.RFC3339), e.Level, e.Text); err != nil {
					return err
				}
			}
			return nil
		}},
		{"settings.json", func(_ context.Context, w io.Writer) error { return indented(w, s.settings()) }},
		{"metrics.txt", func(ctx context.Context, w io.Writer) error {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/metrics", nil)
			if err == nil {
				metrics.ServeHTTP(bodyWriter{w, http.Header{}}, r)
			}
			return err
		}},
	}
	return append(ours, s.opts.Pieces...)
}

// bodyWriter is an http.ResponseWriter of the body alone.
type bodyWriter struct {
	io.Writer
	header http.Header
}

func (b bodyWriter) Header() http.Header { return b.header }
func (b bodyWriter) WriteHeader(int)     {}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// serveBundle streams the pieces as they are made, one bundle at a time.
func (s *Server) serveBundle(w http.ResponseWriter, r *http.Request, pieces []maker) {
	select {
	case s.bundling <- struct{}{}:
		defer func() { <-s.bundling }()
	default:
		w.Header().Set("Retry-After", "10")
		fail(w, http.StatusServiceUnavailable, "somebody else downloads a bundle now; try again in a moment")
		return
	}
	now := time.Now().In(s.zone())
	folder := "vigie-" + now.Format("2006-01-02-150405")
	w.Header().Set("Content-Type", "application/gzip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+folder+`.tar.gz"`)
	conn, zip := http.NewResponseController(w), gzip.NewWriter(w)
	archive := tar.NewWriter(zip)
	for _, p := range pieces {
		text := p.text(r.Context())
		if err := conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
			return
		}
		header := &tar.Header{Name: folder + "/" + p.Name, Mode: 0o644, Size: int64(len(text)), ModTime: now}
		if archive.WriteHeader(header) != nil {
			return
		}
		_, err := archive.Write(text)
		if errors.Join(err, archive.Flush(), zip.Flush(), conn.Flush()) != nil {
			return // the client is gone, or too slow
		}
	}
	_ = errors.Join(archive.Close(), zip.Close()) // the same
}
