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
	for _, t := range s.tracks() {
		c := s.books.of(t)
		reports = append(reports, &rtcp.SenderReport{
			SSRC: t.ssrc, NTPTime: s.clock.at(now), RTPTime: t.at(now),
			PacketCount: c.packets, OctetCount: c.octets,
		})
		// One CNAME for both: this is what makes their times comparable (RFC 3550, 6.5.1).
		names.Chunks = append(names.Chunks, rtcp.SourceDescriptionChunk{
			Source: t.ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: streamID}},
		})
	}
	return append(reports, &names)
}
