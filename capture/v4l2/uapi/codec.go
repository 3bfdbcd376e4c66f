package uapi

// EncStop is V4L2_ENC_CMD_STOP: what is queued is coded, and the last coded buffer has FlagLast.
const EncStop = 1

// EncoderCmd is struct v4l2_encoder_cmd.
type EncoderCmd struct {
	Cmd   uint32
	Flags uint32
	_     [8]uint32
}

// EncoderCommand is VIDIOC_ENCODER_CMD. ENOTTY, EINVAL: the driver cannot drain.
func EncoderCommand(fd int, c *EncoderCmd) error { return call(fd, encoderCmd, c) }

// ExportBuffer is struct v4l2_exportbuffer.
type ExportBuffer struct {
	Type  uint32
	Index uint32
	Plane uint32
	Flags uint32 // O_RDWR, O_CLOEXEC
	FD    int32
	_     [11]uint32
}

// ExpBuf is VIDIOC_EXPBUF: it makes e.FD, a DMABUF of a buffer of MemoryMmap, which the caller closes.
func ExpBuf(fd int, e *ExportBuffer) error { return call(fd, expBuf, e) }

// SelTgtCrop is V4L2_SEL_TGT_CROP: on an encoder's OUTPUT queue, the part of the picture that is coded.
const SelTgtCrop = 0

// Rect is struct v4l2_rect.
type Rect struct {
	Left, Top     int32
	Width, Height uint32
}

// Selection is struct v4l2_selection.
type Selection struct {
	Type   uint32 // never a multi-planar one: those stand for the same queue
	Target uint32
	Flags  uint32
	Rect   Rect
	_      [9]uint32
}

// SetSelection is VIDIOC_S_SELECTION. The driver changes s.Rect to what it can do.
func SetSelection(fd int, s *Selection) error { return call(fd, setSelection, s) }
