package uplink

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	calm     = 50 * time.Millisecond  // without news, and the network is looked at: changes come in bursts
	restless = 200 * time.Millisecond // it is looked at all the same
)

// watchNetwork notices when links, addresses or default routes come and go (rtnetlink(7), for which nobody needs a
// privilege), and pokes network at each change, and reachable where something came that may be a way to the relay. It is
// one of Run's goroutines.
func (u *Uplink) watchNetwork(ctx context.Context) {
	news, err := listenNetlink()
	if err != nil {
		u.log.Warn("changes of the network are noticed late, by the silence that follows them", "err", err)
		return
	}
	defer news.Close()
	defer context.AfterFunc(ctx, func() { news.SetReadDeadline(time.Unix(1, 0)) })()
	for before := networkFacts(); awaitCalm(ctx, news); {
		now := networkFacts()
		come, gone := missing(now, before), missing(before, now)
		if before = now; len(come)+len(gone) == 0 {
			continue
		}
		u.log.Info("the network has changed", "come", come, "gone", gone)
		poke(u.network)
		if len(come) > 0 {
			poke(u.reachable)
		}
	}
}

// listenNetlink opens a socket that the kernel tells of links, addresses and routes.
func listenNetlink() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("listening to the network: %w", err)
	}
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR |
		unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV6_ROUTE)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("listening to the network: %w", err)
	}
	return os.NewFile(uintptr(fd), "netlink"), nil
}

// awaitCalm blocks until there was news and then none for a moment. What the news is, a look at the network tells
// better; an error (ENOBUFS) means that some was lost, and is news too. It is false once ctx is done.
func awaitCalm(ctx context.Context, news *os.File) bool {
	var buf [8192]byte
	_ = news.SetReadDeadline(time.Time{})
	if ctx.Err() != nil {
		return false
	}
	_, _ = news.Read(buf[:])
	for end := time.Now().Add(restless); ctx.Err() == nil && time.Now().Before(end); {
		_ = news.SetReadDeadline(time.Now().Add(calm))
		if _, err := news.Read(buf[:]); os.IsTimeout(err) {
			break
		}
	}
	return ctx.Err() == nil
}

// networkFacts is what the box has to send with: links that carry, addresses that others reach, default routes.
func networkFacts() map[string]bool {
	facts, names := map[string]bool{}, map[uint32]string{}
	all, _ := net.Interfaces()
	for _, i := range all {
		names[uint32(i.Index)] = i.Name
		if i.Flags&net.FlagLoopback != 0 || i.Flags&net.FlagUp == 0 || i.Flags&net.FlagRunning == 0 {
			continue
		}
		facts["link "+i.Name] = true
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLinkLocalUnicast() {
				facts["address "+p.Addr().String()+" on "+i.Name] = true
			}
		}
	}
	table, err := syscall.NetlinkRIB(unix.RTM_GETROUTE, unix.AF_UNSPEC)
	if err != nil {
		return facts
	}
	for _, route := range defaultRoutes(table, names) {
		facts[route] = true
	}
	return facts
}

// defaultRoutes reads a dump of the routing tables (struct rtmsg of linux/rtnetlink.h).
func defaultRoutes(dump []byte, names map[uint32]string) (routes []string) {
	messages, _ := syscall.ParseNetlinkMessage(dump)
	for _, m := range messages {
		if m.Header.Type != unix.RTM_NEWROUTE || len(m.Data) < unix.SizeofRtMsg {
			continue
		}
		destination, table, kind := m.Data[1], m.Data[4], m.Data[7]
		if destination != 0 || table != unix.RT_TABLE_MAIN || kind != unix.RTN_UNICAST {
			continue
		}
		attributes, _ := syscall.ParseNetlinkRouteAttr(&m)
		text := "default route"
		for _, a := range attributes {
			switch {
			case a.Attr.Type == unix.RTA_GATEWAY:
				if gateway, ok := netip.AddrFromSlice(a.Value); ok {
					text += " via " + gateway.String()
				}
			case a.Attr.Type == unix.RTA_OIF && len(a.Value) == 4:
				text += " by " + names[binary.NativeEndian.Uint32(a.Value)]
			case a.Attr.Type == unix.RTA_PRIORITY && len(a.Value) == 4:
				text += fmt.Sprintf(" metric %d", binary.NativeEndian.Uint32(a.Value))
			}
		}
		routes = append(routes, text)
	}
	return routes
}

// missing are the facts of a that b has not.
func missing(a, b map[string]bool) (list []string) {
	for _, f := range slices.Sorted(maps.Keys(a)) {
		if !b[f] {
			list = append(list, f)
		}
	}
	return list
}
