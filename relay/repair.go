package relay

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

const (
	repairsKept = 512             // as many as are asked for: pion looks back so far
	repairFresh = 5 * time.Second // sequence numbers come again, after minutes
)

// repairs stands between a publisher's session and what asks it for missing packets. What comes in the stream of
// retransmissions (RFC 4588) is put back in its place when the track is read, behind the back of pion's NACK generator:
// that would ask for it again ten times a second. Such a NACK ends here. What goes out is counted.
type repairs struct {
	interceptor.NoOp
	count *atomic.Uint64 // packets asked for, each time

	mu   sync.Mutex
	came [repairsKept]struct {
		seq uint16
		at  time.Time
	}
}

// repairsFactory makes one for each session.
type repairsFactory struct{ count *atomic.Uint64 }

func (f repairsFactory) NewInterceptor(string) (interceptor.Interceptor, error) {
	return &repairs{count: f.count}, nil
}

// BindRemoteStream is called by pion, once a stream.
func (r *repairs) BindRemoteStream(info *interceptor.StreamInfo, from interceptor.RTPReader) interceptor.RTPReader {
	if !strings.EqualFold(info.MimeType, webrtc.MimeTypeRTX) {
		return from
	}
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := from.Read(b, a)
		if err != nil {
			return n, a, err
		}
		if a == nil {
			a = make(interceptor.Attributes)
		}
		// A payload of padding alone is a probe: whatever its first bytes are, they are no number.
		if h, err := a.GetRTPHeader(b[:n]); err == nil && !h.Padding && n >= h.MarshalSize()+2 {
			r.note(binary.BigEndian.Uint16(b[h.MarshalSize():]))
		}
		return n, a, nil
	})
}

func (r *repairs) note(seq uint16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &r.came[seq%repairsKept]
	c.seq, c.at = seq, time.Now()
}

func (r *repairs) has(seq uint16) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &r.came[seq%repairsKept]
	return c.seq == seq && !c.at.IsZero() && time.Since(c.at) < repairFresh
}

// BindRTCPWriter is called by pion, once a session.
func (r *repairs) BindRTCPWriter(w interceptor.RTCPWriter) interceptor.RTCPWriter {
	return interceptor.RTCPWriterFunc(func(packets []rtcp.Packet, a interceptor.Attributes) (int, error) {
		packets = slices.DeleteFunc(packets, func(p rtcp.Packet) bool {
			n, ok := p.(*rtcp.TransportLayerNack)
			return ok && r.missing(n) == 0
		})
		if len(packets) == 0 {
			return 0, nil
		}
		return w.Write(packets, a)
	})
}

// missing takes what was repaired out of a NACK, and returns and counts what stays.
func (r *repairs) missing(n *rtcp.TransportLayerNack) int {
	var missing []uint16
	for _, pair := range n.Nacks {
		missing = append(missing, slices.DeleteFunc(pair.PacketList(), r.has)...)
	}
	n.Nacks = rtcp.NackPairsFromSequenceNumbers(missing)
	r.count.Add(uint64(len(missing)))
	return len(missing)
}
