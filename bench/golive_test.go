//go:build bench

package bench

import (
	"testing"
	"time"
)

const (
	oneWay = 40 * time.Millisecond
	goLive = 370 * time.Millisecond // from the edge to the first packet of media
)

// TestGoLiveAt80ms measures the whole box at a round trip of 80 ms, from the edge of its button to its first packet of
// media. It takes four round trips: the POST, on the connection that the last probe of the relay left open, two for ICE
// and one for DTLS; then up to 20 ms for the next packet of sound.
func TestGoLiveAt80ms(t *testing.T) {
	a := standByApart(t, oneWay)
	pause(time.Second) // the relay has been probed
	at := a.press()
	a.await("live", patience)
	took := make(map[Kind]time.Duration)
	for _, p := range a.wire.Packets() {
		if left := p.At - oneWay; p.Outgoing && left > at && took[p.Kind] == 0 { // it was captured behind the delay
			took[p.Kind] = left - at
		}
	}
	t.Logf("after the edge: first check %v, DTLS %v, media %v", took[STUN].Round(time.Millisecond),
		took[DTLS].Round(time.Millisecond), took[RTP].Round(time.Millisecond))
	figure(t, ours, "go-live", took[RTP].Seconds())
	if took[RTP] == 0 || took[RTP] > goLive {
		t.Errorf("the first packet of media left %v after the edge, want %v at most", took[RTP], goLive)
	}
}
