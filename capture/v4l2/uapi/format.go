package uapi

import "unsafe"

// Kinds of a queue: enum v4l2_buf_type.
const (
	BufTypeVideoCapture       = 1
	BufTypeVideoOutput        = 2
	BufTypeVideoCaptureMplane = 9
	BufTypeVideoOutputMplane  = 10
)

// FieldNone is V4L2_FIELD_NONE: progressive pictures.
const FieldNone = 1

// MaxPlanes is VIDEO_MAX_PLANES.
const MaxPlanes = 8

// FmtFlagCompressed is V4L2_FMT_FLAG_COMPRESSED: a coded format.
const FmtFlagCompressed = 0x0001

// FmtDesc is struct v4l2_fmtdesc.
type FmtDesc struct {
	Index       uint32
	Type        uint32
	Flags       uint32
	Description [32]byte
	PixelFormat uint32
	MbusCode    uint32
	_           [3]uint32
}

// EnumFmt is VIDIOC_ENUM_FMT for d.Index and d.Type. EINVAL: there are no more.
func EnumFmt(fd int, d *FmtDesc) error { return call(fd, enumFmt, d) }

// PixFormat is struct v4l2_pix_format.
type PixFormat struct {
	Width        uint32
	Height       uint32
	PixelFormat  uint32
	Field        uint32
	BytesPerLine uint32
	SizeImage    uint32
	Colorspace   uint32
	Priv         uint32
	Flags        uint32
	YcbcrEnc     uint32
	Quantization uint32
	XferFunc     uint32
}

// PlanePixFormat is struct v4l2_plane_pix_format.
type PlanePixFormat struct {
	SizeImage    uint32
	BytesPerLine uint32
	_            [6]uint16
}

// PixFormatMplane is struct v4l2_pix_format_mplane.
type PixFormatMplane struct {
	Width        uint32
	Height       uint32
	PixelFormat  uint32
	Field        uint32
	Colorspace   uint32
	Planes       [MaxPlanes]PlanePixFormat
	NumPlanes    uint8
	Flags        uint8
	YcbcrEnc     uint8
	Quantization uint8
	XferFunc     uint8
	_            [7]uint8
}

// Format is struct v4l2_format: a kind of queue, and a union that depends on it.
type Format struct {
	Type uint32
	_    [0]uintptr // the union has pointers in it (v4l2_window), so it begins at the alignment of one
	fmt  [200]byte
}

// Pix is the union of a single-planar queue.
func (f *Format) Pix() *PixFormat { return (*PixFormat)(unsafe.Pointer(&f.fmt)) }

// PixMplane is the union of a multi-planar queue.
func (f *Format) PixMplane() *PixFormatMplane { return (*PixFormatMplane)(unsafe.Pointer(&f.fmt)) }

// GetFmt is VIDIOC_G_FMT for f.Type.
func GetFmt(fd int, f *Format) error { return call(fd, getFmt, f) }

// SetFmt is VIDIOC_S_FMT. The driver changes f to what it can do. EBUSY: buffers are allocated.
func SetFmt(fd int, f *Format) error { return call(fd, setFmt, f) }

// TryFmt is VIDIOC_TRY_FMT: SetFmt without setting anything.
func TryFmt(fd int, f *Format) error { return call(fd, tryFmt, f) }
