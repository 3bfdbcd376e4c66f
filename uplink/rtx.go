package uplink

import (
	"encoding/binary"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// osn is how many bytes of an RTX packet's payload are the sequence number of the packet that it repeats (RFC 4588, 4).
const osn = 2

// rtx is the stream that a track's retransmissions go in, where the relay takes it (RFC 4588): an SSRC, a payload type and
// sequence numbers of its own. A packet that is resent as it was uses up no number of its stream, and has the SRTP packet
// index of the first one, with other extensions; a packet of this stream has its own. A probe's padding goes in it, too,
// and leaves no holes where nothing is missing.
type rtx struct {
	ssrc   uint32
	header rtp.Header // of whoever sends
}

// rtxCodec is the format of retransmissions of a video format.
func rtxCodec() webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{PayloadType: 103, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=102",
	}}
}

// newRTX is nil where the relay does not take it.
func newRTX(info *interceptor.StreamInfo, first uint16) *rtx {
	if info.SSRCRetransmission == 0 || info.PayloadTypeRetransmission == 0 {
		return nil
	}
	return &rtx{ssrc: info.SSRCRetransmission, header: rtp.Header{
		Version: 2, SSRC: info.SSRCRetransmission, PayloadType: info.PayloadTypeRetransmission, SequenceNumber: first,
	}}
}

// repeat makes the payload of a packet that repeats h, whose own payload stands in buf behind room for its number.
func (r *rtx) repeat(h *rtp.Header, buf []byte) {
	binary.BigEndian.PutUint16(buf, h.SequenceNumber)
	r.header.Timestamp, r.header.Marker, r.header.Padding = h.Timestamp, h.Marker, false
}

// sent goes on to the next number, if a packet came as far as SRTP: see track.write.
func (r *rtx) sent(n int, err error) {
	if err != errNotAgain && (n > 0 || err != nil) {
		r.header.SequenceNumber++
	}
}

// sendAgain sends a packet of t once more; buf is scratch. It blocks while the socket does.
func (w *wire) sendAgain(t *track, seq uint16, buf []byte) {
	if t.kept == nil {
		return
	}
	h, size := t.kept.get(seq, buf[osn:])
	if size == 0 {
		return
	}
	k := packet{track: t, seq: seq, again: true}
	if t.rtx == nil {
		_, _ = w.send(k, h, buf[osn:osn+size], nil) // a failure is counted there
		return
	}
	k.rtx = true
	t.rtx.repeat(h, buf)
	t.rtx.sent(w.send(k, &t.rtx.header, buf[:osn+size], nil))
}

// pad sends a packet of nothing but padding, in the time of t's last one.
func (w *wire) pad(t *track) {
	w.padding = true
	defer func() { w.padding = false }()
	if r := t.rtx; r != nil {
		r.header.Timestamp, r.header.Marker, r.header.Padding = t.header.Timestamp, false, true
		r.sent(w.send(packet{track: t, rtx: true}, &r.header, padding, nil))
		return
	}
	t.header.Padding, t.header.Marker = true, false
	_ = t.write(padding)
	t.header.Padding = false
}
