package relay

import "time"

// maxStep is the longest pause that a viewer's timestamps show: half of their range is 6.6 hours of video, and a step
// longer than that would go back.
const maxStep = time.Minute

// rewriter gives one track of one viewer its own unbroken RTP numbering. Its track's mutex guards it. The zero value with
// next and kind set is ready.
//
// A run is a stretch of one publisher's session that begins with an IDR picture (sound begins anywhere). In a run, the
// viewer's numbers are the publisher's with an offset. A new run begins where the last ended.
type rewriter struct {
	kind  int
	epoch uint32
	on    bool   // in a run
	timed bool   // tsOff belongs to epoch
	sent  bool   // some packet was ever sent
	first uint64 // the run's first extended sequence number
	top   uint64 // the run's highest
	off   uint16 // what is added to sequence numbers
	next  uint16 // the sequence number after the highest sent

	tsOff  uint32 // what is added to timestamps
	lastTS uint32 // of the highest packet sent
	lastAt time.Duration
}

// admit tells whether the packet goes to the viewer, and with which sequence number and timestamp.
func (w *rewriter) admit(p *packet) (seq uint16, ts uint32, ok bool) {
	if p.epoch != w.epoch {
		w.epoch, w.on, w.timed = p.epoch, false, false
	}
	if !w.on {
		if w.kind == video && !p.idr {
			return 0, 0, false
		}
		w.begin(p)
	}
	if p.ext < w.first {
		return 0, 0, false // it came late, from before the run
	}
	seq, ts = uint16(p.ext)+w.off, p.ts+w.tsOff
	if p.ext >= w.top {
		w.top, w.next, w.lastTS, w.lastAt, w.sent = p.ext, seq+1, ts, p.at, true
	}
	return seq, ts, true
}

func (w *rewriter) begin(p *packet) {
	w.on, w.first, w.top = true, p.ext, p.ext
	w.off = w.next - uint16(p.ext)
	if w.timed {
		return
	}
	w.timed = true
	if !w.sent {
		return // nothing to go on from: the publisher's own timestamps
	}
	// Another session of a publisher has other timestamps. They go on by the time that passed, which the network may
	// have bent by some milliseconds; the sender reports of the new session tell the viewer what is exact.
	passed := min(max(p.at-w.lastAt, time.Millisecond), maxStep)
	w.tsOff = w.lastTS + uint32(int64(passed)*int64(clockRate[w.kind])/int64(time.Second)) - p.ts
}

// origin is what a NACK of the viewer is translated with. Numbers of an earlier run are not translated: their packets
// are of no more use.
type origin struct {
	epoch      uint32
	first, top uint64
	off        uint16
	tsOff      uint32
}

func (w *rewriter) origin() origin { return origin{w.epoch, w.first, w.top, w.off, w.tsOff} }

// ext is the publisher's number of a packet that the viewer knows as seq.
func (o origin) ext(seq uint16) (uint64, bool) {
	ext := o.top + uint64(int16(seq-o.off-uint16(o.top)))
	return ext, o.top != 0 && ext >= o.first && ext <= o.top
}
