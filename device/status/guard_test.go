package status

import (
	"net/url"
	"os"
	"strings"
	"testing"
)

func TestForeignRequestsAreRefused(t *testing.T) {
	b := &testBox{}
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press})
	u, _ := url.Parse(base)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	const press = `{"button":"go_live","gesture":"press"}`
	for _, c := range []struct {
		name, path string
		header     []string
		code       int
	}{
		{"the address", "/api/v1/status", nil, 200},
		{"localhost, by a tunnel", "/api/v1/status", []string{"Host", "localhost:9000"}, 200},
		{"the hostname, for which a stranger may answer", "/api/v1/status", []string{"Host", strings.ToUpper(host) + ":8080"}, 403},
		{"the hostname, mDNS", "/api/v1/status", []string{"Host", host + ".local."}, 403},
		{"a name that was rebound", "/api/v1/status", []string{"Host", "evil.example:" + u.Port()}, 403},
		{"a name that begins like ours", "/", []string{"Host", host + ".evil.example"}, 403},
		{"a name that begins like the address", "/", []string{"Host", "127.0.0.1.evil.example"}, 403},
		{"another address", "/", []string{"Host", "192.0.2.7:" + u.Port()}, 403},
		{"another address of the loopback", "/healthz", []string{"Host", "[::1]:" + u.Port()}, 403},
		{"metrics too", "/metrics", []string{"Host", "evil.example"}, 403},
		{"our own page", "/api/v1/status", []string{"Origin", base, "Sec-Fetch-Site", "same-origin"}, 200},
		{"another page reads", "/api/v1/status", []string{"Origin", "http://evil.example"}, 403},
		{"another port's page reads", "/api/v1/status", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"an <img> elsewhere", "/api/v1/preview", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"a link elsewhere", "/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a link elsewhere to the API", "/api/v1/status", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"our own page presses", "/api/v1/press", []string{"Origin", base}, 204},
		{"another page presses", "/api/v1/press", []string{"Origin", "http://evil.example"}, 403},
		{"a sandboxed page presses", "/api/v1/press", []string{"Origin", "null"}, 403},
		{"a page of the same site presses", "/api/v1/press", []string{"Sec-Fetch-Site", "same-site"}, 403},
	} {
		method, body := "GET", ""
		if strings.HasSuffix(c.path, "press") {
			method, body = "POST", press
			c.header = append(c.header, "Content-Type", "application/json")
		}
		r, answer := ask(t, method, base+c.path, body, c.header...)
		if r.StatusCode != c.code || c.code == 403 && !isError(answer) {
			t.Errorf("%s: %s %s, want %d", c.name, r.Status, answer, c.code)
		}
	}
	if len(b.presses) != 1 {
		t.Errorf("presses taken: %q", b.presses)
	}
	if _, text := ask(t, "GET", base+"/metrics", ""); !strings.Contains(text, `vigie_status_refused_requests_total{why="host"} 8`) {
		t.Errorf("refusals are not counted: %s", text)
	}
}
