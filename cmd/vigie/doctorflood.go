package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sys/unix"

	"vigie/device/config"
)

// flood asks the endpoint for its OPTIONS (which is safe: RFC 9110, 9.2.1) again and again without waiting (RFC 9112, 9.3.2),
// each time with a body that it does not want, for five seconds or 4 MB. It opens no session and sends no token. The error is
// of a relay that could not be reached.
func flood(ctx context.Context, r config.Relay, to *url.URL) (flow, error) {
	conn, err := dialRelay(ctx, r, to)
	if err != nil {
		return flow{}, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(speedTime))
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	body := make([]byte, speedChunk)
	_, _ = rand.Read(body) // nobody on the way makes it fewer; it never fails
	pour(conn, to, body)
	return measure(conn)
}

// pour ends when all was taken and answered, or the connection failed: how far it came is measured.
func pour(conn net.Conn, to *url.URL, body []byte) {
	var asked []*http.Request
	for range speedChunks {
		req, err := http.NewRequest(http.MethodOptions, to.String(), bytes.NewReader(body))
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", "application/octet-stream")
		if req.Write(conn) != nil {
			return
		}
		asked = append(asked, req)
	}
	answers := bufio.NewReader(conn)
	for _, req := range asked {
		resp, err := http.ReadResponse(answers, req)
		if err != nil {
			return
		}
		_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
		if err != nil || resp.Close {
			return
		}
	}
}

func measure(conn net.Conn) (flow, error) {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return flow{}, errors.New("not a TCP connection")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return flow{}, err
	}
	var info *unix.TCPInfo
	var failed error
	if err := raw.Control(func(fd uintptr) { info, failed = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) }); err != nil || failed != nil {
		return flow{}, errors.Join(err, failed)
	}
	us := func(n uint64) time.Duration { return time.Duration(n) * time.Microsecond }
	return flow{acked: info.Bytes_acked, busy: us(info.Busy_time), held: us(info.Rwnd_limited)}, nil
}
