//go:build bench

package bench

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"vigie/capture/rpicam/rpicamtest"
)

func TestMain(m *testing.M) {
	if what := os.Getenv(rpicamtest.Scenario); what != "" {
		os.Exit(rpicamtest.Run(what, os.Args[1:])) // standIn's script says so
	}
	if endpoint := os.Getenv(sceneViewer); endpoint != "" {
		os.Exit(viewScene(endpoint)) // a scene says so
	}
	os.Exit(m.Run())
}

// The picture of the tests with cameras of every kind: small, for the one CPU has JPEGs to decode.
const (
	kindsWidth, kindsHeight = 640, 360

	kinds = "camera: {width: 640, height: 360, fps: 15}\n"
)

// within is how soon a picture has to be back after its device, whatever the camera.
const within = time.Second

// hideEncoder leaves the board without an encoder until the test ends: its node has no name.
func hideEncoder(t *testing.T) {
	t.Helper()
	path, hidden := encoderNode(t), "/dev/hidden-encoder"
	must(t, "hide", os.Rename(path, hidden))
	t.Cleanup(func() { must(t, "show again", os.Rename(hidden, path)) })
}

// takes fails the test where the box did not take that way, as its log has it.
func (b *box) takes(way string) {
	b.t.Helper()
	if !strings.Contains(b.Log(), way) {
		b.t.Errorf("the box did not take the way %q", way)
	}
}

// keptSession fails the test where the box is not live, or had to open another session on the way.
func (b *box) keptSession() {
	b.t.Helper()
	if n, state := strings.Count(b.Log(), `msg="session opened"`), b.state(); n != 1 || state != "live" {
		b.t.Errorf("the box is %s after %d sessions, want live with one", state, n)
	}
}

// pictureStatus is what the status API says of the picture.
type pictureStatus struct {
	Camera, Format, Encoder, Way string
	Limits                       []string
}

func (b *box) pictureStatus() pictureStatus {
	b.t.Helper()
	resp, err := http.Get(statusURL + "/api/v1/status")
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var all struct{ Video pictureStatus }
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		b.t.Fatal(err)
	}
	return all.Video
}
