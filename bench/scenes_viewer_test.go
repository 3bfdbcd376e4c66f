//go:build bench

package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
	"vigie/uplink/whip"
)

// sceneViewer makes the test's own program a viewer of the WHEP endpoint that it names: who watches a scene is beside
// the relay, in its namespace, so that nothing is lost between them.
const sceneViewer = "BENCH_SCENE_VIEWER"

// watch starts a viewer.
func (s *scene) watch() *Process {
	s.t.Helper()
	own, err := os.Executable()
	must(s.t, "viewer", err)
	cmd := exec.Command(own)
	cmd.Env = append(os.Environ(), sceneViewer+"="+sceneWeb)
	v := Start(s.t, s.far.Enter(cmd))
	v.WaitLog("watching", patience)
	return v
}

// viewScene is that program: it writes the media time at which each picture could be shown, until SIGTERM.
func viewScene(web string) (status int) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var se webrtc.SettingEngine
	se.SetSRTPReplayProtectionWindow(1024) // a browser's: pion's 64 packets are less than a retransmission takes
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(se)).NewPeerConnection(webrtc.Configuration{})
	if err == nil {
		defer pc.Close()
		pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { showTrack(track) })
		_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo,
			webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	}
	at := endpoint(web)
	at.Path = "/whep/main-stage" // which takes an offer as WHIP's does
	if err == nil {
		err = join(ctx, pc, &whip.Client{Endpoint: at})
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("watching")
	<-ctx.Done()
	return 0
}

func showTrack(track *webrtc.TrackRemote) {
	s := newScreen()
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		for range s.take(p) {
			fmt.Println("picture", int64(capture.Now()))
		}
	}
}

// pictures are when a viewer's pictures could be shown, oldest first.
func pictures(viewer *Process) (all []time.Duration) {
	for line := range strings.Lines(viewer.Log()) {
		var at int64
		if n, _ := fmt.Sscanf(line, "picture %d", &at); n == 1 {
			all = append(all, time.Duration(at))
		}
	}
	return all
}

// freeze is the longest time without a new picture between two times.
func freeze(shown []time.Duration, from, to time.Duration) (longest time.Duration) {
	last := from
	for _, at := range shown {
		if at > last && at <= to {
			longest, last = max(longest, at-last), at
		}
	}
	return max(longest, to-last)
}
