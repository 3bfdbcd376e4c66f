package uplink

import (
	"encoding/binary"

	"github.com/pion/rtcp"
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

// arrivals are the transport-wide numbers of the packets that have arrived.
func (f transportFeedback) arrivals(yield func(uint16) bool) {
	number := binary.BigEndian.Uint16(f[12:])
	left := int(binary.BigEndian.Uint16(f[14:]))
	for chunks := f[feedbackChunks:]; left > 0 && len(chunks) >= 2; chunks = chunks[2:] {
		c := statuses(binary.BigEndian.Uint16(chunks))
		for i := range min(c.len(), left) {
			if c.arrived(i) && !yield(number) {
				return
			}
			number++
			left--
		}
	}
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

func (c statuses) arrived(i int) bool {
	status := uint16(c >> 13 & 3)
	switch c >> 14 {
	case 0b10:
		return c>>(13-i)&1 == 1
	case 0b11:
		status = uint16(c >> (12 - 2*i) & 3)
	}
	return status == rtcp.TypeTCCPacketReceivedSmallDelta || status == rtcp.TypeTCCPacketReceivedLargeDelta
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
