package relay

import (
	"context"
	"encoding/binary"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const token = "a test's token"

// sender is a WHIP client that sends small pictures and sound, an IDR at first and then only when asked.
type sender struct {
	t        *testing.T
	pc       *webrtc.PeerConnection
	resource string
	tracks   [kinds]*webrtc.TrackLocalStaticRTP
	senders  [kinds]*webrtc.RTPSender

	seq    [kinds]uint16
	ts     [kinds]uint32
	step   int // which picture, and which packet of sound
	idr    atomic.Bool
	paused sync.Mutex // held while sending
	sent   uint64
	plis   atomic.Int64
	twcc   atomic.Int64
	newest atomic.Int64 // extended highest sequence number of video that the relay reported

	stop chan struct{}
	wg   sync.WaitGroup
}

// publish starts a sender with numbers of its own.
func publish(t *testing.T, r *Relay, box string, seq uint16, ts uint32, before ...interceptor.Factory) *sender {
	t.Helper()
	s := newSender(t, seq, ts, before...)
	if status := s.post(r, box); status != http.StatusCreated {
		t.Fatalf("WHIP was answered %d", status)
	}
	connected(t, s.pc)
	s.start()
	return s
}

// newSender makes a sender with more interceptors next to its socket.
func newSender(t *testing.T, seq uint16, ts uint32, before ...interceptor.Factory) *sender {
	t.Helper()
	m, reg := new(webrtc.MediaEngine), new(interceptor.Registry)
	check(t, m.RegisterDefaultCodecs())
	responder, err := nack.NewResponderInterceptor()
	check(t, err)
	for _, f := range before {
		reg.Add(f)
	}
	reg.Add(responder)
	check(t, webrtc.ConfigureTWCCHeaderExtensionSender(m, reg))
	m.RegisterFeedback(webrtc.RTCPFeedback{Type: "transport-cc"}, webrtc.RTPCodecTypeVideo)
	m.RegisterFeedback(webrtc.RTCPFeedback{Type: "nack"}, webrtc.RTPCodecTypeVideo)
	m.RegisterFeedback(webrtc.RTCPFeedback{Type: "nack", Parameter: "pli"}, webrtc.RTPCodecTypeVideo)
	var se webrtc.SettingEngine
	se.SetIncludeLoopbackCandidate(true)
	api := webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(reg), webrtc.WithSettingEngine(se))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	check(t, err)
	s := &sender{t: t, pc: pc, seq: [kinds]uint16{seq, seq + 77}, ts: [kinds]uint32{ts, ts + 1234}, stop: make(chan struct{})}
	s.idr.Store(true)
	for kind, codec := range []webrtc.RTPCodecCapability{
		video: {MimeType: webrtc.MimeTypeH264, ClockRate: 90000, SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
		audio: {MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2},
	} {
		s.tracks[kind], err = webrtc.NewTrackLocalStaticRTP(codec, codec.MimeType[:5], "test")
		check(t, err)
		tr, err := pc.AddTransceiverFromTrack(s.tracks[kind], webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		check(t, err)
		s.senders[kind] = tr.Sender()
		s.wg.Go(func() { s.listen(tr.Sender()) })
	}
	t.Cleanup(s.close)
	return s
}

func (s *sender) offer() string {
	offer, err := s.pc.CreateOffer(nil)
	check(s.t, err)
	gathered := webrtc.GatheringCompletePromise(s.pc)
	check(s.t, s.pc.SetLocalDescription(offer))
	<-gathered
	return s.pc.LocalDescription().SDP
}

// post makes the session and returns the status of the answer.
func (s *sender) post(r *Relay, box string) int {
	s.t.Helper()
	endpoint := "http://" + r.Addr().String() + "/whip/stage"
	resp := request(s.t, http.MethodPost, endpoint, s.offer(), "Authorization", "Bearer "+token, "Content-Type", typeSDP, "Vigie-Box", box)
	body, err := io.ReadAll(resp.Body)
	check(s.t, err)
	if resp.StatusCode != http.StatusCreated {
		return resp.StatusCode
	}
	base, _ := url.Parse(endpoint)
	location, err := base.Parse(resp.Header.Get("Location"))
	check(s.t, err)
	s.resource = location.String()
	check(s.t, s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(body)}))
	return resp.StatusCode
}

