package uplink_test

import (
	"net"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
	"github.com/pion/webrtc/v4"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// byTURN holds for both transports: the relay's firewall lets media from the TURN server's address alone through.
func byTURN(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			address := newTURN(t, transport)
			s := newStage(t, uplinktest.Behaviour{OnlyFrom: "127.0.0.2", ReportEvery: 100 * time.Millisecond}, func(o *uplink.Options) {
				o.ICEServers = []webrtc.ICEServer{{
					URLs: []string{"turn:" + address + "?transport=" + transport}, Username: "vigie", Credential: "secret",
				}}
			})
			s.play()
			next[uplink.Confirmed](s, 8*time.Second)
			s.goesBy("relay")
		})
	}
}

// newTURN is a TURN server on 127.0.0.1 whose relayed addresses are on 127.0.0.2.
func newTURN(t *testing.T, transport string) (address string) {
	t.Helper()
	from := &turn.RelayAddressGeneratorStatic{RelayAddress: net.IPv4(127, 0, 0, 2), Address: "127.0.0.2"}
	config := turn.ServerConfig{
		Realm: "vigie",
		AuthHandler: func(a *turn.RequestAttributes) (string, []byte, bool) {
			return a.Username, turn.GenerateAuthKey("vigie", "vigie", "secret"), a.Username == "vigie"
		},
		LoggerFactory: logging.NewDefaultLoggerFactory(),
	}
	if transport == "udp" {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address = conn.LocalAddr().String()
		config.PacketConnConfigs = []turn.PacketConnConfig{{PacketConn: conn, RelayAddressGenerator: from}}
	} else {
		listener, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address = listener.Addr().String()
		config.ListenerConfigs = []turn.ListenerConfig{{Listener: listener, RelayAddressGenerator: from}}
	}
	server, err := turn.NewServer(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return address
}
