package uplink

import (
	"time"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/uplink/rate"
)

// maxPayload keeps a packet at 1200 bytes of UDP, which every path carries: less 12 of RTP header, 20 of
// extensions and 16 of SRTP's tag, rounded down.
const maxPayload = 1150

// waiting is what a packet in the pacer is made of when its time has come.
type waiting struct {
	unit   *capture.AccessUnit  // a packet of it; each of them holds a reference
	number int                  // of the unit, counted: a unit's memory is used again
	sound  *capture.AudioPacket // or this
	seq    uint16               // or what a NACK asked for
	epoch  uint64
}

// sender is what the session's sending goroutine owns. It takes media from the uplink's queues, has the pacer say when
// each packet leaves, and hands it to the socket.
type sender struct {
	s       *session
	pacer   *rate.Pacer[waiting]
	pack    *h264.Packetizer // of the unit that is being sent
	measure *h264.Packetizer // of one that is put to the pacer
	buf     []byte
	units   int // put to the pacer
	sending int // number of the unit in pack
	epoch   uint64
	lost    bool // the pacer threw pictures away, and an IDR is to be asked for
}

// nackedWait bounds how many NACKed packets wait to be looked at; what a storm asks for beyond is not sent again.
const nackedWait = 256

func newSender(s *session) *sender {
	x := &sender{s: s, pack: h264.NewPacketizer(maxPayload), measure: h264.NewPacketizer(maxPayload), buf: make([]byte, 0, maxPayload)}
	x.pacer = rate.NewPacer(x.drop)
	return x
}

// send takes media from the queues and sends it, until stop. It is the session's sending goroutine.
func (s *session) send() {
	x := newSender(s)
	defer x.pacer.Flush()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-s.stop: // first: a write that stood still may have outlived the session
			return
		default:
		}
		wait := x.step(capture.Now())
		if wait == 0 {
			continue
		}
		timer.Reset(min(wait, time.Hour))
		select {
		case <-s.ready:
		case seq := <-s.again:
			x.repeat(seq, capture.Now())
		case <-timer.C:
		case <-s.stop:
			return
		}
	}
}

// step sends one packet, or returns how long none is to leave unless there is news.
func (x *sender) step(now time.Duration) (wait time.Duration) {
	x.fill(now)
	k, wait := x.pacer.Next(now)
	if wait == 0 {
		x.release(k)
	}
	return wait
}

// fill puts all that waits in the queues to the pacer, at today's rate.
func (x *sender) fill(now time.Duration) {
	target, pace, rtt, probe := x.s.books.pacing(now)
	x.pacer.SetRate(target, pace, rtt)
	if probe.Bytes > 0 {
		x.pacer.Probe(probe)
	}
	for {
		video, audio, epoch := x.s.u.take(x.s)
		if epoch != x.epoch { // a cut: nothing from before it leaves
			x.pacer.Flush()
			x.epoch = epoch
		}
		switch {
		case audio != nil:
			x.pacer.Push(rate.Packet[waiting]{Kind: rate.Audio, Bytes: len(audio.Data) + rate.Headers,
				Payload: waiting{sound: audio, epoch: epoch}}, now)
		case video != nil:
			x.push(video, epoch, now)
		default:
			return
		}
	}
}

// push puts the packets of a picture to the pacer, which may have no use for it: before the next IDR, when it threw
// away what waited for too long.
func (x *sender) push(u *capture.AccessUnit, epoch uint64, now time.Duration) {
	defer u.Release()
	wanted := x.pacer.Picture(u.IDR)
	if x.lost || !wanted {
		x.lost = false
		x.s.u.late(wanted)
	}
	if !wanted {
		return
	}
	x.units++
	for x.measure.Reset(u.Data); x.measure.More(); {
		u.Retain()
		x.pacer.Push(rate.Packet[waiting]{Kind: rate.Video, Bytes: x.measure.Skip() + rate.Headers,
			Payload: waiting{unit: u, number: x.units, epoch: epoch}}, now)
	}
}

// repeat puts what a relay asked for again to the pacer, which has a budget for that.
func (x *sender) repeat(seq uint16, now time.Duration) {
	number, size, born := x.s.wire.lookUp(x.s.video, seq)
	if size > 0 {
		x.pacer.Push(rate.Packet[waiting]{Kind: rate.Again, Bytes: size + rate.Headers, Number: number, Born: born,
			Payload: waiting{seq: seq, epoch: x.epoch}}, now)
	}
}

// drop is the pacer's, of what it throws away.
func (x *sender) drop(k rate.Packet[waiting]) {
	switch w := k.Payload; {
	case w.unit != nil:
		w.unit.Release()
		x.lost = true
	case w.sound != nil:
		w.sound.Release()
	}
}

// release sends the packet whose time has come. A socket that refuses one may take the next, and the relay asks for what
// is missing; failures are counted by wire.
func (x *sender) release(k rate.Packet[waiting]) {
	s, w := x.s, k.Payload
	s.wire.probing = k.Probe
	switch k.Kind {
	case rate.Audio:
		defer w.sound.Release()
		s.wire.begin(s.audio, w.epoch, w.sound.Filler)
		s.audio.header.Timestamp = s.audio.at(w.sound.PTS)
		_ = s.audio.write(w.sound.Data)
	case rate.Video:
		defer w.unit.Release()
		if w.number != x.sending {
			x.sending = w.number
			x.pack.Reset(w.unit.Data)
			s.wire.begin(s.video, w.epoch, w.unit.Filler)
			s.video.header.Timestamp = s.video.at(w.unit.PTS)
		}
		payload, last := x.pack.Next(x.buf)
		s.video.header.Marker = last
		_ = s.video.write(payload)
	case rate.Again:
		s.wire.sendAgain(s.video, w.seq, x.buf[:cap(x.buf)])
	case rate.Padding:
		x.pad()
	}
}

// padding is a payload of nothing but padding, as much as RTP has (RFC 3550, 5.1: the last byte counts it).
var padding = func() []byte {
	p := make([]byte, 255)
	p[len(p)-1] = byte(len(p))
	return p
}()

// pad sends packets of padding for a probe, between two pictures: they have the time of the last, and no marker.
func (x *sender) pad() {
	t := x.s.video
	if t == nil || x.sending == 0 {
		return
	}
	x.s.wire.padding, t.header.Padding, t.header.Marker = true, true, false
	for range padded {
		_ = t.write(padding)
	}
	x.s.wire.padding, t.header.Padding = false, false
}

// padded packets of padding are about as long as the one that the pacer asks for.
const padded = 4
