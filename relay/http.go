package relay

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	typeSDP  = "application/sdp"
	typeFrag = "application/trickle-ice-sdpfrag"
)

// httpError is an error with its status. Retry, in seconds, is for those that pass.
type httpError struct {
	status int
	text   string
	retry  int
}

func (e httpError) Error() string { return e.text }

// routes has the whole web: there is one channel, so every path is literal.
func (r *Relay) routes() http.Handler {
	mux, name := http.NewServeMux(), r.opts.Channel
	mux.Handle("/whip/"+name, open(r.endpoint(publishing)))
	mux.Handle("/whip/"+name+"/{session}", open(r.resource(publishing)))
	mux.Handle("/whep/"+name, open(r.endpoint(watching)))
	mux.Handle("/whep/"+name+"/{session}", open(r.resource(watching)))
	mux.HandleFunc("GET /"+name, r.page)
	mux.HandleFunc("GET /"+name+"/events", r.events)
	mux.Handle("GET /-/", http.StripPrefix("/-/", http.FileServerFS(assets)))
	mux.Handle("GET /{$}", http.RedirectHandler("/"+name, http.StatusFound))
	return guard(mux)
}

// guard sets what every answer carries. Scripts and styles are files of ours, and no other site may frame the page.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
			"connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, req)
	})
}

// open lets pages of every origin speak WHIP and WHEP (CORS). There are no cookies that this could give away.
func open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "Location, ETag, Link, Accept-Patch, Retry-After, WWW-Authenticate")
		if req.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "POST, PATCH, DELETE, OPTIONS")
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, Vigie-Box")
			h.Set("Access-Control-Max-Age", "86400")
			h.Set("Accept-Post", typeSDP)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, req)
	})
}

// endpoint takes offers (RFC 9725, 4.2). A GET with the right token is answered 405: a publisher can probe with it
// whether it would be let in, without opening a session.
func (r *Relay) endpoint(as role) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := r.negotiate(w, req, as); err != nil {
			r.stats.refused.Add(1)
			r.fail(w, err)
		}
	})
}

func (r *Relay) negotiate(w http.ResponseWriter, req *http.Request, as role) error {
	if as == publishing && !r.authorized(req) {
		return errToken
	}
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", "POST, OPTIONS")
		return httpError{status: http.StatusMethodNotAllowed, text: "POST an SDP offer here"}
	}
	body, err := readBody(w, req, typeSDP)
	if err != nil {
		return err
	}
	o, err := parseOffer(body, as)
	if err != nil {
		return httpError{status: http.StatusBadRequest, text: err.Error()}
	}
	var s *session
	var answer string
	if as == publishing {
		s, answer, err = r.publish(req.Context(), o, req.Header.Get("Vigie-Box"))
	} else {
		s, answer, err = r.watch(req.Context(), o)
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", typeSDP)
	h.Set("Location", req.URL.Path+"/"+s.id)
	h.Set("ETag", s.etag)
	h.Set("Accept-Patch", typeFrag)
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer) // a client that is gone is seen by its ICE
	return nil
}

var errToken = httpError{status: http.StatusUnauthorized, text: "publishing needs the relay's token as Bearer"}

// authorized compares digests, whose length tells nothing, in constant time.
func (r *Relay) authorized(req *http.Request) bool {
	scheme, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	given, want := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(r.opts.Token))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// readBody takes a small body of one type, and no byte of one that says that it is large.
func readBody(w http.ResponseWriter, req *http.Request, contentType string) ([]byte, error) {
	if t, _, err := mime.ParseMediaType(req.Header.Get("Content-Type")); err != nil || t != contentType {
		return nil, httpError{status: http.StatusUnsupportedMediaType, text: "the body must be " + contentType}
	}
	large := httpError{status: http.StatusRequestEntityTooLarge, text: "the body is over " + strconv.Itoa(maxBody) + " bytes"}
	if req.ContentLength > maxBody {
		w.Header().Set("Connection", "close")
		return nil, large
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(10 * time.Second)) // recorders in tests have none
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, large
	case err != nil:
		return nil, httpError{status: http.StatusBadRequest, text: "the body ended early"}
	}
	return body, nil
}

// fail answers with an error. Its text is for the person who reads the client's log.
func (r *Relay) fail(w http.ResponseWriter, err error) {
	var e httpError
	if !errors.As(err, &e) {
		e = httpError{status: http.StatusInternalServerError, text: "the relay failed; its log says why"}
		r.log.Error("session failed", "err", err)
	}
	if e.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if e.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.retry))
	}
	http.Error(w, e.text, e.status)
}
