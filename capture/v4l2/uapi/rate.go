package uapi

// Kinds of an enumerated size or interval: enum v4l2_frmsizetypes and v4l2_frmivaltypes. Continuous is stepwise with
// the smallest step.
const (
	TypeDiscrete   = 1
	TypeContinuous = 2
	TypeStepwise   = 3
)

// FrmSizeEnum is struct v4l2_frmsizeenum.
type FrmSizeEnum struct {
	Index       uint32
	PixelFormat uint32
	Type        uint32
	size        [6]uint32
	_           [2]uint32
}

// Discrete is the union's single size.
func (e *FrmSizeEnum) Discrete() (width, height uint32) { return e.size[0], e.size[1] }

// Stepwise is the union's range: lowest, highest and step of the width and of the height.
func (e *FrmSizeEnum) Stepwise() (width, height [3]uint32) {
	return [3]uint32(e.size[:3]), [3]uint32(e.size[3:])
}

// EnumFrameSizes is VIDIOC_ENUM_FRAMESIZES for e.Index and e.PixelFormat. EINVAL: there are no more. ENOTTY: the
// driver does not say.
func EnumFrameSizes(fd int, e *FrmSizeEnum) error { return call(fd, enumFrameSizes, e) }

// Fract is struct v4l2_fract; as an interval, seconds.
type Fract struct {
	Numerator   uint32
	Denominator uint32
}

// PerSecond is one over the interval, 0 for one that is not a number.
func (f Fract) PerSecond() float64 {
	if f.Numerator == 0 {
		return 0
	}
	return float64(f.Denominator) / float64(f.Numerator)
}

// FrmIvalEnum is struct v4l2_frmivalenum.
type FrmIvalEnum struct {
	Index       uint32
	PixelFormat uint32
	Width       uint32
	Height      uint32
	Type        uint32
	Min         Fract // the shortest interval, and of TypeDiscrete the only one
	Max         Fract // the longest
	Step        Fract
	_           [2]uint32
}

// EnumFrameIntervals is VIDIOC_ENUM_FRAMEINTERVALS for e.Index, the format and the size. EINVAL: there are no more.
// ENOTTY: the driver does not say.
func EnumFrameIntervals(fd int, e *FrmIvalEnum) error { return call(fd, enumFrameIvals, e) }

// CapTimePerFrame is V4L2_CAP_TIMEPERFRAME: StreamParm.TimePerFrame means something.
const CapTimePerFrame = 0x1000

// StreamParm is struct v4l2_streamparm with the union of a capture queue; that of an output queue has the same layout
// under other names.
type StreamParm struct {
	Type         uint32
	Capability   uint32
	CaptureMode  uint32
	TimePerFrame Fract
	ExtendedMode uint32
	ReadBuffers  uint32
	_            [4]uint32
	_            [160]byte
}

// SetParm is VIDIOC_S_PARM. The driver changes p to what it can do. ENOTTY: it has one rate.
func SetParm(fd int, p *StreamParm) error { return call(fd, setParm, p) }
