package whip

import (
	"slices"
	"strings"
	"testing"
)

func TestICEServers(t *testing.T) {
	turn := ICEServer{"turn:t.example.net?transport=udp", "user", `pass"word, with; all`}
	for _, c := range []struct {
		links []string
		want  []ICEServer
	}{
		{[]string{`<stun:s.example.net>; rel="ice-server"`}, []ICEServer{{URL: "stun:s.example.net"}}},
		{[]string{`<stun:s.example.net>;rel=ice-server`}, []ICEServer{{URL: "stun:s.example.net"}}},
		{[]string{`<turn:t.example.net?transport=udp>; rel="ice-server"; username="user"; ` +
			`credential="pass\"word, with; all"; credential-type="password"`}, []ICEServer{turn}},
		{[]string{`<stun:a>; rel="ice-server", <stun:b>; rel="x ICE-Server"`, ` , <stuns:c> ; rel = "ice-server"`},
			[]ICEServer{{URL: "stun:a"}, {URL: "stun:b"}, {URL: "stuns:c"}}},
		{[]string{`<https://x/y>; rel="ice-server"`, `<stun:a>; rel="urn:ietf:params:whip:ext:example"`, `<stun:b>`}, nil},
		{[]string{`<turn:t>; rel="ice-server"`, `<turn:t>; rel="ice-server"; username=u`}, nil},
		{[]string{`<stun:a>; rel=next; rel=ice-server`}, nil},
		{[]string{`stun:a; rel="ice-server"`, `<stun:a`, `<`, `>`, `,;=`, `<stun:a>; rel="ice-server`},
			[]ICEServer{{URL: "stun:a"}}},
		{[]string{strings.Repeat(`<stun:a>; rel="ice-server",`, 100)}, slices.Repeat([]ICEServer{{URL: "stun:a"}}, maxServers)},
	} {
		if got := iceServers(c.links); !slices.Equal(got, c.want) {
			t.Errorf("%q: %+v, want %+v", c.links, got, c.want)
		}
	}
}

// Links are the relay's to write.
func FuzzICEServers(f *testing.F) {
	f.Add(`<turn:t.example.net>; rel="ice-server"; username="u"; credential="c\"", <stun:s>;rel=ice-server`)
	f.Fuzz(func(t *testing.T, text string) {
		servers := iceServers([]string{text})
		if len(servers) > maxServers {
			t.Errorf("%d servers", len(servers))
		}
		for _, s := range servers {
			if !strings.Contains(text, s.URL) || strings.HasPrefix(s.URL, "turn") && s.Credential == "" {
				t.Errorf("%+v", s)
			}
		}
	})
}
