package uplink

import (
	"vigie/capture"
	"vigie/capture/h264"
)

// maxPayload keeps a packet at 1200 bytes of UDP, which every path carries: less 12 of RTP header, 20 of
// extensions and 16 of SRTP's tag, rounded down.
const maxPayload = 1150

// send takes media from the queues and sends it, until stop. It is the session's sending goroutine.
func (s *session) send() {
	pack := h264.NewPacketizer(maxPayload)
	buf := make([]byte, 0, maxPayload)
	for {
		select {
		case <-s.stop: // first: a write that stood still may have outlived the session
			return
		default:
		}
		video, audio, epoch := s.u.take(s)
		switch {
		case audio != nil:
			s.sendAudio(audio, epoch)
		case video != nil:
			s.sendVideo(video, epoch, pack, buf)
		default:
			select {
			case <-s.ready:
			case <-s.stop:
				return
			}
		}
	}
}

// sendVideo sends an access unit in one go: an IDR of 150 kB fits in a socket's buffer as Linux makes it (212 kB).
func (s *session) sendVideo(u *capture.AccessUnit, epoch uint64, pack *h264.Packetizer, buf []byte) {
	defer u.Release()
	s.wire.begin(s.video, epoch, u.Filler)
	s.video.header.Timestamp = s.video.at(u.PTS)
	for pack.Reset(u.Data); pack.More(); {
		payload, last := pack.Next(buf)
		s.video.header.Marker = last
		// A socket that refuses one packet may take the next, and the relay asks for what is missing.
		if s.video.write(payload) == errFlushed {
			return
		}
	}
}

func (s *session) sendAudio(p *capture.AudioPacket, epoch uint64) {
	defer p.Release()
	s.wire.begin(s.audio, epoch, p.Filler)
	s.audio.header.Timestamp = s.audio.at(p.PTS)
	_ = s.audio.write(p.Data) // a failure is counted by wire
}
