package uplink

import (
	"errors"
	"io"
	"sync"

	"github.com/pion/transport/v4/packetio"
)

const (
	maxStrangers = 1 << 15   // in a session, before it is given up: about 10 MB of pion's
	buffered     = 32        // streams that are given a buffer; ours are the first
	rtcpBuffer   = 100 << 10 // bytes of RTCP that may wait to be read
)

var errStrangers = errors.New("the relay sends reports of ever more streams that are not this box's: " +
	"it is broken or hostile, ask who runs it")

// strangers counts what a relay makes pion remember until the session ends: an SSRC that its packets are about, with a
// buffer that nobody reads where it is none of ours, and an SSRC that they come from. A relay has a few of each.
type strangers struct {
	many func() // called when there are too many, again and again

	mu      sync.Mutex
	streams int
	senders map[uint32]struct{}
}

// buffer makes the place for what pion gets about one stream. It does not block.
func (x *strangers) buffer(packetio.BufferPacketType, uint32) io.ReadWriteCloser {
	x.mu.Lock()
	x.streams++
	n := x.streams
	x.mu.Unlock()
	if n > buffered {
		x.look()
		return nowhere{}
	}
	b := packetio.NewBuffer()
	b.SetLimitSize(rtcpBuffer)
	return b
}

// from takes note of who sent an RTCP packet.
func (x *strangers) from(sender uint32) {
	x.mu.Lock()
	if _, known := x.senders[sender]; known || len(x.senders) > maxStrangers {
		x.mu.Unlock()
		return
	}
	if x.senders == nil {
		x.senders = make(map[uint32]struct{})
	}
	x.senders[sender] = struct{}{}
	x.mu.Unlock()
	x.look()
}

func (x *strangers) look() {
	if x.tooMany() && x.many != nil {
		x.many()
	}
}

func (x *strangers) tooMany() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.streams+len(x.senders) > maxStrangers
}

// nowhere takes packets that nobody reads.
type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) Read([]byte) (int, error)    { return 0, io.EOF }
func (nowhere) Close() error                { return nil }
