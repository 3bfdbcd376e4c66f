package uplink

import (
	"context"
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/pion/webrtc/v4"
	"golang.org/x/sys/unix"
)

// attribute and message are as the kernel writes them (netlink(7)).
func attribute(kind uint16, value ...byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	b = append(binary.NativeEndian.AppendUint16(b, kind), value...)
	return append(b, make([]byte, -len(value)&3)...)
}

func message(kind uint16, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	b := binary.NativeEndian.AppendUint32(nil, uint32(16+len(body)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	return append(append(b, make([]byte, 10)...), body...)
}

func TestDefaultRoutes(t *testing.T) {
	u32 := func(n uint32) []byte { return binary.NativeEndian.AppendUint32(nil, n) }
	rtmsg := func(bits, table, kind byte) []byte {
		return []byte{unix.AF_INET, bits, 0, 0, table, 0, 0, kind, 0, 0, 0, 0}
	}
	dump := slices.Concat(
		message(unix.RTM_NEWROUTE, rtmsg(0, unix.RT_TABLE_MAIN, unix.RTN_UNICAST),
			attribute(unix.RTA_GATEWAY, 192, 0, 2, 1), attribute(unix.RTA_OIF, u32(3)...), attribute(unix.RTA_PRIORITY, u32(600)...)),
		message(unix.RTM_NEWROUTE, rtmsg(24, unix.RT_TABLE_MAIN, unix.RTN_UNICAST), attribute(unix.RTA_OIF, u32(3)...)),
		message(unix.RTM_NEWROUTE, rtmsg(0, unix.RT_TABLE_LOCAL, unix.RTN_UNICAST)),
		message(unix.RTM_NEWROUTE, rtmsg(0, unix.RT_TABLE_MAIN, unix.RTN_UNREACHABLE)),
		message(unix.RTM_NEWADDR, rtmsg(0, unix.RT_TABLE_MAIN, unix.RTN_UNICAST)),
		message(unix.RTM_NEWROUTE, rtmsg(0, unix.RT_TABLE_MAIN, unix.RTN_UNICAST)[:8]),
	)
	got := defaultRoutes(dump, map[uint32]string{3: "wlan0"})
	if len(got) != 1 || got[0] != "default route via 192.0.2.1 by wlan0 metric 600" {
		t.Errorf("%q", got)
	}
	if defaultRoutes(dump[:40], nil) != nil {
		t.Error("routes of half a message")
	}
}

func TestMissing(t *testing.T) {
	a, b := map[string]bool{"link eth0": true, "link wlan0": true, "x": true}, map[string]bool{"x": true}
	if got := missing(a, b); !slices.Equal(got, []string{"link eth0", "link wlan0"}) || missing(b, a) != nil {
		t.Errorf("%q", got)
	}
}

// The kernel lets anybody listen, and the listening ends with the show.
func TestListensWithoutPrivilege(t *testing.T) {
	news, err := listenNetlink()
	if err != nil {
		t.Fatal(err)
	}
	news.Close()
	u := New(Options{})
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() { u.watchNetwork(ctx) })
	cancel()
	wait.Wait()
}

func TestRouteMoves(t *testing.T) {
	pair := func(to string) *webrtc.ICECandidatePair {
		return &webrtc.ICECandidatePair{
			Local: &webrtc.ICECandidate{Typ: webrtc.ICECandidateTypeHost}, Remote: &webrtc.ICECandidate{Address: to},
		}
	}
	var r route
	if r.moved(nil) || r.moved(pair("a-name.local")) || r.moved(pair("127.0.0.1")) || r.moved(pair("127.0.0.1")) {
		t.Error("moved, and nothing has")
	}
	if r.from != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("%v", r)
	}
	r.from = netip.MustParseAddr("192.0.2.7") // as it was
	if !r.moved(pair("127.0.0.1")) || r.moved(pair("127.0.0.1")) {
		t.Error("it moved, once")
	}
	r.from = netip.MustParseAddr("192.0.2.7")
	if r.moved(pair("127.0.0.2")) {
		t.Error("the relay has another address: that is not our move")
	}
}
