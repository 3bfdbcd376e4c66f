package relay

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"vigie/capture/h264"
)

// A track's kind, and its place in arrays.
const (
	video = iota
	audio
	kinds
)

var clockRate = [kinds]uint32{video: 90000, audio: 48000}

const (
	ringSize   = 2048         // packets: about 4 s at 4 Mb/s
	maxBehind  = ringSize / 2 // a viewer further behind than this is moved on
	maxPayload = 1500
)

// packet is one RTP packet of a publisher.
type packet struct {
	epoch  uint32 // which publisher's session
	kind   int
	ext    uint64 // sequence number, extended over its wraps
	ts     uint32
	marker bool
	idr    bool          // begins an IDR picture with its parameter sets
	at     time.Duration // arrival, on the relay's monotonic clock
	size   int
	data   [maxPayload]byte
}

// clockPair is the publisher's pair of wall clock and media clock (RFC 3550, 6.4.1).
type clockPair struct {
	epoch uint32
	count uint64 // of reports of this track; 0 is none
	ntp   uint64
	ts    uint32
}

// feed is the ring of the publisher's newest packets. One publisher writes, every viewer reads from its own place.
type feed struct {
	mu      sync.RWMutex
	news    sync.Cond // a packet was written, or a reader was told to stop
	slots   [ringSize]packet
	next    uint64                  // number of the packet to be written next, from 0 on
	index   [kinds][ringSize]uint64 // where a track's packet with this extended sequence number was written
	top     [kinds]uint64           // highest extended sequence number; 0 is none yet
	reports [kinds]clockPair
	epoch   uint32
}

func newFeed() *feed {
	f := new(feed)
	f.news.L = f.mu.RLocker()
	return f
}

// begin makes room for a new publisher's session and returns its epoch. What an older session still writes is dropped.
func (f *feed) begin() uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.epoch++
	f.top = [kinds]uint64{}
	return f.epoch
}

// write takes one packet, or drops one that is of an older session, too large or already here. It never waits for
// readers longer than one copy takes.
func (f *feed) write(epoch uint32, kind int, h *rtp.Header, payload []byte, at time.Duration) bool {
	f.mu.Lock()
	ok := epoch == f.epoch && len(payload) <= maxPayload
	if ok {
		ext := f.extend(kind, h.SequenceNumber)
		if ok = !f.has(kind, ext); ok {
			p := &f.slots[f.next%ringSize]
			p.epoch, p.kind, p.ext, p.ts, p.marker, p.at = epoch, kind, ext, h.Timestamp, h.Marker, at
			p.idr = kind == video && h264.Holds(payload, h264.SPS)
			p.size = copy(p.data[:], payload)
			f.index[kind][ext%ringSize] = f.next
			f.next++
		}
	}
	f.mu.Unlock()
	if ok {
		f.news.Broadcast()
	}
	return ok
}

// extend gives the sequence number that is nearest to the highest seen, and keeps count of that.
func (f *feed) extend(kind int, seq uint16) uint64 {
	if f.top[kind] == 0 {
		f.top[kind] = 1<<32 | uint64(seq) // far from 0: an earlier packet may still come
		return f.top[kind]
	}
	ext := f.top[kind] + uint64(int16(seq-uint16(f.top[kind])))
	f.top[kind] = max(f.top[kind], ext)
	return ext
}

func (f *feed) has(kind int, ext uint64) bool {
	p := &f.slots[f.index[kind][ext%ringSize]%ringSize]
	return p.epoch == f.epoch && p.kind == kind && p.ext == ext
}

func (f *feed) writeReport(epoch uint32, kind int, ntp uint64, ts uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if epoch == f.epoch {
		f.reports[kind] = clockPair{epoch, f.reports[kind].count + 1, ntp, ts}
	}
}

// newest is the place of the packet that comes next.
func (f *feed) newest() uint64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.next
}

// read copies the packet at the place, and its track's last report, once it is there. It returns how many packets
// the reader is behind, and false when stop said so. It blocks.
func (f *feed) read(place uint64, p *packet, r *clockPair, stop func() bool) (behind uint64, ok bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for f.next == place {
		if stop() {
			return 0, false
		}
		f.news.Wait()
	}
	if stop() {
		return 0, false
	}
	behind = f.next - place
	if behind <= maxBehind {
		p.copyFrom(&f.slots[place%ringSize])
		*r = f.reports[p.kind]
	}
	return behind, true
}

// find copies the packet of the current session with this extended sequence number, if it is still here.
func (f *feed) find(epoch uint32, kind int, ext uint64, p *packet) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if epoch != f.epoch || !f.has(kind, ext) {
		return false
	}
	p.copyFrom(&f.slots[f.index[kind][ext%ringSize]%ringSize])
	return true
}

// wake makes every waiting reader ask its stop again. With the lock held none is between its question and its wait.
func (f *feed) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.news.Broadcast()
}

func (p *packet) copyFrom(q *packet) {
	p.epoch, p.kind, p.ext, p.ts, p.marker, p.idr, p.at = q.epoch, q.kind, q.ext, q.ts, q.marker, q.idr, q.at
	p.size = copy(p.data[:], q.data[:q.size])
}
