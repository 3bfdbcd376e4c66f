package rpicam

import (
	"os"
	"testing"

	"vigie/capture/rpicam/rpicamtest"
)

func TestMain(m *testing.M) {
	if what := os.Getenv(rpicamtest.Scenario); what != "" {
		os.Exit(rpicamtest.Run(what, os.Args[1:]))
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // the stand-in built with -race would take a second to end
	os.Exit(m.Run())
}
