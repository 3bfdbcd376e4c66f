package uplink

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// streamID is the msid that both tracks share (RFC 9725, 4.4.2).
const streamID = "vigie"

// track is one stream of RTP packets. pion binds it to a session once; from then on the session's sending goroutine
// owns header and next, and wire owns what it says.
type track struct {
	codec webrtc.RTPCodecParameters
	kind  webrtc.RTPCodecType

	bound chan struct{} // closed when the session took it and wire knows how; the fields below are valid then
	ssrc  uint32
	out   webrtc.TrackLocalWriter

	header rtp.Header
	base   uint32 // RTP time of PTS 0

	unwanted bool // the answer does not take it; set before pion binds it

	onWire // guarded by wire.mu
}

var _ webrtc.TrackLocal = (*track)(nil)

func newTrack(codec webrtc.RTPCodecParameters, kind webrtc.RTPCodecType) *track {
	t := &track{codec: codec, kind: kind, bound: make(chan struct{}), base: rand.Uint32()}
	t.header.Version = 2
	// Random (RFC 3550, 5.1), but in the lower half: a receiver that loses the first packets then cannot mistake a wrap.
	t.header.SequenceNumber = uint16(1 + rand.IntN(1<<15-1))
	return t
}

// Bind is pion telling which SSRC and payload type were negotiated.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	if t.unwanted {
		return t.codec, nil // an error would be one of the whole answer
	}
	for _, codec := range c.CodecParameters() {
		if !strings.EqualFold(codec.MimeType, t.codec.MimeType) {
			continue
		}
		t.ssrc, t.out = uint32(c.SSRC()), c.WriteStream()
		t.header.SSRC, t.header.PayloadType = t.ssrc, uint8(codec.PayloadType)
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind is pion closing the session. What is written afterwards fails there.
func (t *track) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID, RID, StreamID and Kind name the track in the offer.
func (t *track) ID() string                { return t.kind.String() }
func (t *track) RID() string               { return "" }
func (t *track) StreamID() string          { return streamID }
func (t *track) Kind() webrtc.RTPCodecType { return t.kind }

// write sends one payload with the header's timestamp and marker. A packet that did not come as far as SRTP does not
// use up its sequence number; one that did always does, or two ciphertexts would share a nonce.
func (t *track) write(payload []byte) error {
	n, err := t.out.WriteRTP(&t.header, payload)
	if err != errFlushed && (n > 0 || err != nil) {
		t.header.SequenceNumber++
	}
	return err
}

// at returns the RTP time of a media time: that of the picture itself, never a sum of nominal durations.
func (t *track) at(pts time.Duration) uint32 { return t.base + ticks(pts, int64(t.codec.ClockRate)) }

// ticks counts a media time in units of 1/rate s, modulo 2^32, exactly, for years.
func ticks(pts time.Duration, rate int64) uint32 {
	whole, part := int64(pts/time.Second), int64(pts%time.Second)
	return uint32(whole*rate + part*rate/int64(time.Second))
}
