package status

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxBody is the size of the largest request body, in bytes.
const maxBody = 1 << 10

// routes is every path that is served.
func (s *Server) routes() (http.Handler, error) {
	metrics, err := s.metrics()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	handle := func(path string, h http.HandlerFunc, methods ...string) { mux.Handle(path, only(h, methods)) }
	handle("/{$}", servePage, http.MethodGet, http.MethodHead)
	handle("/kiosk", servePage, http.MethodGet, http.MethodHead)
	handle("/login", s.door.serveLogin, http.MethodGet, http.MethodHead, http.MethodPost)
	handle("/logout", s.door.serveLogout, http.MethodPost)
	handle("/page/{file}", servePage, http.MethodGet, http.MethodHead)
	handle("/metrics", metrics.ServeHTTP, http.MethodGet, http.MethodHead)
	handle("/healthz", s.serveHealth, http.MethodGet, http.MethodHead)
	handle("/api/v1/status", s.serveStatus, http.MethodGet, http.MethodHead)
	handle("/api/v1/press", s.servePress, http.MethodPost)
	handle("/api/v1/log", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, s.log()) },
		http.MethodGet, http.MethodHead)
	handle("/api/v1/settings", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, s.settings()) },
		http.MethodGet, http.MethodHead)
	pieces := makers(s.pieces(metrics))
	handle("/api/v1/bundle", func(w http.ResponseWriter, r *http.Request) { s.serveBundle(w, r, pieces) }, http.MethodGet)
	handle("/api/v1/events", func(w http.ResponseWriter, r *http.Request) {
		s.events.pages.stream(w, r, "text/event-stream", errSilent.Error())
	}, http.MethodGet)
	handle("/api/v1/preview", func(w http.ResponseWriter, r *http.Request) {
		s.preview.viewers.stream(w, r, previewType(r), "the camera gives no picture")
	}, http.MethodGet)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "there is nothing at this address")
	})
	return mux, nil
}

// only refuses other methods.
func only(h http.HandlerFunc, methods []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			allow := strings.Join(methods, ", ")
			w.Header().Set("Allow", allow)
			fail(w, http.StatusMethodNotAllowed, "the method must be "+allow)
			return
		}
		h(w, r)
	})
}

func (s *Server) serveStatus(w http.ResponseWriter, r *http.Request) {
	snapshot, err := s.reader.read(r.Context())
	if err != nil {
		fail(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	reply(w, http.StatusOK, snapshot)
}

// log is the last hour's lines, the newest first.
func (s *Server) log() []Entry {
	if s.opts.Journal == nil {
		return []Entry{}
	}
	return s.opts.Journal.Entries(s.zone())
}

func (s *Server) settings() []Setting {
	if s.opts.Settings == nil {
		return []Setting{}
	}
	return s.opts.Settings()
}

func (s *Server) zone() *time.Location {
	if s.opts.Zone == nil {
		return time.Local
	}
	return s.opts.Zone()
}

// serveHealth asks the station, because a process that answers HTTP and does nothing else is not well.
func (s *Server) serveHealth(w http.ResponseWriter, r *http.Request) {
	if _, err := s.reader.read(r.Context()); err != nil {
		fail(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	reply(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *Server) servePress(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		fail(w, http.StatusUnsupportedMediaType, "the Content-Type must be application/json")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		code := http.StatusBadRequest
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			code = http.StatusRequestEntityTooLarge
		}
		fail(w, code, "the body cannot be read: "+err.Error())
		return
	}
	p, err := decodePress(body)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	select {
	case s.pressing <- struct{}{}:
		defer func() { <-s.pressing }()
	case <-r.Context().Done():
		return
	case <-time.After(patience):
		// It was not handed over, so it cannot take effect later, when nobody expects it any more.
		fail(w, http.StatusServiceUnavailable, errSilent.Error())
		return
	}
	if err := s.opts.Press(p); err != nil {
		fail(w, http.StatusConflict, err.Error())
		return
	}
	s.opts.Log.Info("pressed on the page", "button", p.Button, "gesture", p.Gesture, "from", r.RemoteAddr)
	w.WriteHeader(http.StatusNoContent)
}

// fail answers with an error for people.
func fail(w http.ResponseWriter, code int, text string) {
	reply(w, code, map[string]string{"error": text})
}

func reply(w http.ResponseWriter, code int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		code, b = http.StatusInternalServerError, []byte(`{"error":"the answer has no JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(append(b, '\n')) // a client that is gone is no concern of ours
}