func (s *sender) listen(from *webrtc.RTPSender) {
	for {
		packets, _, err := from.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			switch p := p.(type) {
			case *rtcp.PictureLossIndication:
				s.plis.Add(1)
				s.idr.Store(true)
			case *rtcp.TransportLayerCC:
				s.twcc.Add(1)
			case *rtcp.ReceiverReport:
				for _, rr := range p.Reports {
					if rr.SSRC == uint32(s.senders[video].GetParameters().Encodings[0].SSRC) {
						s.newest.Store(int64(rr.LastSequenceNumber))
					}
				}
			}
		}
	}
}

// start sends a picture and a packet of sound every 5 ms, as if 20 ms had passed.
func (s *sender) start() {
	s.wg.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-s.stop:
				return
			}
			s.paused.Lock()
			s.picture(s.idr.Swap(false))
			s.write(audio, append([]byte{0xfc}, s.stamp()...), true)
			s.ts[video] += 1800
			s.ts[audio] += 960
			s.step++
			s.paused.Unlock()
		}
	})
}

// pause stops sending, and waits until the relay has all that was sent.
func (s *sender) pause(r *Relay) {
	s.paused.Lock()
	s.t.Cleanup(s.paused.Unlock) // before close, which waits
	eventually(s.t, "all that was sent arrives", func() bool { return r.Stats().PacketsIn == s.sent })
}

var (
	sps = []byte{0x67, 0x42, 0xe0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe8, 0x40}
	pps = []byte{0x68, 0xce, 0x3c, 0x80}
)

// picture is three packets: a STAP-A with the parameter sets and an IDR slice in two FU-A, or three single slices.
func (s *sender) picture(idr bool) {
	if !idr {
		for i := range 3 {
			s.write(video, append([]byte{0x41, 0x9a}, s.stamp()...), i == 2)
		}
		return
	}
	stap := binary.BigEndian.AppendUint16([]byte{0x78}, uint16(len(sps)))
	stap = binary.BigEndian.AppendUint16(append(stap, sps...), uint16(len(pps)))
	s.write(video, append(stap, pps...), false)
	s.write(video, []byte{0x7c, 0x85, 1, 2, 3}, false)
	s.write(video, append([]byte{0x7c, 0x45, 4, 5, 6}, s.stamp()...), true)
}

// stamp is the step in two bytes that no start code has; a unit ends with it.
func (s *sender) stamp() []byte { return []byte{0x80 | byte(s.step>>7), 0x80 | byte(s.step)} }

func stampOf(unit []byte) int {
	n := len(unit)
	return int(unit[n-2]&0x7f)<<7 | int(unit[n-1]&0x7f)
}

func (s *sender) write(kind int, payload []byte, marker bool) {
	_ = s.tracks[kind].WriteRTP(&rtp.Packet{Payload: payload,
		Header: rtp.Header{Version: 2, Marker: marker, SequenceNumber: s.seq[kind], Timestamp: s.ts[kind]}})
	s.seq[kind]++
	s.sent++
}

// report sends a sender report of both kinds, pairing an RTP timestamp with a wall clock.
func (s *sender) report(ntp uint64, ts [kinds]uint32) {
	for kind, tr := range s.senders {
		ssrc := uint32(tr.GetParameters().Encodings[0].SSRC)
		check(s.t, s.pc.WriteRTCP([]rtcp.Packet{&rtcp.SenderReport{SSRC: ssrc, NTPTime: ntp, RTPTime: ts[kind]}}))
	}
}

func (s *sender) close() {
	select {
	case <-s.stop:
	default:
		close(s.stop)
	}
	_ = s.pc.GracefulClose()
	s.wg.Wait()
}

func connected(t *testing.T, pc *webrtc.PeerConnection) {
	t.Helper()
	up := make(chan struct{})
	var once sync.Once
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	if pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
		return
	}
	select {
	case <-up:
	case <-time.After(10 * time.Second):
		t.Fatal("the publisher did not connect")
	}
}

func request(t *testing.T, method, to, body string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, to, strings.NewReader(body))
	check(t, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	check(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
