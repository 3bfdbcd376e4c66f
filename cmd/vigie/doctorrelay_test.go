package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vigie/device/config"
	"vigie/uplink/uplinktest"
)

// publishesTo is the configuration of a box that publishes there with that token.
func publishesTo(t *testing.T, to *url.URL, token, caFile string) *config.Config {
	t.Helper()
	cfg := testConfig()
	cfg.Relay.URL, cfg.Relay.CAFile, cfg.Relay.TokenFile = to.String(), caFile, filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(cfg.Relay.TokenFile, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	return &cfg
}

// holds fails the test where the findings are not these parts in these lights, with these words in them.
func holds(t *testing.T, found []finding, want ...finding) {
	t.Helper()
	same := func(f, w finding) bool {
		return f.Part == w.Part && f.Light == w.Light && strings.Contains(f.Text, w.Text) && strings.Contains(f.Advice, w.Advice)
	}
	if !slices.EqualFunc(found, want, same) {
		t.Errorf("found\n%+v\nwant\n%+v", found, want)
	}
	for _, f := range found {
		if strings.Contains(f.Text+f.Advice, elsewhereToken) {
			t.Errorf("the token is in %+v", f)
		}
	}
}

// relays is what doctor finds of a configuration's relays while no vigie runs.
func relays(t *testing.T, c *config.Config) (found []finding) {
	for _, s := range relaySteps(c, nil) {
		found = append(found, s.take(t.Context())...)
	}
	return found
}

// TestEmbeddedRelay takes each port of the relay inside vigie from it.
func TestEmbeddedRelay(t *testing.T) {
	cfg := testConfig()
	cfg.Relay.Listen, cfg.Relay.Media = freePort(t), 0
	well := finding{"relay", "green", "embedded, on " + cfg.Relay.Listen, ""}
	holds(t, relays(t, &cfg), well)
	holds(t, relays(t, &cfg), well) // the ports were given back
	other, err := net.Listen("tcp", cfg.Relay.Listen)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, relays(t, &cfg), finding{"relay", "red", "relay.listen " + cfg.Relay.Listen + ": address in use", "ss -lntup"})
	holds(t, []finding{embedded(&cfg, &runningBox{})}, finding{"relay", "green", "the vigie that runs has them", ""})
	holds(t, []finding{embedded(&cfg, &runningBox{State: "fault"})}, finding{"relay", "amber", "is in fault", "above"})
	other.Close()

	media, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer media.Close()
	cfg.Relay.Media = media.LocalAddr().(*net.UDPAddr).Port
	holds(t, relays(t, &cfg), finding{"relay", "red", "relay.media " + media.LocalAddr().String() + ": address in use", "vigie-relay"})
}

// freePort is an address of this computer that nobody has.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestRelayStepByStep holds that each step of the way is a finding, and that the first that fails is red and the last.
func TestRelayStepByStep(t *testing.T) {
	pair := certificate(t, net.IPv4(127, 0, 0, 1))
	secure, plain := startRelay(t, pair), startRelay(t, config.TLS{})
	name := finding{"relay name", "green", "127.0.0.1 is an address", ""}
	soon := finding{"relay TLS", "amber", "TLS 1.3 in ", "it ends soon"}
	t.Run("a certificate of one's own", func(t *testing.T) {
		soon.Text = ", by relay.ca_file"
		holds(t, relays(t, publishesTo(t, secure, elsewhereToken, pair.Cert)), name, soon,
			finding{"relay WHIP", "green", "lets us in; 204 to OPTIONS, and it takes SDP", ""})
	})
	t.Run("nobody vouches for it", func(t *testing.T) {
		holds(t, relays(t, publishesTo(t, secure, elsewhereToken, "")), name,
			finding{"relay TLS", "red", "cannot be trusted: its certificate is signed by nobody", "operator's to mend"})
	})
	t.Run("another token, and a backup", func(t *testing.T) {
		cfg := publishesTo(t, plain, "wrong", "")
		cfg.Relay.Backup = []config.Backup{{URL: plain.String(), TokenFile: publishesTo(t, plain, elsewhereToken, "").Relay.TokenFile}}
		tcp := finding{"relay TLS", "green", "without TLS", ""}
		holds(t, relays(t, cfg), name, tcp, finding{"relay WHIP", "red", "refuses the token (401)", "token_file"},
			finding{"backup 1 name", "green", "", ""}, finding{"backup 1 TLS", "green", "", ""}, finding{"backup 1 WHIP", "green", "", ""})
	})
	t.Run("nobody listens", func(t *testing.T) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		to, _ := url.Parse(gone.URL + "/whip/a-secret-path")
		found := relays(t, publishesTo(t, to, elsewhereToken, ""))
		holds(t, found, name, finding{"relay TLS", "red", "nobody listens there", "See that the relay runs"})
		if strings.Contains(found[1].Text, "a-secret-path") {
			t.Error("the path may be a secret")
		}
	})
	t.Run("no token at all", func(t *testing.T) {
		cfg := publishesTo(t, plain, "", "")
		cfg.Relay.TokenFile = ""
		found := relays(t, cfg)
		holds(t, found[len(found)-1:], finding{"relay WHIP", "red", "wants a token, and none is set", "Name the file"})
	})
	t.Run("a relay in trouble", func(t *testing.T) {
		ill := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
		defer ill.Close()
		to, _ := url.Parse(ill.URL)
		found := relays(t, publishesTo(t, to, elsewhereToken, ""))
		holds(t, found[len(found)-1:], finding{"relay WHIP", "red", "is not available (503)", "Tell the relay's operator"})
	})
	t.Run("no token file", func(t *testing.T) {
		cfg := publishesTo(t, plain, elsewhereToken, "")
		cfg.Relay.TokenFile += "-gone"
		holds(t, relays(t, cfg), finding{"relay", "red", "token-gone", "run doctor as root"})
	})
}

