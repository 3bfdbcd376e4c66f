package h264

// NAL header bits (7.3.1) and FU header bits (RFC 6184, 5.8).
const (
	forbiddenBit = 0x80
	importance   = 0x60 // nal_ref_idc, NRI in RTP
	fuStart      = 0x80
	fuEnd        = 0x40
)

// Packetizer cuts access units into RTP payloads (RFC 6184, packetization-mode 1): a NAL unit that fits is a payload
// of its own, a longer one is cut into FU-As, and parameter sets in a row share a STAP-A. Delimiters and filler are
// left out, as are NAL units whose type means something else in RTP.
//
//	for p.Reset(au); p.More(); {
//		payload, last := p.Next(buf[:0])
//	}
//
// It is used by one goroutine, and allocates nothing.
type Packetizer struct {
	max  int
	rest []byte // of the access unit, after ahead
	nal  []byte // being sent; in the middle of it, sent > 0
	sent int    // bytes of nal in earlier FU-As, its header among them
}

// minPayload leaves an FU-A room for its two header bytes and something to carry.
const minPayload = 16

// NewPacketizer returns one whose payloads have at most max bytes: the path's MTU without the headers of IP, UDP,
// SRTP and RTP with its extensions. Below 16 it is 16.
func NewPacketizer(max int) *Packetizer {
	if max < minPayload {
		max = minPayload
	}
	return &Packetizer{max: max}
}

// Reset begins a new access unit, in Annex B. The packetizer reads from it until its last payload.
func (p *Packetizer) Reset(au []byte) {
	p.rest, p.sent = au, 0
	p.advance()
}

// More reports whether the access unit has another payload.
func (p *Packetizer) More() bool { return p.nal != nil }

// Next appends the next payload to dst and returns the longer slice. last is true for the last of the access unit,
// which carries RTP's marker bit. It must not be called when More is false.
func (p *Packetizer) Next(dst []byte) (payload []byte, last bool) {
	switch {
	case len(p.nal) > p.max:
		payload = p.fragment(dst)
	case isSet(p.nal):
		payload = p.aggregate(dst)
	default:
		payload = append(dst, p.nal...)
		p.advance()
	}
	return payload, p.nal == nil
}

// fragment appends one FU-A: an indicator with the NAL unit's importance, a header with its type, a piece (5.8).
func (p *Packetizer) fragment(dst []byte) []byte {
	header := p.nal[0]
	fu, piece := p.piece()
	dst = append(dst, header&(forbiddenBit|importance)|byte(fuA), fu)
	return append(dst, piece...)
}

// piece takes the next piece of a NAL unit that is cut, and its FU header.
func (p *Packetizer) piece() (fu byte, piece []byte) {
	fu = p.nal[0] & 0x1f
	if p.sent == 0 {
		fu |= fuStart
		p.sent = 1 // the NAL header travels in indicator and FU header
	}
	end := min(p.sent+p.max-2, len(p.nal))
	piece = p.nal[p.sent:end]
	if p.sent = end; end == len(p.nal) {
		fu |= fuEnd
		p.sent = 0
		p.advance()
	}
	return fu, piece
}

// aggregate appends the parameter sets that come next, as many as fit: one as it is, more as a STAP-A (5.7.1).
func (p *Packetizer) aggregate(dst []byte) []byte {
	first := p.nal
	p.advance()
	size := 1 + 2 + len(first)
	if !isSet(p.nal) || size+2+len(p.nal) > p.max {
		return append(dst, first...)
	}
	at := len(dst)
	dst = append(dst, byte(stapA))
	dst = appendSized(dst, at, first)
	for isSet(p.nal) && size+2+len(p.nal) <= p.max {
		size += 2 + len(p.nal)
		dst = appendSized(dst, at, p.nal)
		p.advance()
	}
	return dst
}

// appendSized appends a NAL unit of the STAP-A that begins at dst[at], and raises that one's header to it: F is set
// if any has it, NRI is the highest (5.7).
func appendSized(dst []byte, at int, nal []byte) []byte {
	dst[at] |= nal[0] & forbiddenBit
	if nri := nal[0] & importance; nri > dst[at]&importance {
		dst[at] = dst[at]&^importance | nri
	}
	dst = append(dst, byte(len(nal)>>8), byte(len(nal)))
	return append(dst, nal...)
}

// advance goes on to the next NAL unit that travels; nal is nil after the last.
func (p *Packetizer) advance() {
	for {
		p.nal, p.rest = next(p.rest)
		if t := TypeOf(p.nal); p.nal == nil || t.coded() && t != Delimiter && t != Filler {
			return
		}
	}
}

func isSet(nal []byte) bool {
	t := TypeOf(nal)
	return t == SPS || t == PPS
}

// Skip goes past the next payload, as Next does, and returns how many bytes it has. It must not be called when More is
// false.
func (p *Packetizer) Skip() (size int) {
	switch {
	case len(p.nal) > p.max:
		_, piece := p.piece()
		size = 2 + len(piece)
	case isSet(p.nal):
		first := len(p.nal)
		p.advance()
		if size = 1 + 2 + first; !isSet(p.nal) || size+2+len(p.nal) > p.max {
			return first
		}
		for ; isSet(p.nal) && size+2+len(p.nal) <= p.max; p.advance() {
			size += 2 + len(p.nal)
		}
	default:
		size = len(p.nal)
		p.advance()
	}
	return size
}
