package main

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// sockets makes the sockets of the status page and the relay. They are also bound to an address that this machine does not
// have yet, and serve as soon as it has: at boot the network may come after the box, or in the middle of a show.
var sockets = net.ListenConfig{Control: freebind}

// freebind sets IP_FREEBIND, or IPV6_FREEBIND, before a socket is bound: ip(7), include/uapi/linux/in6.h.
func freebind(network, _ string, c syscall.RawConn) error {
	level, option := unix.SOL_IP, unix.IP_FREEBIND
	if strings.HasSuffix(network, "6") {
		level, option = unix.SOL_IPV6, unix.IPV6_FREEBIND
	}
	var failed error
	if err := c.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), level, option, 1) }); err != nil {
		return err
	}
	return failed
}

// toOwn lets a net.Dialer connect to this machine alone. The relay may listen on an address that the machine does not have
// yet, and another one may have: that one is not to be told the token.
func toOwn(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !isOwn(to.Addr()) {
		return fmt.Errorf("%s is not an address of this machine now (relay.listen)", to.Addr())
	}
	return nil
}

// isOwn tells whether an address is one of this machine's at this moment.
func isOwn(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.IsLoopback() {
		return true
	}
	all, _ := net.InterfaceAddrs() // without addresses there is none of ours
	for _, own := range all {
		if p, err := netip.ParsePrefix(own.String()); err == nil && p.Addr() == a {
			return true
		}
	}
	return false
}
