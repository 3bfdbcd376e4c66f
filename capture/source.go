package capture

import (
	"context"
	"errors"
	"time"
)

// What a device can fail with, for callers that branch on it. Drivers wrap these with the device and the operation, and
// name the device in all their errors: callers do not again.
var (
	ErrBusy        = errors.New("in use by another program")
	ErrGone        = errors.New("unplugged")
	ErrNotFound    = errors.New("not found")
	ErrUnsupported = errors.New("not supported")
	// ErrDamaged is of one picture; the next may be whole.
	ErrDamaged = errors.New("the picture is damaged")
	// ErrChanged: a camera's pictures have another size from now on (what is plugged into an HDMI bridge): open it again.
	ErrChanged = errors.New("its signal changed")
	// ErrNoMemory: not even the fewest buffers could be had: ask for a smaller picture.
	ErrNoMemory = errors.New("no memory for pictures")
	// ErrStalled: pictures go in and nothing comes out: close it and open it again.
	ErrStalled = errors.New("stalled")
)

// FourCC is a pixel format as V4L2 names it (linux/videodev2.h), its characters in order: "YUYV", "MJPG".
type FourCC string

// The raw formats that something here takes, and the coded ones.
const (
	YUYV  FourCC = "YUYV" // packed 4:2:2, Y0 Cb Y1 Cr
	UYVY  FourCC = "UYVY" // packed 4:2:2, Cb Y0 Cr Y1
	NV12  FourCC = "NV12" // 4:2:0, a plane of Y, a plane of CbCr pairs
	YU12  FourCC = "YU12" // 4:2:0, three planes: Y, Cb, Cr (I420)
	RGB24 FourCC = "RGB3" // packed, 3 bytes a pixel: HDMI bridges
	MJPEG FourCC = "MJPG" // each picture a JPEG file
	H264  FourCC = "H264" // coded by the camera; or what an encoder makes
)

// VideoFormat is what a camera delivers: the driver's answer, never the request.
type VideoFormat struct {
	FourCC        FourCC
	Width, Height int     // pixels
	Stride        int     // bytes from one line of the first plane to the next; 0 for a coded format
	Lines         int     // of the first plane, where padding is below the picture; 0: Height
	FPS           float64 // pictures a second; 0 where the driver does not say
}

// PlaneLines is how many lines the first plane has; where the second begins depends on it.
func (f VideoFormat) PlaneLines() int { return max(f.Lines, f.Height) }

// RawFrame is one picture of a camera in memory that the camera owns: it is valid until the function it was handed
// to returns, and is never written to.
type RawFrame struct {
	VideoFormat
	Data     []byte
	PTS      time.Duration // when the picture was taken, CLOCK_MONOTONIC
	Sequence uint32        // the driver's count; a gap is pictures that were lost
}

// A Camera delivers pictures. It is opened with its format settled, and used by one goroutine.
type Camera interface {
	Name() string // for people: "HD Webcam C270 (/dev/video0)"
	Format() VideoFormat
	// Stream calls f with each picture, in order, on the calling goroutine, until ctx is done (it then returns nil)
	// or the camera fails: ErrGone when it was unplugged. While f runs, the driver fills its other buffers.
	Stream(ctx context.Context, f func(*RawFrame)) error
	Close() error
}

// An Encoder turns pictures into access units. It is used by one goroutine.
type Encoder interface {
	Name() string // "openh264"
	// Encode codes one picture, and stamps the unit with the picture's PTS and with when it was coded. With idr it is
	// an IDR picture. The caller releases the unit; it is nil, without an error, when the encoder skipped the picture
	// to hold its bitrate.
	Encode(f *RawFrame, idr bool) (*AccessUnit, error)
	// SetBitrate changes the target, in bits a second, from the next picture on.
	SetBitrate(bps int) error
	Close() error
}

// PCM in this program is always this, whatever the sound card spoke.
const (
	SampleRate = 48000 // PCM frames a second
	Channels   = 2
)

// PCM is a run of sound: interleaved stereo at 48 kHz, full scale ±1. Valid until the function it was handed to
// returns.
type PCM struct {
	Data []float32     // left, right, left, right
	PTS  time.Duration // of the first PCM frame, CLOCK_MONOTONIC
}

// A Microphone delivers sound. It is opened with its parameters settled, and used by one goroutine.
type Microphone interface {
	Name() string // for people: "USB Audio (hw:1,0)"
	// Stream calls f with each run of sound on the calling goroutine until ctx is done (it then returns nil) or the
	// device fails: ErrGone when it was unplugged. An xrun is recovered inside, and is a gap in PTS.
	Stream(ctx context.Context, f func(PCM)) error
	Close() error
}

// An AudioEncoder turns 20 ms of sound into one Opus packet. It is used by one goroutine.
type AudioEncoder interface {
	// Delay is how much later than what was encoded the decoded sound comes (Opus: its look-ahead).
	Delay() time.Duration
	// Encode appends one packet that holds pcm (960 PCM frames, 1920 values) to dst and returns the longer slice.
	Encode(dst []byte, pcm []float32) ([]byte, error)
	Close() error
}
