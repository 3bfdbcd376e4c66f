package relay

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// Retransmissions are at most a quarter of what a viewer is sent: NACKs of a congested viewer must not feed its
// congestion. A packet sent earns one, a packet resent costs resendCost, and up to maxCredit is saved.
const (
	resendCost = 4
	maxCredit  = 100 * resendCost
)

// track is one kind of media on its way to one viewer. Packets go out by the viewer's forwarding goroutine,
// retransmissions by the one that reads the viewer's RTCP.
type track struct {
	kind  int
	bound chan struct{} // closed when pion has told where to write

	mu       sync.Mutex
	rewriter rewriter
	credit   int
	rtxSeq   uint16

	// Settled by Bind.
	out     webrtc.TrackLocalWriter
	pt      uint8
	ssrc    uint32
	rtxPT   uint8
	rtxSSRC uint32 // 0 where the viewer takes no RTX

	// The forwarding goroutine's own.
	header   rtp.Header // here so that it is not allocated for each packet
	reported uint64     // count of the report that was sent last
	epoch    uint32     // of that report
	packets  uint32
	octets   uint32
}

var _ webrtc.TrackLocal = (*track)(nil)

func newTrack(kind int, firstSeq uint16) *track {
	return &track{kind: kind, bound: make(chan struct{}), credit: maxCredit,
		rewriter: rewriter{kind: kind, next: firstSeq}}
}

// Bind is called by pion once the session is settled. The first codec in the viewer's order that is H.264 in
// packetization mode 1, or Opus, is as good as any: profile-level-id is about what the viewer can send.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	mime := webrtc.MimeTypeH264
	if t.kind == audio {
		mime = webrtc.MimeTypeOpus
	}
	for _, codec := range c.CodecParameters() {
		if !strings.EqualFold(codec.MimeType, mime) {
			continue
		}
		t.out, t.pt, t.ssrc = c.WriteStream(), uint8(codec.PayloadType), uint32(c.SSRC())
		apt := fmt.Sprintf("apt=%d", codec.PayloadType)
		for _, rtx := range c.CodecParameters() {
			if strings.EqualFold(rtx.MimeType, webrtc.MimeTypeRTX) && rtx.SDPFmtpLine == apt {
				t.rtxPT, t.rtxSSRC = uint8(rtx.PayloadType), uint32(c.SSRCRetransmission())
			}
		}
		close(t.bound)
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

func (t *track) isBound() bool {
	select {
	case <-t.bound:
		return true
	default:
		return false
	}
}

// Unbind is called by pion at the session's end, when writing fails anyway.
func (t *track) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID and StreamID are the names in SDP. One stream for both kinds is what makes a browser play them in step.
func (t *track) ID() string { return t.Kind().String() }

// StreamID implements webrtc.TrackLocal.
func (t *track) StreamID() string { return "stage" }

// RID implements webrtc.TrackLocal; there is no simulcast.
func (t *track) RID() string { return "" }

// Kind implements webrtc.TrackLocal.
func (t *track) Kind() webrtc.RTPCodecType {
	if t.kind == audio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}

// send forwards a packet. It returns false for one that is not this viewer's: from before its picture begins.
func (t *track) send(p *packet) (bool, error) {
	t.mu.Lock()
	seq, ts, ok := t.rewriter.admit(p)
	if ok && t.credit < maxCredit {
		t.credit++
	}
	t.mu.Unlock()
	if !ok {
		return false, nil
	}
	t.header = rtp.Header{Version: 2, Marker: p.marker, PayloadType: t.pt, SequenceNumber: seq, Timestamp: ts, SSRC: t.ssrc}
	t.packets++
	t.octets += uint32(p.size)
	_, err := t.out.WriteRTP(&t.header, p.data[:p.size])
	return true, err
}

// interrupt ends the run: video goes on with the next IDR.
func (t *track) interrupt() {
	t.mu.Lock()
	t.rewriter.on = false
	t.mu.Unlock()
}

// reportOf carries the publisher's report into the viewer's timestamps, once each. It is nil where there is nothing new.
func (t *track) reportOf(r *clockPair) []rtcp.Packet {
	t.mu.Lock()
	epoch, timed, tsOff := t.rewriter.epoch, t.rewriter.timed, t.rewriter.tsOff
	t.mu.Unlock()
	if r.count == 0 || !timed || r.epoch != epoch || r.count == t.reported && r.epoch == t.epoch {
		return nil
	}
	t.reported, t.epoch = r.count, r.epoch
	return []rtcp.Packet{
		&rtcp.SenderReport{SSRC: t.ssrc, NTPTime: r.ntp, RTPTime: r.ts + tsOff, PacketCount: t.packets, OctetCount: t.octets},
		rtcp.NewCNAMESourceDescription(t.ssrc, t.StreamID()),
	}
}

// resend answers one number of a NACK from the feed, by RTX where the viewer takes it (RFC 4588). p is scratch space.
func (t *track) resend(f *feed, seq uint16, p *packet) bool {
	t.mu.Lock()
	o := t.rewriter.origin()
	ext, ok := o.ext(seq)
	ok = ok && t.credit >= resendCost
	if ok {
		t.credit -= resendCost
		t.rtxSeq++
	}
	rtxSeq := t.rtxSeq
	t.mu.Unlock()
	if !ok || !f.find(o.epoch, t.kind, ext, p) {
		return false
	}
	h := rtp.Header{Version: 2, Marker: p.marker, Timestamp: p.ts + o.tsOff,
		PayloadType: t.pt, SequenceNumber: seq, SSRC: t.ssrc}
	payload := p.data[:p.size]
	if t.rtxSSRC != 0 && p.size+2 <= len(p.data) {
		h.PayloadType, h.SequenceNumber, h.SSRC = t.rtxPT, rtxSeq, t.rtxSSRC
		payload = p.data[:p.size+2]
		copy(payload[2:], payload[:p.size])
		binary.BigEndian.PutUint16(payload, seq)
	}
	_, err := t.out.WriteRTP(&h, payload)
	return err == nil
}
