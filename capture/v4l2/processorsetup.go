package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// setUp settles what can be before the first picture: of a converter all, of a decoder what goes in, and as a trial what
// is to come out.
func (p *Processor) setUp(export bool) error {
	in := &p.intake
	if err := p.negotiateIntake(); err != nil {
		return err
	}
	if err := in.allocate(export); err != nil {
		return err
	}
	if in.layout.need() > 0 {
		err := p.settle()
		p.format.Stride = p.layout.Stride
		return err
	}
	err := uapi.SubscribeEvent(p.fd, &uapi.EventSubscription{Type: uapi.EventSourceChange})
	if err != nil {
		p.log.Debug("the decoder does not tell when it knows its pictures", "error", err)
	}
	if err := p.negotiateOutput(p.format.Width, p.format.Height); err != nil {
		return err
	}
	p.format.Stride = p.layout.Stride
	if p.imports == nil {
		return nil
	}
	if err := p.output.adopt(p.imports); err != nil {
		return err
	}
	return p.output.free()
}

// negotiateIntake settles the format of the OUTPUT queue, which is the first to be settled. What the driver answers counts.
func (p *Processor) negotiateIntake() error {
	want, size := p.given, 0
	pixel := layoutOf(want).pixel()
	if pixel == 0 { // coded
		size = want.Width * want.Height // a JPEG of 8 bits a pixel is a very good one
	}
	got, err := p.intake.queue.ask(p.name, want, size)
	if err != nil || pixel == 0 {
		return err
	}
	if got.Width != want.Width || got.Height != want.Height {
		if err := crop(p.fd, want.Width, want.Height); err != nil {
			return fmt.Errorf("v4l2: %s: %w: asked for pictures of %dx%d it takes %dx%d: %w", p.name, capture.ErrUnsupported,
				want.Width, want.Height, got.Width, got.Height, err)
		}
	}
	p.intake.layout = Layout{FourCC: got.FourCC, Width: want.Width, Height: want.Height, Lines: got.Height,
		Stride: max(got.Stride, got.Width*pixel)}
	return nil
}

// negotiateOutput settles the format of the CAPTURE queue, whose buffers are for pictures of that size with its padding.
func (p *Processor) negotiateOutput(width, height int) error {
	want := p.format
	want.Width, want.Height = width, height
	if p.imports != nil {
		want.Stride = p.imports.Layout.Stride
	}
	got, err := p.output.ask(p.name, want, 0)
	if err != nil {
		return err
	}
	p.layout = Layout{FourCC: got.FourCC, Width: p.format.Width, Height: p.format.Height, Stride: got.Stride, Lines: got.Height}
	if p.layout.need() == 0 || got.Stride < p.format.Width*p.layout.pixel() {
		return fmt.Errorf("v4l2: %s: %w: nobody here takes its %s with lines of %d bytes", p.name, capture.ErrUnsupported,
			got.FourCC, got.Stride)
	}
	if p.imports != nil {
		if err := p.imports.Layout.holds(p.layout); err != nil {
			return fmt.Errorf("v4l2: %s: cannot put its pictures into the encoder's memory: %w", p.name, err)
		}
	}
	return nil
}

// settle gives the CAPTURE queue its format and its buffers. Of a decoder, which has read what its pictures are by now,
// they have to be what they were thought to be: else capture.ErrChanged.
func (p *Processor) settle() error {
	width, height := p.format.Width, p.format.Height
	if p.intake.layout.need() == 0 {
		var err error
		if width, height, err = p.read(); err != nil {
			return err
		}
	}
	if err := p.negotiateOutput(width, height); err != nil {
		return err
	}
	var err error
	if p.imports != nil {
		err = p.output.adopt(p.imports)
	} else {
		err = p.output.allocate(bufferCount, 2, unix.PROT_READ)
	}
	if err != nil {
		return err
	}
	p.settled = true
	p.picture.VideoFormat = p.format
	p.picture.Stride = p.layout.Stride
	if p.layout.Lines != p.format.Height {
		p.picture.Lines = p.layout.Lines
	}
	p.log.Debug("the processor's pictures are settled", "layout", p.layout, "buffers", len(p.output.memory))
	return nil
}

// read asks a decoder for the size of its buffers, and whether the pictures in them have the size that we tell of.
func (p *Processor) read() (width, height int, err error) {
	f := uapi.Format{Type: uint32(p.output.kind)}
	if err := uapi.GetFmt(p.fd, &f); err != nil {
		return 0, 0, explain(p.path, "G_FMT of raw pictures", err)
	}
	got := answerOf(&f)
	s := uapi.Selection{Type: uapi.BufTypeVideoCapture, Target: uapi.SelTgtCompose}
	if uapi.GetSelection(p.fd, &s) != nil || s.Rect.Width == 0 {
		s.Rect = uapi.Rect{Width: uint32(got.Width), Height: uint32(got.Height)}
		if got.Height-p.format.Height > 0 && got.Height-p.format.Height < mostPadding {
			s.Rect.Height = uint32(p.format.Height)
		}
	}
	want := uapi.Rect{Width: uint32(p.format.Width), Height: uint32(p.format.Height)}
	if s.Rect != want {
		return 0, 0, fmt.Errorf("v4l2: %s: %w: its pictures are %dx%d, opened for %dx%d: open it again", p.name,
			capture.ErrChanged, s.Rect.Width, s.Rect.Height, p.format.Width, p.format.Height)
	}
	if p.settled && (got.FourCC != p.layout.FourCC || got.Stride != p.layout.Stride || got.Height != p.layout.Lines) {
		return 0, 0, fmt.Errorf("v4l2: %s: %w: its pictures lie in memory otherwise now: open it again", p.name,
			capture.ErrChanged)
	}
	return got.Width, got.Height, nil
}

// mostPadding is more lines than a decoder that does not tell adds to a picture: JPEG's largest block has 16.
const mostPadding = 16
