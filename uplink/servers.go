package uplink

import (
	"slices"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/uplink/whip"
)

// direct is how long a session is given without a TURN server that the relay names.
const direct = 4 * time.Second

// servers are the STUN and TURN servers to ask: the configured ones, else those that the relay named when it opened
// the last session (RFC 9725, 4.6).
func (u *Uplink) servers(of *endpoint) []webrtc.ICEServer {
	if len(u.o.ICEServers) > 0 {
		return u.o.ICEServers
	}
	return of.named
}

// learn takes the servers that the relay names. They come after the offer: an ICE restart asks them, and the next
// session. It tells whether there is a TURN server among them that this session could not ask: should media not get
// through, the next session is worth beginning soon.
func (s *session) learn(named []whip.ICEServer) (worthAnother bool) {
	if len(s.u.o.ICEServers) > 0 || len(named) == 0 {
		return false
	}
	had := hasTURN(s.to.named)
	s.to.named = nil
	for _, n := range named {
		server := webrtc.ICEServer{URLs: []string{n.URL}, Username: n.Username}
		if n.Credential != "" {
			server.Credential = n.Credential
		}
		if usable(server) {
			s.to.named = append(s.to.named, server)
		}
	}
	if s.pc.ICEGatheringState() == webrtc.ICEGatheringStateComplete {
		if err := s.pc.SetConfiguration(webrtc.Configuration{ICEServers: s.to.named}); err != nil {
			s.u.log.Debug("the ICE servers that the relay names", "err", err)
		}
	}
	return !had && hasTURN(s.to.named)
}

// usable tells whether pion takes a server: one that it does not would cost the next session.
func usable(s webrtc.ICEServer) bool {
	_, err := webrtc.NewAPI().NewICEGatherer(webrtc.ICEGatherOptions{ICEServers: []webrtc.ICEServer{s}})
	return err == nil
}

func hasTURN(servers []webrtc.ICEServer) bool {
	return slices.ContainsFunc(servers, func(s webrtc.ICEServer) bool { return strings.HasPrefix(s.URLs[0], "turn") })
}
