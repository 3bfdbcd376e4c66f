package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"

	"vigie/device/config"
)

// stunServers asks each STUN server by which address this box is seen: the way of UDP out of this network and back.
func stunServers(ctx context.Context, r config.Relay) (found []finding) {
	if r.URL == config.Embedded {
		return nil
	}
	const part = "relay UDP"
	for _, s := range r.ICEServers {
		if !strings.HasPrefix(s.URL, "stun:") {
			continue
		}
		seen, err := seenFrom(ctx, s.URL, r.Interface)
		if err != nil {
			found = append(found, finding{part, "amber", err.Error(),
				"does a firewall keep UDP in? Media then goes by TCP or TURN, where the relay has them"})
			continue
		}
		found = append(found, finding{part, "green", seen, ""})
	}
	return found
}

// A binding request is sent again after half a second and twice that (RFC 8489, 6.2.1), but not for ever.
const (
	stunFirst = 500 * time.Millisecond
	stunTries = 3
)

// seenFrom asks one server, from an address of the interface that media leaves by; "" for any.
func seenFrom(ctx context.Context, server, by string) (string, error) {
	uri, err := stun.ParseURI(server)
	if err != nil {
		return "", fmt.Errorf("relay.ice_servers: %w", err)
	}
	dialer := net.Dialer{Timeout: 3 * time.Second}
	if by != "" {
		if dialer.LocalAddr, err = addressOf(by); err != nil {
			return "", fmt.Errorf("relay.interface: %w", err)
		}
	}
	conn, err := dialer.DialContext(ctx, "udp", net.JoinHostPort(uri.Host, strconv.Itoa(uri.Port)))
	if err != nil {
		return "", fmt.Errorf("the STUN server cannot be asked: %w", err)
	}
	defer conn.Close()
	began := time.Now()
	seen, err := bind(ctx, conn)
	if err != nil {
		return "", fmt.Errorf("the STUN server %s does not answer: %w", uri.Host, err)
	}
	return fmt.Sprintf("%s answers in %v: this box is seen as %s", uri.Host, time.Since(began).Round(time.Millisecond), seen), nil
}

// bind is one STUN transaction (RFC 8489, 2).
func bind(ctx context.Context, conn net.Conn) (seen string, err error) {
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		return "", err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	buf := make([]byte, 1500)
	for try := range stunTries {
		if _, err = conn.Write(request.Raw); err != nil {
			return "", err
		}
		_ = conn.SetReadDeadline(time.Now().Add(stunFirst << try))
		for {
			var n int
			if n, err = conn.Read(buf); err != nil {
				break
			}
			answer := &stun.Message{Raw: buf[:n]}
			var mapped stun.XORMappedAddress
			if answer.Decode() == nil && answer.TransactionID == request.TransactionID && mapped.GetFrom(answer) == nil {
				return mapped.String(), nil
			}
		}
		if e, ok := err.(net.Error); !ok || !e.Timeout() {
			return "", err
		}
	}
	return "", err
}

// addressOf is the first address of an interface that reaches further than the cable.
func addressOf(name string) (*net.UDPAddr, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return nil, err
	}
	all, err := i.Addrs()
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			return &net.UDPAddr{IP: n.IP}, nil
		}
	}
	return nil, fmt.Errorf("%s has no address", name)
}
