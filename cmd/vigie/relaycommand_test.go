package main

import (
	"strings"
	"testing"

	"vigie/device/config"
)

// TestRelayForBoxes holds that a relay which no box elsewhere can use says so.
func TestRelayForBoxes(t *testing.T) {
	for name, r := range map[string]struct {
		relay config.Relay
		want  string
	}{
		"the default":  {config.Default().Relay, "relay.listen"},
		"plain":        {config.Relay{Listen: ":8889"}, "relay.tls"},
		"as it should": {config.Relay{Listen: ":8889", TLS: config.TLS{Cert: "/c", Key: "/k"}}, ""},
	} {
		got := closedToBoxes(config.Config{Relay: r.relay})
		if (got == "") != (r.want == "") || !strings.Contains(got, r.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
