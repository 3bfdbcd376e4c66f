package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

const (
	socketBuffer = 2 << 20 // bytes; an IDR goes to all viewers at once
	tcpQueue     = 64      // packets read from one TCP peer that ICE has not taken yet
)

// sockets are the relay's media ports: one UDP, one TCP, the same number, on the address of Options.Listen alone.
type sockets struct {
	port int
	udp  *net.UDPConn
	tcp  *tcpGuard
}

// listenMedia binds both ports. With port 0 it tries until one is free for both.
func listenMedia(by net.ListenConfig, host string, port int) (*sockets, error) {
	var err error
	for range 20 {
		var s *sockets
		if s, err = bindMedia(by, host, port); err == nil {
			return s, nil
		}
		if port != 0 {
			break
		}
	}
	return nil, fmt.Errorf("relay.media %s: %w", net.JoinHostPort(host, strconv.Itoa(port)), explain(err))
}

func bindMedia(by net.ListenConfig, host string, port int) (*sockets, error) {
	tcp, err := by.Listen(context.Background(), "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	s := &sockets{port: tcp.Addr().(*net.TCPAddr).Port, tcp: newTCPGuard(tcp.(*net.TCPListener), maxTCP)}
	udp, err := by.ListenPacket(context.Background(), "udp", net.JoinHostPort(host, strconv.Itoa(s.port)))
	if err != nil {
		return nil, errors.Join(err, tcp.Close())
	}
	s.udp = udp.(*net.UDPConn)
	// The kernel caps these; less only means that a burst may lose a packet, which NACK mends.
	_ = s.udp.SetReadBuffer(socketBuffer)
	_ = s.udp.SetWriteBuffer(socketBuffer)
	return s, nil
}

// networks are the kinds of candidates that the sockets can receive on.
func (s *sockets) networks() []webrtc.NetworkType {
	v4 := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4}
	v6 := []webrtc.NetworkType{webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP6}
	ip := s.udp.LocalAddr().(*net.UDPAddr).IP
	switch {
	case ip.To4() != nil:
		return v4
	case ip.IsUnspecified():
		return append(v4, v6...)
	}
	return v6
}

// muxes share the two ports among all sessions, by the user name in their STUN messages.
func (s *sockets) muxes(log logging.LoggerFactory) (ice.UDPMux, ice.TCPMux) {
	return ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: s.udp, Logger: log.NewLogger("udp")}),
		ice.NewTCPMuxDefault(ice.TCPMuxParams{
			Listener:                     s.tcp,
			ReadBufferSize:               tcpQueue,
			Logger:                       log.NewLogger("tcp"),
			FirstStunBindTimeout:         connectTime,
			AliveDurationForConnFromStun: connectTime,
		})
}
