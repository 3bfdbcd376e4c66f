package uplink

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vigie/relay"
	"vigie/uplink/whip"
)

const (
	relayProcess = "UPLINK_TEST_RELAY" // set in the environment of a process that is to be a relay
	relayToken   = "a-token-of-the-benchmarks"
)

// startRelay starts a relay in a process of its own, so that what it allocates and when it is scheduled is not ours, and
// returns a client of it. It ends with the test.
func startRelay(t testing.TB) *whip.Client {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run", "^TestRelayProcess$", "-test.v")
	cmd.Env = append(os.Environ(), relayProcess+"=1")
	cmd.Stderr = os.Stderr
	end, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	t.Cleanup(func() {
		end.Close()
		for lines.Scan() { // what it still has to say, or it cannot end
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the relay: %v", err)
		}
	})
	for lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "relay at "); ok {
			return &whip.Client{Endpoint: &url.URL{Scheme: "http", Host: at, Path: "/whip/stage"}, Token: relayToken}
		}
	}
	t.Fatal("the relay did not start")
	return nil
}

// TestRelayProcess is the relay of startRelay, until its standard input ends.
func TestRelayProcess(t *testing.T) {
	if os.Getenv(relayProcess) == "" {
		t.Skip("the relay of the benchmarks, which start it")
	}
	r, err := relay.New(relay.Options{Listen: "127.0.0.1:0", Token: relayToken, Channel: "stage"})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("relay at", r.Addr())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- r.Run(ctx) }()
	_, _ = os.Stdin.Read(make([]byte, 1))
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
