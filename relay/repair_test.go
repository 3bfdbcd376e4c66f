package relay

import (
	"sync/atomic"
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"vigie/relay/relaytest"
)

// leaky loses every 20th packet of the publisher's picture on its way to the relay, once, and counts them and what is
// sent in the stream of retransmissions.
type leaky struct {
	interceptor.NoOp
	lost, again atomic.Int64
}

func (l *leaky) NewInterceptor(string) (interceptor.Interceptor, error) { return l, nil }

func (l *leaky) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	if info.MimeType != webrtc.MimeTypeH264 {
		return w
	}
	n := 0
	return interceptor.RTPWriterFunc(func(h *rtp.Header, p []byte, a interceptor.Attributes) (int, error) {
		if h.SSRC != info.SSRC {
			l.again.Add(1)
			return w.Write(h, p, a)
		}
		if n++; n%20 == 0 {
			l.lost.Add(1)
			return len(p), nil
		}
		return w.Write(h, p, a)
	})
}

// What a publisher sends again as RTX takes its place before it is forwarded, and is asked for once.
func TestPublishersRTX(t *testing.T) {
	r, _ := start(t)
	l := new(leaky)
	publish(t, r, "box", 1, 1, l)
	v := watch(t, r)
	check(t, v.Wait(patience(t), func(video, _ relaytest.Received) bool {
		return l.lost.Load() >= 20 && len(video.Units) > 200 && video.Missing < 10
	}))
	lost, asked := l.lost.Load(), int64(r.Stats().NacksOut)
	if again := l.again.Load(); again < lost/2 || asked > 2*lost {
		t.Errorf("%d packets were lost, %d asked for, %d sent again", lost, asked, again)
	}
}

// A NACK loses what was repaired, and goes nowhere where nothing is left of it.
func TestNACKsOfWhatWasRepaired(t *testing.T) {
	var count atomic.Uint64
	one, _ := repairsFactory{&count}.NewInterceptor("")
	r := one.(*repairs)
	var sent []rtcp.Packet
	w := r.BindRTCPWriter(interceptor.RTCPWriterFunc(func(p []rtcp.Packet, _ interceptor.Attributes) (int, error) {
		sent = append(sent, p...)
		return 0, nil
	}))
	raw := func(h rtp.Header, payload ...byte) []byte {
		b, err := (&rtp.Packet{Header: h, Payload: payload}).Marshal()
		check(t, err)
		return b
	}
	for _, b := range [][]byte{
		raw(rtp.Header{Version: 2}, 1, 2, 9),                         // 258
		raw(rtp.Header{Version: 2}, 1),                               // nothing
		raw(rtp.Header{Version: 2, Padding: true, PaddingSize: 255}), // 0, by its bytes
	} {
		from := interceptor.RTPReaderFunc(func(to []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
			return copy(to, b), a, nil
		})
		_, _, err := r.BindRemoteStream(&interceptor.StreamInfo{MimeType: webrtc.MimeTypeRTX}, from).Read(make([]byte, 1500), nil)
		check(t, err)
	}
	ask := func(seqs ...uint16) {
		_, err := w.Write([]rtcp.Packet{&rtcp.TransportLayerNack{Nacks: rtcp.NackPairsFromSequenceNumbers(seqs)}}, nil)
		check(t, err)
	}
	ask(258)
	if len(sent) != 0 {
		t.Errorf("%v is asked for, and came", sent)
	}
	ask(0, 258, 259)
	if len(sent) != 1 || count.Load() != 2 {
		t.Errorf("%v, %d counted", sent, count.Load())
	}
}
