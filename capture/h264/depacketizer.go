package h264

import "encoding/binary"

// maxUnit bounds the bytes of an access unit that is put together: above any picture of level 4.2 in CPB size.
const maxUnit = 8 << 20

// Depacketizer puts access units together from RTP payloads (RFC 6184, packetization-mode 0 and 1). It takes packets
// in the order of their sequence numbers and trusts the marker bit to end an access unit, as every WebRTC sender sets
// it. An access unit that lost a packet, or holds garbage, is dropped whole and counted. The zero value is ready; it
// is used by one goroutine.
type Depacketizer struct {
	// Dropped counts the access units of which a part came, but not all of it.
	Dropped uint64

	au        []byte
	timestamp uint32
	sequence  uint16 // of the last packet
	started   bool   // there was a packet
	lost      bool   // packets are missing before the next payload
	open      bool   // between the first packet of an access unit and its last
	broken    bool   // a part of this access unit is missing
	inFU      bool   // between the first and the last FU-A of a NAL unit
}

// Push takes the payload and header fields of one RTP packet. With the last packet of an access unit it returns that,
// in Annex B, valid until the next call; else nil.
func (d *Depacketizer) Push(payload []byte, sequence uint16, timestamp uint32, marker bool) []byte {
	gap := sequence - d.sequence // 1 where nothing is missing
	if d.started && (gap == 0 || gap > 0xff00) {
		return nil // a duplicate, or older than what was used already
	}
	d.lost = d.lost || d.started && gap != 1
	d.started, d.sequence = true, sequence
	if len(payload) == 0 {
		return nil // padding alone, as a sender's probe for bandwidth
	}
	if d.open && timestamp != d.timestamp {
		d.close(false)
	}
	if !d.open {
		d.au, d.open, d.broken, d.inFU, d.timestamp = d.au[:0], true, false, false, timestamp
	}
	// After a gap nobody knows whether this is the first packet of its access unit: unless it begins with what only
	// a first packet has, the unit is broken.
	d.broken = d.broken || d.lost && !(len(d.au) == 0 && Holds(payload, SPS))
	d.lost = false
	if !d.broken && (!d.take(payload) || len(d.au) > maxUnit) {
		d.broken = true
	}
	if !marker {
		return nil
	}
	return d.close(true)
}

func (d *Depacketizer) close(ended bool) []byte {
	d.open = false
	if !ended || d.broken || d.inFU || len(d.au) == 0 {
		d.Dropped++
		return nil
	}
	return d.au
}

// take appends what a payload carries, and reports whether that was well formed.
func (d *Depacketizer) take(payload []byte) bool {
	t := TypeOf(payload)
	if d.inFU && t != fuA {
		return false
	}
	switch {
	case t.coded():
		d.au = appendNAL(d.au, payload)
	case t == stapA:
		for rest := payload[1:]; len(rest) > 0; {
			var nal []byte
			if nal, rest = cutSized(rest); !TypeOf(nal).coded() {
				return false
			}
			d.au = appendNAL(d.au, nal)
		}
	case t == fuA:
		return d.takeFragment(payload)
	default:
		return false
	}
	return true
}

func (d *Depacketizer) takeFragment(payload []byte) bool {
	if len(payload) < 3 {
		return false
	}
	start, end := payload[1]&fuStart != 0, payload[1]&fuEnd != 0
	header := payload[0]&(forbiddenBit|importance) | payload[1]&0x1f
	if start == d.inFU || start && (end || !NALType(header&0x1f).coded()) {
		return false
	}
	if start {
		d.au = append(d.au, 0, 0, 0, 1, header)
	}
	d.au = append(d.au, payload[2:]...)
	d.inFU = !end
	return true
}

// cutSized returns the first NAL unit of a STAP-A's list, nil where its length is wrong, and what follows it.
func cutSized(list []byte) (nal, rest []byte) {
	if len(list) < 2 {
		return nil, nil
	}
	size := int(binary.BigEndian.Uint16(list))
	if size > len(list)-2 {
		return nil, nil
	}
	return list[2 : 2+size], list[2+size:]
}

// Holds reports whether an RTP payload holds a NAL unit of type t, or the beginning of one. A relay asks it for SPS
// and SliceIDR, to find the packet that a viewer can begin with.
func Holds(payload []byte, t NALType) bool {
	switch TypeOf(payload) {
	case t:
		return true
	case stapA:
		for rest := payload[1:]; len(rest) > 0; {
			var nal []byte
			if nal, rest = cutSized(rest); TypeOf(nal) == t {
				return true
			}
		}
	case fuA:
		return len(payload) > 2 && payload[1]&fuStart != 0 && NALType(payload[1]&0x1f) == t
	}
	return false
}
