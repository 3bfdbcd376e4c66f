package capture

import (
	"sync"
	"sync/atomic"
	"time"
)

// AccessUnit is one coded picture (ITU-T H.264, 7.4.1.2.3) as an Annex B byte stream.
//
// It is reference-counted. A Sink borrows the unit for the length of its WriteVideo call; a sink that keeps it
// longer calls Retain in that call and Release once when it is done. After the last Release the bytes belong to the
// next picture. Nobody writes to Data after the unit was handed to a Sink.
type AccessUnit struct {
	PTS time.Duration // media time of the picture, CLOCK_MONOTONIC
	IDR bool          // begins an IDR picture; Data then starts with its SPS and PPS
	// Filler marks a picture that is not the selected camera's: a slate. It keeps the session up, but it does not
	// count as "leaving" for the red light.
	Filler bool
	Data   []byte // NAL units, each after a start code
	// Coded is when the coded bytes were ready (CLOCK_MONOTONIC): what latency figures count from.
	Coded time.Duration

	refs atomic.Int32
	pool *sync.Pool
}

// Retain keeps the unit until a matching Release.
func (u *AccessUnit) Retain() { u.refs.Add(1) }

// Release gives up one reference. The last one returns the bytes to their pool.
func (u *AccessUnit) Release() {
	switch n := u.refs.Add(-1); {
	case n < 0:
		panic("capture: AccessUnit released more often than retained")
	case n == 0 && u.pool != nil:
		u.pool.Put(u)
	}
}

// UnitPool hands out access units whose bytes are used again. The zero value is ready; it is safe for use by
// several goroutines.
type UnitPool struct{ pool sync.Pool }

// Get returns a unit with one reference, an empty Data and whatever capacity an earlier picture left.
func (p *UnitPool) Get() *AccessUnit {
	u, _ := p.pool.Get().(*AccessUnit)
	if u == nil {
		u = &AccessUnit{pool: &p.pool}
	}
	u.PTS, u.Coded, u.IDR, u.Filler, u.Data = 0, 0, false, false, u.Data[:0]
	u.refs.Store(1)
	return u
}

// AudioPacket is one Opus packet (RFC 6716). It is reference-counted by the rules of AccessUnit.
type AudioPacket struct {
	PTS      time.Duration // media time of the first PCM frame that comes out of it, CLOCK_MONOTONIC
	Duration time.Duration // of the sound in it
	Filler   bool          // silence of our making, not the microphone
	Data     []byte

	refs atomic.Int32
	pool *sync.Pool
}

// Retain keeps the packet until a matching Release.
func (p *AudioPacket) Retain() { p.refs.Add(1) }

// Release gives up one reference. The last one returns the bytes to their pool.
func (p *AudioPacket) Release() {
	switch n := p.refs.Add(-1); {
	case n < 0:
		panic("capture: AudioPacket released more often than retained")
	case n == 0 && p.pool != nil:
		p.pool.Put(p)
	}
}

// PacketPool hands out audio packets whose bytes are used again. The zero value is ready; it is safe for use by
// several goroutines.
type PacketPool struct{ pool sync.Pool }

// Get returns a packet with one reference and an empty Data.
func (p *PacketPool) Get() *AudioPacket {
	k, _ := p.pool.Get().(*AudioPacket)
	if k == nil {
		k = &AudioPacket{pool: &p.pool}
	}
	k.PTS, k.Duration, k.Filler, k.Data = 0, 0, false, k.Data[:0]
	k.refs.Store(1)
	return k
}

// A Sink takes coded media. Neither call blocks: a sink that cannot keep up drops, and counts what it dropped.
// Calls for video come from one goroutine, calls for audio from another.
type Sink interface {
	WriteVideo(*AccessUnit)
	WriteAudio(*AudioPacket)
}