// TestRelayByName asks a name server of its own.
func TestRelayByName(t *testing.T) {
	names, err := uplinktest.NewNameServer("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	before := net.DefaultResolver
	net.DefaultResolver = names.Resolver()
	t.Cleanup(func() { net.DefaultResolver = before; names.Close() })
	to := startRelay(t, config.TLS{})
	to.Host = "relay.vigie.example.:" + to.Port()
	cfg := publishesTo(t, to, elsewhereToken, "")

	names.Answer(netip.MustParseAddr("127.0.0.1"))
	holds(t, relays(t, cfg), finding{"relay name", "green", "relay.vigie.example. is 127.0.0.1", ""},
		finding{"relay TLS", "green", "", ""}, finding{"relay WHIP", "green", "lets us in", ""})
	names.Fail(uplinktest.NoSuchName)
	holds(t, relays(t, cfg), finding{"relay name", "red", "its name is not known in this network (DNS)", "network"})
}

// TestFlood holds that the whole of it gets through to a relay of ours, without a session and without the token.
func TestFlood(t *testing.T) {
	pair := certificate(t, net.IPv4(127, 0, 0, 1))
	for scheme, c := range map[string]struct {
		relay config.TLS
		ca    string
	}{"http": {}, "https": {pair, pair.Cert}} {
		t.Run(scheme, func(t *testing.T) {
			to := startRelay(t, c.relay)
			sent, err := flood(t.Context(), publishesTo(t, to, elsewhereToken, c.ca).Relay, to)
			if err != nil || sent.acked < speedChunks*speedChunk { // here all of it may be through within a tick: busy is 0 then
				t.Errorf("%+v, %v", sent, err)
			}
		})
	}
	t.Run("who is asked", func(t *testing.T) {
		var requests atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1); r.Method != http.MethodOptions || r.Header.Get("Authorization") != "" {
				t.Errorf("%s %v", r.Method, r.Header)
			}
		}))
		defer s.Close()
		to, _ := url.Parse(s.URL + "/whip")
		if _, err := flood(t.Context(), publishesTo(t, to, elsewhereToken, "").Relay, to); err != nil || requests.Load() != speedChunks {
			t.Errorf("%d requests, %v", requests.Load(), err)
		}
	})
}

// TestFloodOfOneWhoDoesNotRead holds that a relay's full window is not taken for the network's speed.
func TestFloodOfOneWhoDoesNotRead(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // the connection stays in its queue
	to := &url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/whip"}
	ctx, cancel := context.WithCancel(t.Context())
	conn, err := dialRelay(ctx, config.Relay{}, to)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	poured := make(chan struct{})
	go func() { defer close(poured); pour(conn, to, make([]byte, speedChunk)) }()
	var s flow
	for late := time.Now().Add(10 * time.Second); s.held == 0; { // until the window is full
		if s, err = measure(conn); err != nil || time.Now().After(late) {
			t.Fatal(s, err)
		}
	}
	cancel()
	conn.Close()
	<-poured
	if _, err := flood(ctx, config.Relay{}, to); err == nil {
		t.Error("nothing ends it")
	}
}

func TestSpeedIsJudged(t *testing.T) {
	want := config.Bitrate{Min: 300_000, Max: 4_000_000}
	for name, c := range map[string]struct {
		flow
		light, text string
	}{
		"enough":                  {flow{4_000_000, 2e9, 0}, "green", "at least 16.0 Mb/s"},
		"enough, and held":        {flow{4_000_000, 2e9, 19e8}, "green", "at least 16.0 Mb/s"},
		"some":                    {flow{625_000, 5e9, 0}, "amber", "at least 1.0 Mb/s, which is less than video.bitrate.max"},
		"little":                  {flow{125_000, 5e9, 0}, "amber", "at least 0.2 Mb/s, which is less than video.bitrate.min"},
		"a relay that closes":     {flow{66_000, 1e7, 0}, "amber", "not measured: the relay took 66 kB and closed"},
		"one that does not read":  {flow{66_000, 5e9, 49e8}, "amber", "not measured: the relay took 66 kB and no more"},
		"one that closes at once": {flow{}, "amber", "not measured: the relay took 0 kB and closed"},
	} {
		if f := c.judge(want); f.Light != c.light || f.Text != c.text || (f.Light == "green") != (f.Advice == "") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// TestSpeedIsLeftToAShow holds that nothing is sent beside a show, and no more when one begins.
func TestSpeedIsLeftToAShow(t *testing.T) {
	cfg := testConfig()
	cfg.Relay.URL = "https://127.0.0.1:1/whip"
	shut := finding{"relay speed", "green", "not measured: vigie runs", "when no show is on"}
	holds(t, upload(t.Context(), &cfg, &runningBox{}), shut)
	holds(t, upload(t.Context(), &cfg, &runningBox{open: true, State: "live"}), shut)
	holds(t, upload(t.Context(), &cfg, nil)) // nobody is there: the steps say so

	deaf, err := net.Listen("tcp", "127.0.0.1:0") // takes what a kernel takes, and no more
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	var asked atomic.Bool
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, map[bool]string{false: `{"state": "standby"}`, true: `{"state": "cueing"}`}[asked.Swap(true)])
	}))
	defer page.Close()
	box := findBox(t.Context(), strings.TrimPrefix(page.URL, "http://"))
	cfg.Relay.URL = "http://" + deaf.Addr().String() + "/whip"
	holds(t, upload(t.Context(), &cfg, box), finding{"relay speed", "green", "a show began meanwhile", "when it is over"})
}
