package uapi

// What a device can do: Capability.Caps.
const (
	CapVideoCapture       = 0x00000001
	CapVideoCaptureMplane = 0x00001000
	CapVideoM2MMplane     = 0x00004000
	CapVideoM2M           = 0x00008000
	CapStreaming          = 0x04000000
	CapTouch              = 0x10000000
	CapIOMC               = 0x20000000 // set up through the media controller, not by itself
	capDeviceCaps         = 0x80000000
)

// Capability is struct v4l2_capability.
type Capability struct {
	Driver       [16]byte
	Card         [32]byte
	BusInfo      [32]byte
	Version      uint32
	Capabilities uint32 // of all nodes of the device together
	DeviceCaps   uint32 // of this node
	_            [3]uint32
}

// Caps returns what this node can do, also from a driver that is older than device_caps.
func (c *Capability) Caps() uint32 {
	if c.Capabilities&capDeviceCaps != 0 {
		return c.DeviceCaps
	}
	return c.Capabilities
}

// QueryCap is VIDIOC_QUERYCAP. ENOTTY: not a V4L2 device.
func QueryCap(fd int, c *Capability) error { return call(fd, queryCap, c) }

// InputTypeCamera is V4L2_INPUT_TYPE_CAMERA: anything that is not a tuner or a touch screen, HDMI grabbers included.
const InputTypeCamera = 2

// Input is struct v4l2_input.
type Input struct {
	Index        uint32
	Name         [32]byte
	Type         uint32
	AudioSet     uint32
	Tuner        uint32
	Std          uint64 // analogue television standards
	Status       uint32 // of the current input: no power, no signal
	Capabilities uint32
	_            [3]uint32
	_            uint32 // to a multiple of 8 bytes, C's alignment of Std
}

// EnumInput is VIDIOC_ENUMINPUT for i.Index. EINVAL: there is none. ENOTTY: the node takes pictures from memory.
func EnumInput(fd int, i *Input) error { return call(fd, enumInput, i) }

// Text returns the text of a fixed-size field: what is before the first NUL.
func Text(field []byte) string {
	for i, c := range field {
		if c == 0 {
			return string(field[:i])
		}
	}
	return string(field)
}
