//go:build bench

package bench

import (
	"net"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"vigie/capture"
)

// pair is two machines with a cable, and on the second one a program that sends every UDP packet back.
func pair(t *testing.T) (near *Interface, echo net.Conn) {
	t.Helper()
	box, relay := NewNamespace(t, "box"), NewNamespace(t, "relay")
	near, _ = Connect(box, "10.0.0.1/24", relay, "10.0.0.2/24")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var server net.PacketConn
	must(relay.Do(func() (err error) { server, err = net.ListenPacket("udp", "10.0.0.2:7"); return err }))
	must(box.Do(func() (err error) { echo, err = net.Dial("udp", "10.0.0.2:7"); return err }))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for buf := make([]byte, 1500); ; {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(buf[:n], from) // the link may be down: that is a test's business
		}
	}()
	t.Cleanup(func() {
		server.Close()
		echo.Close()
		<-done
	})
	return near, echo
}

// roundTrip sends a packet and waits for it to come back.
func roundTrip(t *testing.T, echo net.Conn, payload []byte) (time.Duration, error) {
	t.Helper()
	sent := capture.Now()
	if err := echo.SetDeadline(time.Now().Add(500 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := echo.Write(payload); err != nil {
		return 0, err
	}
	_, err := echo.Read(make([]byte, 1500))
	return capture.Now() - sent, err
}

func TestDelayOfNetem(t *testing.T) {
	near, echo := pair(t)
	if _, err := roundTrip(t, echo, []byte("find the neighbour")); err != nil {
		t.Fatal(err)
	}
	near.Shape("netem delay 40ms")
	const soonest = 40 * time.Millisecond
	latest := 200 * time.Millisecond // what a busy host costs
	if strings.Contains(read(t, "/proc/cmdline"), "time-travel") {
		latest = 41 * time.Millisecond
	}
	for range 5 {
		if rtt, err := roundTrip(t, echo, []byte("ping")); err != nil || rtt < soonest || rtt > latest {
			t.Errorf("round trip %v, %v; want %v to %v", rtt, err, soonest, latest)
		}
	}
	near.Shape("netem loss 100%")
	if rtt, err := roundTrip(t, echo, []byte("ping")); err == nil {
		t.Errorf("through a loss of 100 %% it came back after %v", rtt)
	}
}

func TestCableDownAndUp(t *testing.T) {
	near, echo := pair(t)
	near.Down()
	if _, err := roundTrip(t, echo, []byte("ping")); err == nil {
		t.Error("a packet came back over a cable that is down")
	}
	near.Up()
	WaitFor(t, waitStart, "the cable to be up", func() bool {
		_, err := roundTrip(t, echo, []byte("ping"))
		return err == nil
	})
}

func TestCapture(t *testing.T) {
	near, echo := pair(t)
	near.Shape("netem delay 40ms")
	wire := near.Capture()
	before := capture.Now()
	rtp := []byte{0x80, 96, 0, 1, 0, 0, 0, 0, 0xca, 0xfe, 0xba, 0xbe, 'x'}
	if _, err := roundTrip(t, echo, rtp); err != nil {
		t.Fatal(err)
	}
	after := capture.Now()
	packets := wire.Stop()
	if len(packets) != 2 {
		t.Fatalf("captured %+v, want one packet out and one in", packets)
	}
	out, in := packets[0], packets[1]
	if !out.Outgoing || in.Outgoing || out.Src != in.Dst || out.Dst != netip.MustParseAddrPort("10.0.0.2:7") {
		t.Errorf("captured %+v, want one packet out and the same back in", packets)
	}
	if out.Kind != RTP || out.SSRC() != 0xcafebabe || out.Size != len(rtp) {
		t.Errorf("captured %+v, want RTP of SSRC cafebabe and %d bytes", out, len(rtp))
	}
	// netem holds it before the interface: it is on the wire 40 ms after it was sent.
	if out.At < before+40*time.Millisecond || in.At < out.At || in.At > after {
		t.Errorf("sent at %v, on the wire at %v, back at %v, received at %v", before, out.At, in.At, after)
	}
}

func TestKindOf(t *testing.T) {
	for want, payload := range map[Kind][]byte{
		STUN: {0, 1}, DTLS: {22, 254}, RTP: {128, 96}, RTCP: {128, 200}, Other: {64, 1},
	} {
		if got := kindOf(payload); got != want {
			t.Errorf("% x is %s, want %s", payload, got, want)
		}
	}
	if got := kindOf(nil); got != Other {
		t.Errorf("an empty packet is %s", got)
	}
}

func TestEnterKeepsTheProcess(t *testing.T) {
	box := NewNamespace(t, "box")
	p := Start(t, box.Enter(exec.Command("sh", "-c", "echo I am $$; ip -oneline link; exec sleep 60")))
	p.WaitLog("lo:", waitStart)
	if want := "I am " + strconv.Itoa(p.PID); !strings.Contains(p.Log(), want) {
		t.Errorf("%q does not say %q", p.Log(), want)
	}
	if strings.Contains(p.Log(), "dummy0") {
		t.Errorf("it sees the interfaces of another namespace:\n%s", p.Log())
	}
}
