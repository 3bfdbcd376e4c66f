package uplink

import (
	"time"

	"github.com/pion/rtcp"

	"vigie/capture"
)

// tellTime sends sender reports each second (RFC 3550, 6.4.1), which is how a receiver keeps sound and picture
// together: both tracks' RTP time of one instant, which is now in media time. pion's own would take the time at which
// the last packet happened to be sent for the time at which it was taken. It is one of the session's goroutines.
func (s *session) tellTime() {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		if err := s.pc.WriteRTCP(s.senderReports(capture.Now())); err != nil {
			s.books.failed.Add(1)
		}
		select {
		case <-second.C:
		case <-s.stop:
			return
		}
	}
}

func (s *session) senderReports(now time.Duration) []rtcp.Packet {
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	var reports []rtcp.Packet
	var names rtcp.SourceDescription
	tell := func(ssrc uint32, t *track, c *tally) {
		reports = append(reports, &rtcp.SenderReport{
			SSRC: ssrc, NTPTime: s.clock.at(now), RTPTime: t.at(now), PacketCount: c.packets, OctetCount: c.octets,
		})
		// One CNAME for all: this is what makes their times comparable (RFC 3550, 6.5.1; RFC 4588, 5.3).
		names.Chunks = append(names.Chunks, rtcp.SourceDescriptionChunk{
			Source: ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: streamID}},
		})
	}
	for _, t := range s.tracks() {
		tell(t.ssrc, t, s.books.of(t))
		if t.rtx != nil && s.books.rtx.packets > 0 {
			tell(t.rtx.ssrc, t, &s.books.rtx)
		}
	}
	return append(reports, &names)
}
