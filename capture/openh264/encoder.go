package openh264

import (
	"errors"
	"fmt"
	"image"
	"io"

	"github.com/pion/mediadevices/pkg/codec"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/capture/picture"
)

// Limits of what OpenH264 takes (level 5.2, and a picture of at least one macroblock).
const (
	minSide    = 16
	maxWidth   = 4096
	maxHeight  = 2304
	minBitrate = 10_000
	maxBitrate = 100_000_000
)

// Options says what is to be encoded.
type Options struct {
	Format  capture.VideoFormat // what the camera delivers; FPS 0 counts as 30
	Bitrate int                 // bits a second, at first
}

// Encoder encodes the pictures of one camera. It is used by one goroutine.
type Encoder struct {
	format  capture.VideoFormat
	convert picture.Converter
	next    image.YCbCr // what the codec's next Read gets
	codec   codec.ReadCloser
	control controller
	units   capture.UnitPool
	pace    pace
	wantIDR bool
	closed  bool
}

var _ capture.Encoder = (*Encoder)(nil)

// controller is what mediadevices' encoder can be told while it runs.
type controller interface {
	codec.KeyFrameController
	codec.BitRateController
}

var errClosed = errors.New("openh264: encoder is closed")

// New opens an encoder. Pictures are cropped to even sides. It fails with capture.ErrUnsupported for sizes and
// formats that it cannot take.
func New(o Options) (*Encoder, error) {
	width, height := o.Format.Width&^1, o.Format.Height&^1
	if width < minSide || height < minSide || width > maxWidth || height > maxHeight {
		return nil, fmt.Errorf("openh264: %d×%d: %w: sizes are %d×%d to %d×%d", o.Format.Width, o.Format.Height,
			capture.ErrUnsupported, minSide, minSide, maxWidth, maxHeight)
	}
	if err := checkBitrate(o.Bitrate); err != nil {
		return nil, err
	}
	fps := o.Format.FPS
	if fps <= 0 {
		fps = 30
	}
	e := &Encoder{format: o.Format, wantIDR: true, pace: pace{bitrate: o.Bitrate}}
	p := params(width, height, fps)
	p.BitRate = o.Bitrate
	// The frame rate is needed: without it the rate control overshoots several times.
	media := prop.Media{Video: prop.Video{Width: width, Height: height, FrameRate: float32(fps)}}
	// The codec calls this once within Encode, for the current picture.
	next := video.ReaderFunc(func() (image.Image, func(), error) { return &e.next, func() {}, nil })
	c, err := p.BuildVideoEncoder(next, media)
	if err != nil {
		return nil, fmt.Errorf("openh264: open for %d×%d at %g pictures a second: %w", width, height, fps, err)
	}
	controllable, ok := c.(codec.Controllable)
	if ok {
		e.control, ok = controllable.Controller().(controller)
	}
	if !ok {
		return nil, errors.Join(errors.New("openh264: this mediadevices cannot change a running encoder"), c.Close())
	}
	e.codec = c
	return e, nil
}

func checkBitrate(bps int) error {
	if bps < minBitrate || bps > maxBitrate {
		return fmt.Errorf("openh264: bitrate %d: %w: it is %d to %d bits a second", bps, capture.ErrUnsupported,
			minBitrate, maxBitrate)
	}
	return nil
}

// Name is "openh264".
func (e *Encoder) Name() string { return "openh264" }

// Encode codes one picture; see capture.Encoder. It blocks for the conversion and the coding. A picture is skipped when
// the codec cannot get down to the bitrate; one that idr asks for never is.
func (e *Encoder) Encode(f *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	if e.closed {
		return nil, errClosed
	}
	if f.Width&^1 != e.format.Width&^1 || f.Height&^1 != e.format.Height&^1 { // a slate's odd sides are rounded down
		return nil, fmt.Errorf("openh264: a picture of %d×%d, opened for %d×%d", f.Width, f.Height, e.format.Width,
			e.format.Height)
	}
	// The wish outlives a picture that failed. At first it is set: mediadevices leaves the flag that ForceKeyFrame
	// sets uninitialised until then.
	e.wantIDR = e.wantIDR || idr
	if e.pace.skip(f.PTS) && !e.wantIDR {
		return nil, nil
	}
	img, err := e.convert.Convert(f)
	if err != nil {
		return nil, err
	}
	e.next = *img
	e.next.Rect = image.Rect(0, 0, f.Width&^1, f.Height&^1)
	if e.wantIDR {
		if err := e.control.ForceKeyFrame(); err != nil {
			return nil, fmt.Errorf("openh264: ask for an IDR picture: %w", err)
		}
	}
	coded, release, err := e.codec.Read()
	if err != nil {
		return nil, fmt.Errorf("openh264: encode: %w", err)
	}
	defer release()
	if len(coded) == 0 {
		return nil, nil // a skip of the codec's own, which is off; the contract has the case, so it is passed on
	}
	e.pace.coded(len(coded))
	u := e.units.Get()
	u.Data = append(u.Data, coded...)
	u.PTS, u.IDR, u.Coded = f.PTS, h264.IsIDR(coded), capture.Now()
	if u.IDR {
		e.wantIDR = false
	}
	return u, nil
}

// SetBitrate changes the target, from the next picture on.
func (e *Encoder) SetBitrate(bps int) error {
	if e.closed {
		return errClosed
	}
	if err := checkBitrate(bps); err != nil {
		return err
	}
	if bps == e.pace.bitrate {
		return nil // the codec writes a warning about its frame skip to standard error at each call
	}
	if err := e.control.SetBitRate(bps); err != nil {
		return fmt.Errorf("openh264: set bitrate %d: %w", bps, err)
	}
	e.pace.bitrate = bps
	return nil
}

// Close frees the codec. Later calls do nothing.
func (e *Encoder) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	if err := e.codec.Close(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("openh264: close: %w", err)
	}
	return nil
}
