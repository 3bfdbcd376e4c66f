//go:build bench

package v4l2

import (
	"context"
	"testing"
	"time"

	"vigie/capture"
)

func TestHardwareWatchSeesTheCameraComeBack(t *testing.T) {
	found, ended := make(chan capture.Board, 100), make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- Watch(ctx, func() { found <- must(FindBoard()) }) }()
	if b := <-found; len(b.Cameras) != 1 {
		t.Fatalf("at first there is %+v", b.Cameras)
	}
	for range 3 {
		for _, c := range []struct {
			verb    string
			cameras int
		}{{"unbind", 0}, {"bind", 1}} {
			driver(t, c.verb)
			begin := capture.Now()
			for len((<-found).Cameras) != c.cameras {
			}
			if took := capture.Now() - begin; took > time.Second {
				t.Errorf("%s was seen after %v", c.verb, took)
			} else {
				t.Logf("%s was seen after %v", c.verb, took)
			}
		}
	}
	cancel()
	for {
		select {
		case <-found:
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			return
		}
	}
}
