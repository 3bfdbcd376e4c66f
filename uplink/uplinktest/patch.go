package uplinktest

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/pion/webrtc/v4"
)

const typeFragment = "application/trickle-ice-sdpfrag"

// patch takes late candidates and ICE restarts, as RFC 9725, 4.3, has it.
func (r *Relay) patch(w http.ResponseWriter, req *http.Request, fragment string, b Behaviour) {
	r.mu.Lock()
	s := r.sessions[path.Base(req.URL.Path)]
	r.mu.Unlock()
	match := req.Header.Get("If-Match")
	switch {
	case b.PatchStatus != 0:
		w.WriteHeader(b.PatchStatus)
	case s == nil:
		w.WriteHeader(http.StatusNotFound)
	case req.Header.Get("Content-Type") != typeFragment:
		w.WriteHeader(http.StatusUnsupportedMediaType)
	case match == "*":
		answer, err := s.restart(fragment)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		w.Header().Set("ETag", s.etag)
		w.Header().Set("Content-Type", typeFragment)
		fmt.Fprint(w, answer)
	case match == "" && s.etag != None:
		w.WriteHeader(http.StatusPreconditionRequired)
	case match != "" && match != s.etag:
		w.WriteHeader(http.StatusPreconditionFailed)
	default:
		for _, c := range values(fragment, "a=candidate:") {
			_ = s.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: c})
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// restart takes the client's new side of ICE into its offer and returns the relay's new side, with a new entity tag.
func (s *session) restart(fragment string) (string, error) {
	ufrag, pwd := values(fragment, "a=ice-ufrag:"), values(fragment, "a=ice-pwd:")
	if len(ufrag) != 1 || len(pwd) != 1 {
		return "", fmt.Errorf("a fragment with %d user names and %d passwords", len(ufrag), len(pwd))
	}
	offer := withoutICE(s.offer, "a=candidate:", "a=end-of-candidates", "a=ice-ufrag:", "a=ice-pwd:")
	side := "a=ice-ufrag:" + ufrag[0] + "\r\na=ice-pwd:" + pwd[0] + "\r\n"
	for _, c := range values(fragment, "a=candidate:") {
		side += "a=candidate:" + c + "\r\n"
	}
	for _, mid := range values(offer, "a=mid:") {
		offer = strings.Replace(offer, "a=mid:"+mid+"\r\n", "a=mid:"+mid+"\r\n"+side, 1)
	}
	answer, err := s.negotiate(offer)
	if err != nil {
		return "", err
	}
	s.restarts++
	s.etag = fmt.Sprintf(`"restart %d"`, s.restarts)
	out := "a=ice-options:ice2\r\na=ice-ufrag:" + values(answer, "a=ice-ufrag:")[0] + "\r\n" +
		"a=ice-pwd:" + values(answer, "a=ice-pwd:")[0] + "\r\n"
	for _, c := range values(answer, "a=candidate:") {
		out += "a=candidate:" + c + "\r\n"
	}
	return out + "a=end-of-candidates\r\n", nil
}

// values returns what stands behind a prefix in the lines that have it.
func values(text, prefix string) (v []string) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), prefix); ok {
			v = append(v, rest)
		}
	}
	return v
}

// withoutICE drops the lines with one of the prefixes.
func withoutICE(text string, prefixes ...string) string {
	var out strings.Builder
next:
	for line := range strings.Lines(text) {
		for _, p := range prefixes {
			if strings.HasPrefix(line, p) {
				continue next
			}
		}
		out.WriteString(line)
	}
	return out.String()
}
