package uplink

import (
	"testing"
	"time"

	"vigie/capture"
)

// stalled returns an uplink whose session takes media and never sends it.
func stalled() (u *Uplink, asked *int) {
	asked = new(int)
	u = New(Options{Video: true, Audio: true, RequestIDR: func() { *asked++ }})
	w := &wire{socket: make(chan struct{}, 1)}
	u.open(&session{u: u, wire: w, audio: &track{}, ready: make(chan struct{}, 1), again: make(chan uint16, nackedWait),
		books: newBooks(Options{Video: true, StartBitrate: 4_000_000, MaxBitrate: 4_000_000})})
	return u, asked
}

func TestFullQueueDropsToTheNextIDR(t *testing.T) {
	u, asked := stalled()
	var pool capture.UnitPool
	var written []*capture.AccessUnit
	write := func(idr bool) {
		unit := pool.Get()
		unit.IDR = idr
		written = append(written, unit)
		u.WriteVideo(unit)
	}
	write(false) // the first has to be an IDR
	write(true)
	for range videoQueue - 1 {
		write(false)
	}
	if s := u.Stats(); s.QueuedVideo != videoQueue || s.Drops != (Drops{AwaitingIDR: 1}) {
		t.Fatalf("full: %+v", s)
	}
	write(false) // one too many
	write(false)
	if s := u.Stats(); s.QueuedVideo != 0 || s.Drops != (Drops{Overflow: videoQueue + 1, AwaitingIDR: 2}) {
		t.Errorf("overflow: %+v", s)
	}
	write(true)
	if s := u.Stats(); s.QueuedVideo != 1 {
		t.Errorf("the IDR is not queued: %+v", s)
	}
	if *asked != 1 { // at the first; the others are less than 500 ms later, and served by the IDR
		t.Errorf("an IDR was asked for %d times", *asked)
	}
	u.shut()
	for _, unit := range written {
		unit.Release() // panics where the queue released what it did not hold
	}
	for i, unit := range written {
		if !panics(unit.Release) {
			t.Errorf("unit %d is still held", i)
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func TestFullSoundQueueKeepsTheNewest(t *testing.T) {
	u, _ := stalled()
	var pool capture.PacketPool
	for range audioQueue + 1 {
		u.WriteAudio(pool.Get())
	}
	if s := u.Stats(); s.QueuedAudio != 1 || s.Drops.Overflow != audioQueue {
		t.Errorf("%+v", s)
	}
	u.Flush()
	if s := u.Stats(); s.QueuedAudio != 0 || s.Drops.Flushed != 1 {
		t.Errorf("%+v", s)
	}
}

// A socket that stands still must not hold the cut for ever.
func TestFlushDoesNotWaitForAStalledSocket(t *testing.T) {
	u, _ := stalled()
	u.session.wire.socket <- struct{}{} // a send that does not return
	u.Flush()
	if u.session.wire.epoch != u.epoch {
		t.Error("the wire does not know of the new epoch")
	}
}

func TestThrottle(t *testing.T) {
	th := throttle{gap: 500 * ms}
	for _, c := range []struct {
		at       time.Duration
		ask, due bool
	}{
		{1000 * ms, false, false},
		{1001 * ms, true, true},
		{1002 * ms, true, false}, // too soon
		{1400 * ms, false, false},
		{1501 * ms, false, true}, // not lost
		{1502 * ms, false, false},
		{9000 * ms, true, true},
	} {
		if c.ask {
			th.Ask()
		}
		if got := th.Due(c.at); got != c.due {
			t.Errorf("at %v: due %v", c.at, got)
		}
	}
	th.Ask()
	if wait, ok := th.Wait(9100 * ms); !ok || wait != 400*ms {
		t.Errorf("waits %v", wait)
	}
	th.Served()
	if th.Due(time.Hour) {
		t.Error("due after it was served")
	}
}

func TestBackoff(t *testing.T) {
	var b backoff
	for _, want := range []time.Duration{500 * ms, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
		15 * time.Second, 15 * time.Second} {
		if got := b.Wait(false, false, 0); got < want*8/10 || got > min(want*12/10, longWait) {
			t.Errorf("%v, want %v more or less", got, want)
		}
	}
	b.Reset()
	if got := b.Wait(false, false, 0); got > 600*ms {
		t.Errorf("%v after a reset", got)
	}
	if got := b.Wait(false, true, 0); got < 12*time.Second {
		t.Errorf("%v after a refusal", got)
	}
	if got := b.Wait(false, false, 40*time.Second); got != 40*time.Second {
		t.Errorf("%v, want what the relay asked", got)
	}
	if got := b.Wait(false, false, time.Hour); got != heedFor {
		t.Errorf("%v, want a minute at most", got)
	}
	b.Reset()
	for i, want := range []time.Duration{0, 500 * ms, time.Second} {
		if got := b.Wait(true, false, 0); got < want*8/10 || got > want*12/10 {
			t.Errorf("%v after session %d that stood and was lost, want %v more or less", got, i+1, want)
		}
	}
}
