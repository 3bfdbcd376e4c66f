package uplink

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"golang.org/x/sys/cpu"

	"vigie/capture"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		pts  time.Duration
		rate int64
		want uint32
	}{
		{0, 90000, 0}, {time.Second, 90000, 90000}, {20 * ms, 48000, 960}, {-time.Second, 48000, 1<<32 - 48000},
		{47721*time.Second + 858*ms, 90000, 4294967220 + 0}, {47722 * time.Second, 90000, 12704},
		{10 * 365 * 24 * time.Hour, 90000, uint32(10 * 365 * 86400 * 90000 % (1 << 32))},
	} {
		if got := ticks(c.pts, c.rate); got != c.want {
			t.Errorf("%v at %d Hz: %d, want %d", c.pts, c.rate, got, c.want)
		}
	}
}

func TestClock(t *testing.T) {
	c := ntpClock{wall: time.Date(2026, 11, 22, 12, 0, 0, 5e8, time.UTC), media: time.Hour}
	if got, want := c.at(time.Hour), uint64(c.wall.Unix()+2208988800)<<32|1<<31; got != want {
		t.Errorf("%x, want %x", got, want)
	}
	lsr := uint32(c.at(2*time.Hour) >> 16)
	if got := c.roundTrip(2*time.Hour+180*ms, lsr, 65536/10); (got - 80*ms).Abs() > ms {
		t.Errorf("round trip %v, want 80 ms", got)
	}
	for _, bad := range []struct{ lsr, dlsr uint32 }{{0, 5}, {lsr, 1 << 20}, {lsr + 1<<20, 0}} {
		if got := c.roundTrip(2*time.Hour, bad.lsr, bad.dlsr); got != 0 {
			t.Errorf("%v from nonsense", got)
		}
	}
}

func TestSenderReportsAdvanceWithTheMediaClock(t *testing.T) {
	u, _ := stalled()
	s := u.session
	s.clock = ntpClock{wall: time.Unix(1_800_000_000, 0), media: time.Hour}
	s.video, s.audio = newTrack(h264Codec(), webrtc.RTPCodecTypeVideo), newTrack(opusCodec(), webrtc.RTPCodecTypeAudio)
	before, after := s.senderReports(time.Hour), s.senderReports(time.Hour+5*time.Second)
	for i, rate := range []uint32{90000, 48000} {
		a, b := before[i].(*rtcp.SenderReport), after[i].(*rtcp.SenderReport)
		if b.NTPTime-a.NTPTime != 5<<32 || b.RTPTime-a.RTPTime != 5*rate {
			t.Errorf("5 s later: NTP %x, RTP %d later", b.NTPTime-a.NTPTime, b.RTPTime-a.RTPTime)
		}
	}
}

func TestCiphersByCPU(t *testing.T) {
	if a, b := profiles(true), profiles(false); a[0] == b[0] || len(a) != len(b) {
		t.Errorf("%v with AES instructions, %v without", a, b)
	}
	t.Logf("this CPU has AES instructions: %v", cpu.X86.HasAES || cpu.ARM64.HasAES)
}

func TestTakenKinds(t *testing.T) {
	const head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
	for section, want := range map[string]bool{
		"m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\na=recvonly\r\n": true,
		"m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 h264/90000\r\n":               true,
		"m=video 0 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\n":               false,
		"m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\na=inactive\r\n": false,
		"m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\na=sendonly\r\n": false,
		"m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 VP8/90000\r\n":                false,
		"m=video 9 UDP/TLS/RTP/SAVPF 102\r\n":                                          false,
	} {
		got, err := takenKinds(head + section)
		if err != nil || got["video"] != want || got["audio"] {
			t.Errorf("%q: %v %v", section, got, err)
		}
	}
}

// Whatever RTCP says, a session takes it: nothing is confirmed that was never sent.
func FuzzHear(f *testing.F) {
	b, _ := rtcp.Marshal([]rtcp.Packet{
		&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: 7, LastSequenceNumber: 70000, LastSenderReport: 9}}},
		&rtcp.PictureLossIndication{MediaSSRC: 7}, &rtcp.FullIntraRequest{FIR: []rtcp.FIREntry{{SSRC: 7}}},
		&rtcp.TransportLayerNack{MediaSSRC: 7, Nacks: []rtcp.NackPair{{PacketID: 5, LostPackets: 3}}},
	})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		u, _ := stalled()
		s := u.session
		s.video, s.clock = &track{ssrc: 7}, startClock()
		s.hearAll(s.video, b, 0)
		if s.books.witness.Confirmed(capture.Now()) {
			t.Error("confirmed, but nothing was sent")
		}
	})
}

// An answer is the relay's to choose.
func FuzzTakenKinds(f *testing.F) {
	f.Add("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 0 UDP/TLS/RTP/SAVPF 102\r\na=recvonly\r\n")
	f.Fuzz(func(t *testing.T, answer string) {
		takes, err := takenKinds(answer)
		if err == nil && takes["video"] && !strings.Contains(answer, "video") {
			t.Error("takes a picture that the answer does not name")
		}
	})
}
