package uplink

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"

	"vigie/uplink/rate"
)

// transportFeedback is transport-wide feedback as it came: one RTCP packet, its header with it
// (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1). It is read where it lies: pion's type for it is an object for
// each packet that arrived.
//
//	 0      header, two SSRCs
//	12      number of the first packet
//	14      how many packets it is about
//	16      reference time, its own count
//	20      chunks of two bytes, then the times of what arrived
type transportFeedback []byte

const feedbackChunks = 20

// isTransportFeedback tells it from other RTCP packets.
func isTransportFeedback(packet []byte) bool {
	return len(packet) >= feedbackChunks && packet[0]&0x1f == rtcp.FormatTCC &&
		packet[1] == byte(rtcp.TypeTransportSpecificFeedback)
}

// read appends what the feedback says of each packet. The receiver's clock counts 64 ms in 24 bits: reference is where it
// was at the feedback before, unwrapped, and is moved. A feedback whose times are cut short says no more from there on; one
// about more packets than anybody remembers says nothing.
func (f transportFeedback) read(all []rate.Arrival, reference *int64) []rate.Arrival {
	begin := len(all)
	number := binary.BigEndian.Uint16(f[12:])
	left := int(binary.BigEndian.Uint16(f[14:]))
	if left > trailLen {
		return all
	}
	chunks := f[feedbackChunks:]
	for ; left > 0 && len(chunks) >= 2; chunks = chunks[2:] {
		c := statuses(binary.BigEndian.Uint16(chunks))
		for i := range min(c.len(), left) {
			// At is the size of its time for now.
			all = append(all, rate.Arrival{Number: number, At: time.Duration(c.deltaSize(i))})
			number++
			left--
		}
	}
	at := f.reference(reference)
	for i := begin; i < len(all); i++ {
		a := &all[i]
		size := int(a.At)
		if a.At = 0; size == 0 || size > len(chunks) {
			continue
		}
		delta := int64(chunks[0])
		if size == 2 {
			delta = int64(int16(binary.BigEndian.Uint16(chunks)))
		}
		chunks = chunks[size:]
		at += time.Duration(delta) * 250 * time.Microsecond
		a.Arrived, a.At = true, at
	}
	return all
}

// reference is the feedback's own time, on the receiver's clock.
func (f transportFeedback) reference(last *int64) time.Duration {
	now := int64(f[16])<<16 | int64(f[17])<<8 | int64(f[18])
	if *last == 0 {
		*last = 1<<24 + now
	}
	*last += int64(int32(uint32(now-*last)<<8) >> 8) // the nearest to the last that has these 24 bits
	return time.Duration(*last) * 64 * time.Millisecond
}

// statuses is a chunk: what became of some packets in a row.
//
//	0 s s n n n n n n n n n n n n n     n packets of status s
//	1 0 s s s s s s s s s s s s s s     14 packets: 0 is lost, 1 arrived
//	1 1 s s s s s s s s s s s s s s     7 packets of status s
//
// Of the statuses of two bits 1 and 2 are arrived, with a time of one byte or of two.
type statuses uint16

func (c statuses) len() int {
	switch c >> 14 {
	case 0b10:
		return 14
	case 0b11:
		return 7
	}
	return int(c & 0x1fff)
}

// deltaSize is how many bytes the time of a packet has; 0 for one that did not arrive.
func (c statuses) deltaSize(i int) int {
	status := uint16(c >> 13 & 3)
	switch c >> 14 {
	case 0b10:
		status = uint16(c >> (13 - i) & 1)
	case 0b11:
		status = uint16(c >> (12 - 2*i) & 3)
	}
	switch status {
	case rtcp.TypeTCCPacketReceivedSmallDelta:
		return 1
	case rtcp.TypeTCCPacketReceivedLargeDelta:
		return 2
	}
	return 0
}

// each calls f with one RTCP packet of a compound one after the other (RFC 3550, 6.1), until one does not fit.
func each(compound []byte, f func(packet []byte)) {
	for len(compound) >= 4 {
		size := 4 * (1 + int(binary.BigEndian.Uint16(compound[2:])))
		if size > len(compound) {
			return
		}
		f(compound[:size])
		compound = compound[size:]
	}
}
