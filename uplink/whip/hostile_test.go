package whip

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzHeaders: what a relay says of its session is kept where it can be said again, and nothing else is.
func FuzzHeaders(f *testing.F) {
	f.Add(`W/"1"`, "application/trickle-ice-sdpfrag; x=y, text/plain")
	f.Fuzz(func(t *testing.T, tag, patch string) {
		var s Session
		s.setTag(tag)
		if got := s.entityTag(); got != "" && (got != tag || strings.Count(got, `"`) != 2 || !strings.HasSuffix(got, `"`)) {
			t.Errorf("%q was kept of %q", got, tag)
		}
		if takesFragments(http.Header{"Accept-Patch": {patch}}) && !strings.Contains(strings.ToLower(patch), typeFragment) {
			t.Errorf("%q takes fragments?", patch)
		}
	})
}
