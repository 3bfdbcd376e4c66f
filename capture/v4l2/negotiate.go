package v4l2

import (
	"fmt"
	"slices"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// negotiate asks for the best format and rate, and keeps what the driver answered.
func (c *Camera) negotiate(o Options, allowed []capture.FourCC) error {
	offered := slices.DeleteFunc(formats(c.fd, c.queue.kind), func(f Format) bool {
		return !slices.Contains(allowed, f.FourCC)
	})
	want, ok := choose(offered, o.Width, o.Height, o.FPS)
	if !ok {
		return fmt.Errorf("v4l2: %s: %w: it has none of the formats %v", c.name, capture.ErrUnsupported, allowed)
	}
	f := uapi.Format{Type: uint32(c.queue.kind)}
	request(&f, want)
	if err := uapi.SetFmt(c.fd, &f); err != nil {
		return explain(c.path, "S_FMT", err)
	}
	got := answerOf(&f)
	if !slices.Contains(taken, got.FourCC) {
		return fmt.Errorf("v4l2: %s: %w: asked for %s it answers %q", c.name, capture.ErrUnsupported, want.fourCC,
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
	got.FPS = c.setRate(o.FPS)
	c.format, c.picture.VideoFormat = got, got
	return nil
}

// setRate asks for a rate and returns what the driver answers, 0 where it does not say. A camera with one rate is fine.
func (c *Camera) setRate(fps int) float64 {
	p := uapi.StreamParm{Type: uint32(c.queue.kind), TimePerFrame: uapi.Fract{Numerator: 1, Denominator: uint32(fps)}}
	if err := uapi.SetParm(c.fd, &p); err != nil || p.Capability&uapi.CapTimePerFrame == 0 {
		c.log.Debug("the camera's rate cannot be set", "error", err)
		return 0
	}
	return p.TimePerFrame.PerSecond()
}

// request fills in what a driver is asked for.
func request(f *uapi.Format, want choice) {
	width, height, format := uint32(want.width), uint32(want.height), pixelFormat(want.fourCC)
	if isMultiplanar(f.Type) {
		p := f.PixMplane()
		p.Width, p.Height, p.PixelFormat, p.Field, p.NumPlanes = width, height, format, uapi.FieldNone, 1
		return
	}
	p := f.Pix()
	p.Width, p.Height, p.PixelFormat, p.Field = width, height, format, uapi.FieldNone
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
	a := capture.VideoFormat{FourCC: fourCC(format), Width: int(width), Height: int(height), Stride: int(stride)}
	switch a.FourCC {
	case capture.MJPEG:
		a.Stride = 0
	case capture.YUYV, capture.UYVY:
		a.Stride = max(a.Stride, 2*a.Width)
	case capture.NV12, capture.YU12:
		a.Stride = max(a.Stride, a.Width)
	}
	return a
}

// pictureSize is how many bytes a whole picture of a raw format has; 0 for MJPEG, whose pictures differ.
func pictureSize(f capture.VideoFormat) int {
	switch f.FourCC {
	case capture.YUYV, capture.UYVY:
		return f.Stride * f.Height
	case capture.NV12, capture.YU12: // chroma has half the lines; two half strides, or one of pairs
		return f.Stride * (f.Height + (f.Height+1)/2)
	}
	return 0
}
