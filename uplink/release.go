package uplink

import "vigie/uplink/rate"

// release sends the packet whose time has come. A socket that refuses one may take the next, and the relay asks for what
// is missing; failures are counted by wire.
func (x *sender) release(k rate.Packet[waiting]) {
	x.s.wire.probing = k.Probe
	var err error
	switch k.Kind {
	case rate.Audio:
		err = x.releaseSound(k.Payload)
	case rate.Video:
		err = x.releasePicture(k.Payload)
	case rate.Again:
		x.s.wire.sendAgain(x.s.video, k.Payload.seq, x.buf[:cap(x.buf)])
	case rate.Padding:
		x.pad()
	}
	if err == errFlushed {
		x.chargeFlushed()
	}
}

// releaseSound and releasePicture send one packet, and throw it away where a cut came meanwhile.
func (x *sender) releaseSound(w waiting) error {
	t := x.s.audio
	x.s.wire.begin(t, w.epoch, w.sound.Filler)
	t.header.Timestamp = t.at(w.sound.PTS)
	err := t.write(w.sound.Data)
	if err == errFlushed {
		x.drop(rate.Packet[waiting]{Payload: w})
	} else {
		w.sound.Release()
	}
	return err
}

func (x *sender) releasePicture(w waiting) error {
	t := x.s.video
	if w.number != x.sending {
		x.sending = w.number
		x.pack.Reset(w.unit.Data)
		x.s.wire.begin(t, w.epoch, w.unit.Filler)
		t.header.Timestamp = t.at(w.unit.PTS)
	}
	payload, last := x.pack.Next(x.buf)
	t.header.Marker = last
	err := t.write(payload)
	if err == errFlushed {
		x.drop(rate.Packet[waiting]{Payload: w})
		return err
	}
	w.unit.Release()
	if last && w.number != x.thrown.unit {
		x.s.books.paced.Add(-1)
	}
	return err
}

// padding is a payload of nothing but padding, as much as RTP has (RFC 3550, 5.1: the last byte counts it).
var padding = func() []byte {
	p := make([]byte, 255)
	p[len(p)-1] = byte(len(p))
	return p
}()

// pad sends padding for a probe, between two pictures.
func (x *sender) pad() {
	if x.s.video == nil || x.sending == 0 {
		return
	}
	for range padded {
		x.s.wire.pad(x.s.video)
	}
}

// padded packets of padding are about as long as the one that the pacer asks for.
const padded = 4
