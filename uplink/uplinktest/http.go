package uplinktest

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// ServeHTTP answers as the Behaviour says.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	b := r.note(req)
	if r.o.Request != nil {
		r.o.Request(req)
	}
	switch {
	case b.Hang:
		// Until the body is read, net/http does not notice that the client has gone.
		_, _ = io.Copy(io.Discard, req.Body)
		r.hang(req)
	case b.Status != 0:
		if b.RetryAfter != "" {
			w.Header().Set("Retry-After", b.RetryAfter)
		}
		w.WriteHeader(b.Status)
	case b.Redirect != "":
		w.Header().Set("Location", b.Redirect)
		w.WriteHeader(http.StatusTemporaryRedirect)
	case req.Method == http.MethodPost:
		r.post(w, req, b)
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

func (r *Relay) note(req *http.Request) Behaviour {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.auth = append(r.auth, req.Header.Get("Authorization"))
	switch req.Method {
	case http.MethodPost:
		r.counts.Posts++
	case http.MethodDelete:
		r.counts.Deletes++
	case http.MethodGet:
		r.counts.Probes++
	}
	return r.behaviour
}

func (r *Relay) hang(req *http.Request) {
	select {
	case <-req.Context().Done():
	case <-r.hanging:
	}
}

func (r *Relay) post(w http.ResponseWriter, req *http.Request, b Behaviour) {
	body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
	if err != nil || req.Header.Get("Content-Type") != "application/sdp" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	offer := string(body)
	if b.NoAudio {
		offer = strings.Replace(offer, "m=audio 9", "m=audio 0", 1)
	}
	s, answer, err := r.open(offer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.offer = string(body)
	r.sessions[s.id] = s
	r.mu.Unlock()
	if b.NoMedia {
		r.remove(s.id)
		s.close()
	}
	if !b.NoLocation {
		w.Header().Set("Location", "/session/"+s.id)
	}
	w.Header().Set("Content-Type", "application/sdp")
	w.Header().Set("ETag", `"1"`)
	r.answer(w, req, answer, b)
}

func (r *Relay) answer(w http.ResponseWriter, req *http.Request, answer string, b Behaviour) {
	switch {
	case b.Truncate:
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		answer = answer[:len(answer)/2]
	case b.Garbage:
		answer = "<html>the answer is below</html>"
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, answer)
	if b.Endless {
		w.(http.Flusher).Flush()
		r.hang(req)
	}
}
