package v4l2

import (
	"cmp"
	"fmt"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// negotiate asks for the format, and keeps what the driver answered.
func (c *Camera) negotiate(o Options) error {
	f := uapi.Format{Type: uint32(c.queue.kind)}
	request(&f, o.Format)
	if err := uapi.SetFmt(c.fd, &f); err != nil {
		return explain(c.path, "S_FMT", err)
	}
	got := answerOf(&f)
	if got.FourCC != o.Format.FourCC {
		return fmt.Errorf("v4l2: %s: %w: asked for %s it answers %q", c.name, capture.ErrUnsupported, o.Format.FourCC,
			got.FourCC)
	}
	if got.Width <= 0 || got.Height <= 0 || got.Stride < 0 {
		return fmt.Errorf("v4l2: %s: %w: it answers a picture of %dx%d", c.name, capture.ErrUnsupported, got.Width,
			got.Height)
	}
	if o.Import != nil {
		if err := o.Import.Layout.fits(got); err != nil {
			return fmt.Errorf("v4l2: %s: cannot put its pictures into the encoder's memory: %w", c.name, err)
		}
	}
	got.FPS = c.timings.PerSecond()
	if o.Format.FPS > 0 {
		got.FPS = cmp.Or(c.setRate(o.Format.FPS), got.FPS)
	}
	c.format, c.picture.VideoFormat = got, got
	return nil
}

// setRate asks for a rate and returns what the driver answers, 0 where it does not say. A camera with one rate is fine.
func (c *Camera) setRate(fps float64) float64 {
	p := uapi.StreamParm{Type: uint32(c.queue.kind), TimePerFrame: interval(fps)}
	if err := uapi.SetParm(c.fd, &p); err != nil || p.Capability&uapi.CapTimePerFrame == 0 {
		c.log.Debug("the camera's rate cannot be set", "error", err)
		return 0
	}
	return p.TimePerFrame.PerSecond()
}

// interval is one over a rate, in thousandths: 29.97 is 1000/29970.
func interval(fps float64) uapi.Fract {
	return uapi.Fract{Numerator: 1000, Denominator: uint32(fps*1000 + 0.5)}
}

// request fills in what a driver is asked for. Without a Stride the length of lines is up to it.
func request(f *uapi.Format, want capture.VideoFormat) {
	width, height, stride := uint32(want.Width), uint32(want.Height), uint32(want.Stride)
	if isMultiplanar(f.Type) {
		p := f.PixMplane()
		p.Width, p.Height, p.PixelFormat, p.Field, p.NumPlanes = width, height, pixelFormat(want.FourCC), uapi.FieldNone, 1
		p.Planes[0].BytesPerLine = stride
		return
	}
	p := f.Pix()
	p.Width, p.Height, p.PixelFormat, p.Field = width, height, pixelFormat(want.FourCC), uapi.FieldNone
	p.BytesPerLine = stride
}

// answerOf reads what a driver answered. A driver that leaves the stride of a raw format at 0 has no padding.
func answerOf(f *uapi.Format) capture.VideoFormat {
	var width, height, format, stride uint32
	if isMultiplanar(f.Type) {
		p := f.PixMplane()
		width, height, format, stride = p.Width, p.Height, p.PixelFormat, p.Planes[0].BytesPerLine
	} else {
		p := f.Pix()
		width, height, format, stride = p.Width, p.Height, p.PixelFormat, p.BytesPerLine
	}
	a := capture.VideoFormat{FourCC: fourCC(format), Width: int(width), Height: int(height)}
	if line := lineBytes(a.FourCC, a.Width); line > 0 {
		a.Stride = max(int(stride), line)
	}
	return a
}

// lineBytes is how many bytes a line of the first plane has without padding; 0 of a coded format. Chroma is for two
// pixels.
func lineBytes(f capture.FourCC, width int) int {
	switch f {
	case capture.YUYV, capture.UYVY:
		return 2 * ((width + 1) &^ 1)
	case capture.NV12, capture.YU12:
		return (width + 1) &^ 1
	case capture.RGB24:
		return 3 * width
	}
	return 0
}

// pictureSize is how many bytes a whole picture of a raw format has; 0 of a coded one, whose pictures differ.
func pictureSize(f capture.VideoFormat) int { return layoutOf(f).Size }
