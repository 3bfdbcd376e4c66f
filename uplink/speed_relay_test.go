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
	cmd := exec.Command(program)
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

// RelayProcess tells whether this process is to be a relay of startRelay; then it was one, until its standard input
// ended. TestMain asks first of all.
func RelayProcess() (was bool, err error) {
	if os.Getenv(relayProcess) == "" {
		return false, nil
	}
	r, err := relay.New(relay.Options{Listen: "127.0.0.1:0", Token: relayToken, Channel: "stage"})
	if err != nil {
		return true, err
	}
	fmt.Println("relay at", r.Addr())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1))
		cancel()
	}()
	return true, r.Run(ctx)
}
