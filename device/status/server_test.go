package status

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"vigie/device/golive"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// box is a station of the test's making.
type testBox struct {
	mu       sync.Mutex
	snapshot Snapshot
	presses  []string
	refusal  error
}

func (b *testBox) read() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.snapshot
}

func (b *testBox) set(f func(*Snapshot)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.snapshot)
}

func (b *testBox) press(p Press) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := p.Button + " " + p.Gesture
	if p.State != golive.AnyState {
		said += " in " + p.State.String()
	}
	if p.Cut != nil {
		said += fmt.Sprint(" of ", *p.Cut)
	}
	b.presses = append(b.presses, said)
	return b.refusal
}

// serve runs a server on loopback until the test ends, and returns it with its base URL.
func serve(t *testing.T, opts Options) (*Server, string) {
	t.Helper()
	opts.Listen = "127.0.0.1:0"
	opts.Log = slog.New(slog.DiscardHandler)
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return s, "http://" + s.Addr().String()
}

// ask sends a request; header is pairs of name and value, Host among them. It returns the answer and its body.
func ask(t *testing.T, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for pair := range slices.Chunk(header, 2) {
		if pair[0] == "Host" {
			r.Host = pair[1]
		}
		r.Header.Set(pair[0], pair[1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(b)
}

func TestStatusIsTheContract(t *testing.T) {
	ago := int64(400)
	b := &testBox{snapshot: Snapshot{
		State: golive.Live, Wanted: true, Lights: golive.Lights{Red: golive.Steady},
		Warnings: []Warning{{Code: "silence", Text: "It is silent.", Severity: golive.Warning, Since: 7, Advice: "Switch it on."}},
		Audio:    Audio{LevelDB: [2]float64{math.Inf(-1), -20}, PeakDB: [2]float64{math.NaN(), -3}},
		Uplink: Uplink{Relay: "https://user:hush@relay.example/whip/a?token=hush#hush", ConfirmedMSAgo: &ago,
			EstimateBPS: 2_000_000, AcknowledgedBPS: 1_500_000, Cause: "grew", QueueMS: math.NaN(), Drops: Drops{Overflow: 3}},
	}}
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press})
	response, body := ask(t, "GET", base+"/api/v1/status", "")
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s %s", response.Status, response.Header)
	}
	for _, want := range []string{
		`"state":"live"`, `"wanted":true`, `"cut":false`, `"lights":{"red":"steady","green":"off","amber":"off"}`,
		`"warnings":[{"code":"silence","text":"It is silent.","severity":"warning","since":7,"advice":"Switch it on."}]`, `"config_errors":[]`, `"recording":{}`,
		`"level_db":[-120,-20]`, `"peak_db":[-120,-3]`, `"confirmed_ms_ago":400`, `"relay":"https://relay.example/whip/a"`,
		`"estimate_bps":2000000`, `"acknowledged_bps":1500000`, `"cause":"grew"`, `"queue_ms":0`,
		`"drops":{"offline":0,"overflow":3,"awaiting_idr":0,"flushed":0,"failed":0}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	if strings.Contains(body, "hush") {
		t.Errorf("a secret is in %s", body)
	}
	b.set(func(s *Snapshot) { *s = Snapshot{} })
	if _, body = ask(t, "GET", base+"/api/v1/status", ""); !strings.Contains(body, `"warnings":[]`) ||
		!strings.Contains(body, `"confirmed_ms_ago":null`) {
		t.Errorf("empty: %s", body)
	}
}

func TestPress(t *testing.T) {
	b := &testBox{}
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press})
	url := base + "/api/v1/press"
	const good = `{"button":"go_live","gesture":"press"}`
	if r, body := ask(t, "POST", url, good, "Content-Type", "application/json; charset=utf-8"); r.StatusCode != 204 {
		t.Fatalf("%s %s", r.Status, body)
	}
	for _, body := range []string{`{"gesture":"hold","button":"cut"}`, `{"button":"go_live","gesture":"press","state":"standby"}`,
		`{"button":"cut","gesture":"press","cut":false}`} {
		ask(t, "POST", url, body, "Content-Type", "application/json")
	}
	for _, c := range []struct {
		name, method, body, kind string
		code                     int
	}{
		{"a form", "POST", good, "text/plain", 415},
		{"no type", "POST", good, "", 415},
		{"GET", "GET", "", "", 405},
		{"large", "POST", `{"button":"` + strings.Repeat("a", 2000) + `"}`, "application/json", 413},
		{"unknown field", "POST", `{"button":"cut","gesture":"hold","x":1}`, "application/json", 400},
		{"other case", "POST", `{"Button":"cut","gesture":"hold"}`, "application/json", 400},
		{"twice", "POST", `{"button":"cut","button":"cut","gesture":"hold"}`, "application/json", 400},
		{"no string", "POST", `{"button":["cut"],"gesture":"hold"}`, "application/json", 400},
		{"unknown state", "POST", `{"button":"go_live","gesture":"press","state":"on"}`, "application/json", 400},
		{"no boolean", "POST", `{"button":"cut","gesture":"press","cut":"false"}`, "application/json", 400},
		{"unknown button", "POST", `{"button":"stop","gesture":"hold"}`, "application/json", 400},
		{"unknown gesture", "POST", `{"button":"cut","gesture":"double"}`, "application/json", 400},
		{"more", "POST", good + good, "application/json", 400},
		{"cut off", "POST", good[:20], "application/json", 400},
		{"empty", "POST", "", "application/json", 400},
	} {
		r, body := ask(t, c.method, url, c.body, "Content-Type", c.kind)
		if r.StatusCode != c.code || !isError(body) {
			t.Errorf("%s: %s %s, want %d", c.name, r.Status, body, c.code)
		}
	}
	if want := []string{"go_live press", "cut hold", "go_live press in standby", "cut press of false"}; !slices.Equal(b.presses, want) {
		t.Errorf("the station got %q, want %q", b.presses, want)
	}
	b.refusal = errors.New("there is no camera")
	if r, body := ask(t, "POST", url, good, "Content-Type", "application/json"); r.StatusCode != 409 ||
		body != `{"error":"there is no camera"}`+"\n" {
		t.Errorf("refused: %s %s", r.Status, body)
	}
}

// isError tells whether body is an error as the API words it.
func isError(body string) bool {
	var e struct {
		Error string `json:"error"`
	}
	return json.Unmarshal([]byte(body), &e) == nil && e.Error != ""
}

func TestPageAndOtherPaths(t *testing.T) {
	b := &testBox{}
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press})
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/page/app.js": "text/javascript; charset=utf-8",
		"/page/style.css": "text/css; charset=utf-8", "/page/icon.svg": "image/svg+xml",
	} {
		r, body := ask(t, "GET", base+path, "")
		if r.StatusCode != 200 || body == "" || r.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %s %s", path, r.Status, r.Header)
		}
		csp := r.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") ||
			r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s", path, r.Header)
		}
	}
	for path, code := range map[string]int{
		"/nothing": 404, "/page/": 404, "/page/nothing.js": 404, "/page/..%2fpage.go": 404, "/api/v1/": 404, "/api/v1/press": 405,
	} {
		if r, body := ask(t, "GET", base+path, ""); r.StatusCode != code || !isError(body) {
			t.Errorf("%s: %s %s", path, r.Status, body)
		}
	}
	if r, _ := ask(t, "DELETE", base+"/api/v1/status", ""); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("DELETE: %s %s", r.Status, r.Header)
	}
}

// A page that names a file which is not embedded would be half a page; inline code would be refused by our own CSP.
func TestPageNamesOnlyWhatIsThere(t *testing.T) {
	html, err := files.ReadFile("page/index.html")
	if err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(bytes.NewReader(html))
	for scanner.Scan() {
		line := scanner.Text()
		if strings.Contains(line, " style=") || strings.Contains(line, " on") && strings.Contains(line, `onclick`) {
			t.Errorf("inline: %s", line)
		}
		if _, rest, ok := strings.Cut(line, `"/page/`); ok {
			name, _, _ := strings.Cut(rest, `"`)
			if _, err := files.ReadFile("page/" + name); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	b := &testBox{}
	s, _ := serve(t, Options{Snapshot: b.read, Press: b.press})
	_, err := New(Options{Listen: s.Addr().String(), Snapshot: b.read, Press: b.press})
	if err == nil || !strings.Contains(err.Error(), "status.listen") || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("a port in use: %v", err)
	}
	if _, err := New(Options{Listen: "127.0.0.1:0"}); err == nil {
		t.Error("New took Options without Snapshot")
	}
}
