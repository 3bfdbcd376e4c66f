package relay

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
)

// resource is a session's URL: PATCH for trickle ICE, DELETE for its end (RFC 9725, 4.2 and 4.3).
func (r *Relay) resource(as role) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := r.serveSession(w, req, as); err != nil {
			r.fail(w, err)
		}
	})
}

func (r *Relay) serveSession(w http.ResponseWriter, req *http.Request, as role) error {
	if as == publishing && !r.authorized(req) {
		return errToken
	}
	if req.Method != http.MethodPatch && req.Method != http.MethodDelete {
		w.Header().Set("Allow", "PATCH, DELETE, OPTIONS")
		return httpError{status: http.StatusMethodNotAllowed, text: "PATCH or DELETE this session"}
	}
	r.mu.Lock()
	s := r.sessions[req.PathValue("session")]
	r.mu.Unlock()
	if s == nil || s.as != as {
		return httpError{status: http.StatusNotFound, text: "no such session"}
	}
	if req.Method == http.MethodPatch {
		return s.patch(w, req)
	}
	s.end(errDeleted)
	r.remove(s)
	w.WriteHeader(http.StatusOK)
	return nil
}

// patch takes a client's candidates. There is nothing to do with them, since the relay learns addresses from the checks
// that it receives; but a client may insist on sending them.
func (s *session) patch(w http.ResponseWriter, req *http.Request) error {
	body, err := readBody(w, req, typeFrag)
	if err != nil {
		return err
	}
	ufrag, err := parseFragment(body)
	if err != nil {
		return err
	}
	match := req.Header.Get("If-Match")
	switch {
	case match == "*", ufrag != "" && ufrag != s.ufrag:
		// Pion would need a new offer in whole. A new session costs one round trip more, and works everywhere.
		return httpError{status: http.StatusUnprocessableEntity,
			text: "ICE restart is not supported: DELETE this session and POST a new offer"}
	case match == "":
		return httpError{status: http.StatusPreconditionRequired, text: "If-Match must have the session's ETag"}
	case match != s.etag:
		return httpError{status: http.StatusPreconditionFailed, text: "If-Match is not the session's ETag"}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// parseFragment checks a fragment (RFC 8840, 9) and returns its user name, empty where it has none.
func parseFragment(body []byte) (ufrag string, err error) {
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, maxBody+1)
	known := false
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		key, value, _ := strings.Cut(line, ":")
		switch {
		case key == "a=ice-ufrag":
			ufrag, known = value, true
		case key == "a=candidate", key == "a=end-of-candidates", key == "a=ice-pwd":
			known = true
		case line != "" && (len(line) < 2 || line[1] != '='):
			return "", httpError{status: http.StatusBadRequest, text: "the body is not an SDP fragment"}
		}
	}
	if !known {
		return "", httpError{status: http.StatusBadRequest, text: "the SDP fragment has neither candidates nor credentials"}
	}
	return ufrag, nil
}
