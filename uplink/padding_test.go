package uplink

import (
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// A sender report counts packets of padding, and no octet of them (RFC 3550, 6.4.1).
func TestPaddingIsNoPayload(t *testing.T) {
	s := onAir(func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) { return len(p), nil })
	s.audio = nil
	_ = s.video.write(make([]byte, 100))
	x := newSender(s)
	x.sending = 1
	x.pad()
	r := s.senderReports(0)[0].(*rtcp.SenderReport)
	if r.PacketCount != 1+padded || r.OctetCount != 100 {
		t.Errorf("%d packets, %d octets", r.PacketCount, r.OctetCount)
	}
}
