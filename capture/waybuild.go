package capture

import (
	"fmt"
	"slices"
)

// candidate is a way, and why it cannot be gone; empty where it can.
type candidate struct {
	way   Way
	bar   string
	drawn string // way, once: it is compared often
}

// builder collects the candidates of one board.
type builder struct {
	wish    Wish
	engines []engine
	found   []candidate
}

// camera adds every way that begins with c.
func (b *builder) camera(c BoardCamera) {
	for _, o := range c.Offers {
		before := len(b.found)
		if c.Signal != nil {
			o.Sizes = c.Signal.sizes()
		}
		if len(o.Sizes) == 0 {
			b.bar(Way{Camera: c.Path, Format: VideoFormat{FourCC: o.FourCC}}, sizeless(c))
			continue
		}
		for _, w := range b.starts(c.Path, o) {
			if o.FourCC == H264 {
				b.passthrough(w)
				continue
			}
			b.extend(w, end{"camera", &c.Queue, o})
		}
		if len(b.found) == before {
			b.bar(Way{Camera: c.Path, Format: VideoFormat{FourCC: o.FourCC}}, b.deadEnd(o.FourCC))
		}
	}
}

func (s Signal) sizes() []Size {
	if s.Width == 0 || s.Height == 0 {
		return nil
	}
	size := Size{Width: Range{Min: s.Width, Max: s.Width}, Height: Range{Min: s.Height, Max: s.Height}}
	if s.FPS > 0 {
		size.Rates = []Rate{{s.FPS, s.FPS}}
	}
	return []Size{size}
}

// passthrough adds the camera's own H.264, of which no picture can be left out.
func (b *builder) passthrough(w Way) {
	if w.Every > 1 {
		return
	}
	w.Cost = b.visible(w)
	w.Cost.Deaf = true
	bar := ""
	if b.wish.Encoder != EncoderAuto && b.wish.Encoder != EncoderPassthrough {
		bar = fmt.Sprintf("video.encoder is %s, and the camera codes by itself", b.wish.Encoder)
	}
	b.add(w, bar)
}

func (b *builder) add(w Way, bar string) { b.found = append(b.found, candidate{w, bar, w.String()}) }

// extend adds every way that goes on from w, whose pictures are at from.
func (b *builder) extend(w Way, from end) {
	for _, e := range b.engines {
		in, ok := e.In.offer(from.offer.FourCC)
		if !ok {
			continue
		}
		for _, out := range e.Out.Offers {
			role := roleOf(in.FourCC, out.FourCC)
			if _, twice := w.Step(role); role == "" || twice {
				continue
			}
			b.step(w, from, e, role, in, out)
		}
	}
}

// step adds one step to w, and goes on.
func (b *builder) step(w Way, from end, e engine, role Role, in, out Offer) {
	f := w.Format
	to, next := end{string(role), &e.In, in}, end{string(role), &e.Out, out}
	if e.software {
		to.queue, next.queue = nil, nil
	}
	link := join(from, to, f.Width, f.Height)
	w.Steps = append(slices.Clone(w.Steps), Step{role, e.Path, e.software, link, out.FourCC})
	if len(w.Steps) == 1 && isRaw(f.FourCC) {
		w.Format.Stride = link.Stride
	}
	if bar := b.barred(e, role, in, out, w); bar != "" {
		b.bar(w, bar)
		return
	}
	if role != Coder {
		b.extend(w, next)
		return
	}
	w.Cost = b.costOf(w)
	b.add(w, "")
}

func (b *builder) bar(w Way, why string) {
	w.Cost = b.visible(w)
	b.add(w, why)
}
