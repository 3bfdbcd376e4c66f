package uplink

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"
)

// network is the system's, looked at each time: pion's own remembers the addresses that the box had when the session
// began, and would restart ICE with those.
type network struct {
	*stdnet.Net
	settled *atomic.Bool // of the session, for its sockets
}

func newNetwork(settled *atomic.Bool) (network, error) {
	n, err := stdnet.NewNet()
	return network{n, settled}, err
}

// Interfaces are those of this moment.
func (network) Interfaces() ([]*transport.Interface, error) {
	now, err := stdnet.NewNet()
	if err != nil {
		return nil, err
	}
	return now.Interfaces()
}

// knownInterface is an error where the box has no interface of that name; "" is any.
func knownInterface(name string) error {
	all, err := net.Interfaces()
	if err != nil {
		return fmt.Errorf("relay.interface: %w", err)
	}
	var names []string
	for _, i := range all {
		if name == "" || i.Name == name {
			return nil
		}
		names = append(names, i.Name)
	}
	return fmt.Errorf("relay.interface: this box has no %s; it has %s", name, strings.Join(names, ", "))
}

// hasAddress tells whether media could leave by the interface of that name, "" for any. The loopback interface counts
// for a relay that is on it.
func hasAddress(name string, loopback bool) bool {
	all, err := net.Interfaces()
	return err == nil && slices.ContainsFunc(all, func(i net.Interface) bool {
		if name != "" && i.Name != name || i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 && !loopback {
			return false
		}
		addrs, err := i.Addrs()
		return err == nil && slices.ContainsFunc(addrs, func(a net.Addr) bool {
			p, err := netip.ParsePrefix(a.String())
			return err == nil && !p.Addr().IsLinkLocalUnicast()
		})
	})
}

// addressGone tells whether the address that media leaves from is no longer this box's.
func addressGone(pair *webrtc.ICECandidatePair) bool {
	if pair == nil {
		return false
	}
	own := pair.Local.Address
	if pair.Local.RelatedAddress != "" { // of a candidate that a server gave us
		own = pair.Local.RelatedAddress
	}
	addr, err := netip.ParseAddr(own)
	all, listErr := net.InterfaceAddrs()
	return err == nil && listErr == nil && !addr.IsUnspecified() && !slices.ContainsFunc(all, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr() == addr.Unmap().WithZone("")
	})
}

// route is how the system sends to the relay's address, seen by the address that it would send from.
type route struct {
	to, from netip.Addr
}

// moved tells whether packets go another way than when pair was first seen: a socket that is bound to an address of the
// old way would send by the new one, where nobody takes that address. While there is no way at all nothing has moved.
func (r *route) moved(pair *webrtc.ICECandidatePair) bool {
	if pair == nil || pair.Local.Typ == webrtc.ICECandidateTypeRelay {
		*r = route{}
		return false
	}
	to, err := netip.ParseAddr(pair.Remote.Address)
	if err != nil {
		return false
	}
	from := sentFrom(to)
	switch {
	case !from.IsValid():
		return false
	case to != r.to:
		*r = route{to, from}
		return false
	}
	was := r.from
	r.from = from
	return from != was
}

// sentFrom is the address that the system would send from; it sends nothing.
func sentFrom(to netip.Addr) netip.Addr {
	const discard = 9
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, discard)))
	if err != nil {
		return netip.Addr{}
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}
