package uplinktest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Request is one that the relay got.
type Request struct {
	Method, Path, Body string
	Header             http.Header
}

// ServeHTTP answers as the Behaviour says.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	// Until the body is read, net/http does not notice that the client has gone.
	body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
	if err != nil {
		return
	}
	b := r.note(req, body)
	if r.o.Request != nil {
		req.Body = io.NopCloser(bytes.NewReader(body))
		r.o.Request(req)
	}
	switch {
	case b.Hang:
		r.hang(req)
	case b.Status != 0:
		if b.RetryAfter != "" {
			w.Header().Set("Retry-After", b.RetryAfter)
		}
		w.WriteHeader(b.Status)
	case b.Page:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<html>Welcome! Please log in.</html>")
	case b.Redirect != "":
		w.Header().Set("Location", b.Redirect)
		w.WriteHeader(cmp.Or(b.RedirectCode, http.StatusTemporaryRedirect))
	case req.Method == http.MethodPost:
		r.post(w, req, string(body), b)
	case req.Method == http.MethodPatch:
		r.patch(w, req, string(body), b)
	case req.Method == http.MethodDelete:
		s := r.remove(path.Base(req.URL.Path))
		if s == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		s.close()
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (r *Relay) note(req *http.Request, body []byte) Behaviour {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, Request{req.Method, req.URL.Path, string(body), req.Header.Clone()})
	return r.behaviour
}

func (r *Relay) hang(req *http.Request) {
	select {
	case <-req.Context().Done():
	case <-r.hanging:
	}
}

func (r *Relay) post(w http.ResponseWriter, req *http.Request, offer string, b Behaviour) {
	if req.Header.Get("Content-Type") != "application/sdp" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	if b.NoAudio {
		offer = strings.Replace(offer, "m=audio 9", "m=audio 0", 1)
	}
	s, answer, err := r.open(offer, cmp.Or(b.ETag, `"1"`))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.sessions[s.id] = s
	r.mu.Unlock()
	if b.NoMedia {
		r.remove(s.id)
		s.pc.GracefulClose() // here and now: it must not connect
		s.close()
	}
	h := w.Header()
	if !b.NoLocation {
		at := "/session/" + s.id
		if b.Absolute {
			at = "http://" + req.Host + at
		}
		h.Set("Location", at)
	}
	h.Set("Content-Type", "application/sdp")
	if s.etag != None {
		h.Set("ETag", s.etag)
	}
	h["Link"] = b.Links
	r.answer(w, req, answer, b)
}

func (r *Relay) answer(w http.ResponseWriter, req *http.Request, answer string, b Behaviour) {
	if b.NoCandidates {
		answer = withoutICE(answer, "a=candidate:", "a=end-of-candidates")
	}
	if b.OnlyFrom != "" {
		for _, c := range values(answer, "a=candidate:") {
			if strings.Contains(c, " tcp ") {
				answer = withoutICE(answer, "a=candidate:"+c)
			}
		}
	}
	if b.Codec != "" {
		answer = strings.ReplaceAll(answer, "H264/", b.Codec+"/")
	}
	if b.Rewrite != nil {
		answer = b.Rewrite(answer)
	}
	switch {
	case b.Truncate:
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		answer = answer[:len(answer)/2]
	case b.Garbage:
		answer = "<html>the answer is below</html>"
	case b.Huge:
		answer += strings.Repeat("a=x-padding:"+strings.Repeat("x", 87)+"\r\n", 50_000)
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, answer)
	if b.Endless {
		w.(http.Flusher).Flush()
		r.hang(req)
	}
	if b.Drip {
		r.drip(w, req)
	}
}

// drip sends a byte every 100 ms until the client has had enough.
func (r *Relay) drip(w http.ResponseWriter, req *http.Request) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		fmt.Fprint(w, "\n")
		w.(http.Flusher).Flush()
		select {
		case <-tick.C:
		case <-req.Context().Done():
			return
		case <-r.hanging:
			return
		}
	}
}
