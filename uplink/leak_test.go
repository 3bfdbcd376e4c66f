package uplink_test

import (
	"flag"
	"log"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"vigie/uplink"
)

func TestMain(m *testing.M) {
	if was, err := uplink.RelayProcess(); was {
		if err != nil {
			log.Fatal(err)
		}
		return
	}
	flag.Parse()
	// Most of these tests wait for a relay that says nothing: they need no core each.
	_ = flag.Set("test.parallel", "8")
	goleak.VerifyTestMain(m)
}

// A show leaves nothing behind, however often.
func TestShowsLeaveNothing(t *testing.T) {
	cycle := func() {
		s := newStage(t, quick)
		stop := s.play()
		next[uplink.Confirmed](s, 10*time.Second)
		stop()
		s.end()
		if c := s.relay.Counts(); c.Deletes != 1 {
			t.Errorf("%+v", c)
		}
	}
	cycle()
	if err := goleak.Find(); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for range 20 {
		cycle()
	}
	if err := goleak.Find(); err != nil {
		t.Error(err)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, %d before", after, before)
	}
}
