package uplink

import (
	"errors"
	"iter"
	"slices"
	"strings"
)

// maxCandidates bounds what a relay makes us try: each candidate is checked from each of the box's addresses.
const maxCandidates = 64

// iceSide is what ICE needs to know of one side: SDP and its fragments (RFC 8840, 9) hold it alike.
type iceSide struct {
	ufrag, pwd string
	candidates []string // values of a=candidate, without doubles
	complete   bool     // there are no more
}

// readICE reads an SDP or a fragment. Everything is bundled: the first credentials are those of all sections.
func readICE(text string) (s iceSide) {
	for line := range lines(text) {
		key, value, _ := strings.Cut(line, ":")
		switch {
		case key == "a=ice-ufrag" && s.ufrag == "":
			s.ufrag = value
		case key == "a=ice-pwd" && s.pwd == "":
			s.pwd = value
		case key == "a=candidate" && !slices.Contains(s.candidates, value) && len(s.candidates) < maxCandidates:
			s.candidates = append(s.candidates, value)
		case key == "a=end-of-candidates":
			s.complete = true
		}
	}
	return s
}

// lines yields the lines of an SDP.
func lines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimRight(line, "\r"); line != "" && !yield(line) {
				return
			}
		}
	}
}

// fragmentOf makes what a PATCH carries of our side (RFC 9725, 4.3; RFC 8840, 4.4): the section that all others are
// bundled with is the only one in it, and its port and formats are the offer's.
func fragmentOf(offer string, side iceSide) string {
	var group, section, mid string
	for line := range lines(offer) {
		switch {
		case strings.HasPrefix(line, "a=group:BUNDLE") && group == "":
			group = line
		case strings.HasPrefix(line, "m=") && section == "":
			section = line
		case strings.HasPrefix(line, "a=mid:") && mid == "":
			mid = line
		}
	}
	out := []string{"a=ice-options:trickle ice2", group, section, mid, "a=ice-ufrag:" + side.ufrag, "a=ice-pwd:" + side.pwd}
	for _, c := range side.candidates {
		out = append(out, "a=candidate:"+c)
	}
	if side.complete {
		out = append(out, "a=end-of-candidates")
	}
	return strings.Join(out, "\r\n") + "\r\n"
}

var errNoCredentials = errors.New("the relay's fragment has no ICE credentials")

// withICE is an answer with the relay's side replaced: credentials and the whole set of candidates (RFC 9725, 4.3.3).
// All else that was negotiated stays.
func withICE(answer string, side iceSide) string {
	var out []string
	sections := 0
	candidates := func() {
		if sections == 1 {
			for _, c := range side.candidates {
				out = append(out, "a=candidate:"+c)
			}
		}
	}
	for line := range lines(answer) {
		key, _, _ := strings.Cut(line, ":")
		switch key {
		case "a=candidate", "a=end-of-candidates":
			continue
		case "a=ice-ufrag":
			line = key + ":" + side.ufrag
		case "a=ice-pwd":
			line = key + ":" + side.pwd
		}
		if strings.HasPrefix(line, "m=") {
			candidates()
			sections++
		}
		out = append(out, line)
	}
	candidates()
	return strings.Join(out, "\r\n") + "\r\n"
}

// cutTCP takes the TCP candidates out where there are others, to be tried later.
func (s iceSide) cutTCP() (first iceSide, tcp []string) {
	first = s
	first.candidates = nil
	for _, c := range s.candidates {
		if isTCP(c) {
			tcp = append(tcp, c)
		} else {
			first.candidates = append(first.candidates, c)
		}
	}
	if len(first.candidates) == 0 {
		return s, nil
	}
	return first, tcp
}

// isTCP reads the transport of a candidate (RFC 8839, 5.1).
func isTCP(candidate string) bool {
	f := strings.Fields(candidate)
	return len(f) > 2 && strings.EqualFold(f[2], "tcp")
}
