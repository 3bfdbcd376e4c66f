package uplink

import (
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"vigie/capture"
	"vigie/uplink/rate"
)

// choked is a sender whose pacer holds what is written: after the first packet the next is due in a while.
type choked struct {
	*sender
	u        *Uplink
	pictures capture.UnitPool
	sounds   capture.PacketPool
	now      time.Duration
	asked    *int
}

func newChoked() *choked {
	s := onAir(func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) { return len(p), nil })
	s.audio = newTrack(opusCodec(), webrtc.RTPCodecTypeAudio)
	c := &choked{sender: newSender(s), u: s.u, now: capture.Now(), asked: new(int)}
	s.u.o.RequestIDR = func() { *c.asked++ }
	return c
}

// write writes a picture of so many packets to the uplink, and lets the sender take it.
func (c *choked) write(idr bool, packets int) {
	u := c.pictures.Get()
	defer u.Release()
	u.IDR, u.Data = idr, append(u.Data, 0, 0, 1, 0x65)
	for range (packets-1)*(maxPayload-2) + 10 {
		u.Data = append(u.Data, 0x5a)
	}
	c.u.WriteVideo(u)
	c.fill(c.now)
}

// leave sends what may leave within a time.
func (c *choked) leave(within time.Duration) {
	for end := c.now + within; c.now < end; {
		c.now += min(c.step(c.now), end-c.now)
	}
}

func (c *choked) want(t *testing.T, d Drops, queued int) {
	t.Helper()
	if s := c.u.Stats(); s.Drops != d || s.QueuedVideo != queued {
		t.Errorf("%+v and %d waiting, want %+v and %d", s.Drops, s.QueuedVideo, d, queued)
	}
}

// A picture that waits for too long is thrown away with all that wait, each counts once, and an IDR mends it.
func TestPacerOverflowIsCounted(t *testing.T) {
	c := newChoked() // 400 ms of 4 Mb/s are 200 kB
	c.write(true, 100)
	c.leave(20 * ms)
	c.write(false, 100)
	c.write(false, 1)
	c.want(t, Drops{Overflow: 2, AwaitingIDR: 1}, 0)
	if *c.asked != 1 {
		t.Errorf("asked for an IDR %d times", *c.asked)
	}
	c.write(false, 1)
	c.want(t, Drops{Overflow: 2, AwaitingIDR: 2}, 0)
	c.write(true, 200)
	c.want(t, Drops{Overflow: 2, AwaitingIDR: 2}, 1)
	*c.asked = 0
	if c.write(true, 2); *c.asked != 0 {
		t.Error("asked for an IDR, and this is one")
	}
	c.want(t, Drops{Overflow: 3, AwaitingIDR: 2}, 1)
	c.leave(time.Second)
	c.want(t, Drops{Overflow: 3, AwaitingIDR: 2}, 0)
}

// What waits when a cut comes is flushed, and what waits when the session ends had none: nobody needs an IDR for it.
func TestWhatWaitsAtACutAndAtTheEndIsCounted(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*Uplink)
		want Drops
	}{
		"a cut":             {(*Uplink).Flush, Drops{Flushed: 2}},
		"the session's end": {(*Uplink).shut, Drops{Offline: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			x := newChoked()
			x.write(true, 20)
			x.leave(10 * ms)
			x.write(false, 3)
			c.end(x.u)
			x.step(x.now)
			x.want(t, c.want, 0)
			if x.s.books.paced.Load() != 0 || *x.asked != 0 {
				t.Errorf("%d units wait, asked for an IDR %d times", x.s.books.paced.Load(), *x.asked)
			}
		})
		t.Run(name+", while a packet is on its way", func(t *testing.T) {
			x := newChoked()
			x.write(true, 2)
			x.write(false, 1)
			for k, wait := x.pacer.Next(x.now); ; k, wait = x.pacer.Next(x.now) {
				if x.now += wait; wait > 0 {
					continue
				}
				if x.release(k); x.s.books.packets == 1 {
					break
				}
			}
			c.end(x.u)
			for k, wait := x.pacer.Next(x.now); wait != rate.Idle; k, wait = x.pacer.Next(x.now) {
				if x.now += wait; wait == 0 {
					x.release(k)
				}
			}
			x.want(t, c.want, 0)
		})
	}
}

// Sound that the pacer has no room for is counted and released.
func TestSoundOverflowIsCounted(t *testing.T) {
	c := newChoked()
	var all []*capture.AudioPacket
	for range audioQueue + 10 {
		p := c.sounds.Get()
		all = append(all, p)
		c.u.WriteAudio(p)
		c.fill(c.now)
	}
	c.want(t, Drops{Overflow: 10}, 0)
	c.flush()
	for i, p := range all {
		if p.Release(); !panics(p.Release) {
			t.Fatalf("packet %d is still held", i)
		}
	}
}
