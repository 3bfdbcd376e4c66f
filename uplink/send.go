package uplink

import (
	"time"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/uplink/rate"
)

// maxPayload keeps a packet at 1200 bytes of UDP, which every path carries: less 12 of RTP header, 20 of
// extensions, 16 of SRTP's tag, and 2 for the number of a packet that is sent again.
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
	thrown  thrown
}

// nackedWait bounds how many NACKed packets wait to be looked at; what a storm asks for beyond is not sent again.
const nackedWait = 256

func newSender(s *session) *sender {
	x := &sender{s: s, pack: h264.NewPacketizer(maxPayload), measure: h264.NewPacketizer(maxPayload), buf: make([]byte, 0, osn+maxPayload)}
	x.pacer = rate.NewPacer(x.drop)
	return x
}

// send takes media from the queues and sends it, until stop. It is the session's sending goroutine.
func (s *session) send() {
	x := newSender(s)
	defer x.flush()
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
			x.flush()
			x.epoch = epoch
		}
		switch {
		case audio != nil:
			k := rate.Packet[waiting]{Kind: rate.Audio, Bytes: len(audio.Data) + rate.Headers,
				Payload: waiting{sound: audio, epoch: epoch}}
			if !x.pacer.Push(k, now) {
				x.drop(k)
				x.charge(&x.s.u.drops.Overflow)
			}
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
	x.charge(&x.s.u.drops.Overflow)
	if !wanted {
		x.s.u.late()
		return
	}
	x.measure.Reset(u.Data)
	if !x.measure.More() {
		return // nothing in it
	}
	x.units++
	x.s.books.paced.Add(1)
	for x.measure.More() {
		u.Retain()
		x.pacer.Push(rate.Packet[waiting]{Kind: rate.Video, Bytes: x.measure.Skip() + rate.Headers,
			Payload: waiting{unit: u, number: x.units, epoch: epoch}}, now)
	}
}

// repeat puts what a relay asked for again to the pacer, which has a budget for that.
func (x *sender) repeat(seq uint16, now time.Duration) {
	number, size, born := x.s.wire.lookUp(x.s.video, seq)
	if size > 0 {
		x.pacer.Push(rate.Packet[waiting]{Kind: rate.Again, Bytes: osn + size + rate.Headers, Number: number, Born: born,
			Payload: waiting{seq: seq, epoch: x.epoch}}, now)
	}
}
