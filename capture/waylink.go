package capture

import "fmt"

// layout is how a raw format lies in memory.
type layout struct {
	line   int  // bytes a pixel of a line of the first plane
	bits   int  // a pixel, of all planes
	planar bool // planes follow one another: where the second begins depends on the lines of the first
}

// layouts are the raw formats that ways are made of; others (a sensor's, a depth camera's) nothing here takes.
var layouts = map[FourCC]layout{
	YU12: {1, 12, true}, NV12: {1, 12, true}, YUYV: {2, 16, false}, UYVY: {2, 16, false}, RGB24: {3, 24, false},
}

func isRaw(f FourCC) bool { return layouts[f].bits > 0 }

// end is one side of a link.
type end struct {
	what  string // "camera", "encoder"
	queue *Queue // nil: this program
	offer Offer
}

// join says how pictures of a size get from one end to the other. Two devices share memory where one can import what
// the other exports, and both see the same lines at the same places; else the picture is copied.
func join(from, to end, width, height int) Link {
	switch {
	case from.queue == nil && to.queue == nil:
		return Link{Handover: HandOwn}
	case to.queue == nil:
		return Link{Handover: HandMapped}
	case from.queue == nil:
		return copied("the %s is this program, and the %s has its own memory", from.what, to.what)
	case !isRaw(from.offer.FourCC):
		return Link{Handover: HandCopied} // some coded bytes, each picture of another length
	}
	l := layouts[from.offer.FourCC]
	even := (width + 1) &^ 1 // packed 4:2:2 has its chroma for two pixels
	given, taken := agree(l.line*even, from.offer.Stride, to.offer.Stride)
	if given != taken {
		return copied("the %s's %s has lines of %d bytes, the %s's buffer of %d: the picture would slant; a copy is needed",
			from.what, from.offer.FourCC, given, to.what, taken)
	}
	link := Link{Stride: given}
	given, taken = agree(height, from.offer.Lines, to.offer.Lines)
	if l.planar && given != taken {
		return copied("the %s's %s has %d lines, the %s's buffer %d: chroma would be %d lines off; a copy is needed",
			from.what, from.offer.FourCC, given, to.what, taken, max(given-taken, taken-given))
	}
	// Who imports looks whether the buffer is as long as its own would be. The taker exports first: so the slate can be
	// drawn into the same buffers.
	link.Lines = max(given, taken)
	switch f, t := from.queue, to.queue; {
	case lends(t, f) && taken >= given:
		link.Handover = HandTaker
	case lends(f, t) && given >= taken:
		link.Handover = HandGiver
	default:
		return apart(from, to, given, taken)
	}
	return link
}

// lends tells whether the guest can work in the owner's buffers.
func lends(owner, guest *Queue) bool {
	return owner.Exports && guest.Imports && (owner.Contiguous || !guest.Contiguous)
}

func copied(why string, a ...any) Link {
	return Link{Handover: HandCopied, Why: fmt.Sprintf(why, a...)}
}

// apart says why no buffer can be shared whose pictures would lie alike.
func apart(from, to end, given, taken int) Link {
	f, t := from.queue, to.queue
	switch {
	case lends(t, f), lends(f, t):
		return copied("the %s's picture has %d lines, the %s's buffer %d, and the longer one cannot be shared; "+
			"a copy is needed", from.what, given, to.what, taken)
	case t.Exports && f.Imports:
		return copied("the %s fills contiguous memory alone, which the %s's is not; a copy is needed", from.what, to.what)
	case f.Exports && t.Imports:
		return copied("the %s reads contiguous memory alone, which the %s's is not; a copy is needed", to.what, from.what)
	}
	return copied("of the %s and the %s neither takes (DMABUF) what the other exports (EXPBUF); a copy is needed",
		from.what, to.what)
}
