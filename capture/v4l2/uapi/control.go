package uapi

import "encoding/binary"

// Kinds of a control: enum v4l2_ctrl_type.
const (
	CtrlInteger     = 1
	CtrlBoolean     = 2
	CtrlMenu        = 3
	CtrlButton      = 4
	CtrlClass       = 6 // a heading, not a control
	CtrlBitmask     = 8
	CtrlIntegerMenu = 9
)

// What QueryCtrl.Flags says, and the bit that asks for the control after an id.
const (
	CtrlFlagDisabled = 0x0001
	CtrlFlagReadOnly = 0x0004
	CtrlFlagNext     = 0x80000000
)

// QueryCtrl is struct v4l2_queryctrl.
type QueryCtrl struct {
	ID      uint32
	Type    uint32
	Name    [32]byte
	Minimum int32
	Maximum int32
	Step    int32
	Default int32
	Flags   uint32
	_       [2]uint32
}

// QueryControl is VIDIOC_QUERYCTRL for q.ID. EINVAL: there is none, or no next one.
func QueryControl(fd int, q *QueryCtrl) error { return call(fd, queryCtrl, q) }

// QueryMenu is struct v4l2_querymenu.
type QueryMenu struct {
	ID    uint32
	Index uint32
	Name  [32]byte // a union: text of CtrlMenu
	_     uint32
}

// Value is the union's number: what an item of CtrlIntegerMenu stands for.
func (m *QueryMenu) Value() int64 { return int64(binary.NativeEndian.Uint64(m.Name[:8])) }

// QueryMenuItem is VIDIOC_QUERYMENU for m.ID and m.Index. EINVAL: the driver leaves that index out.
func QueryMenuItem(fd int, m *QueryMenu) error { return call(fd, queryMenu, m) }

// Control is struct v4l2_control.
type Control struct {
	ID    uint32
	Value int32
}

// GetControl is VIDIOC_G_CTRL for c.ID.
func GetControl(fd int, c *Control) error { return call(fd, getCtrl, c) }

// SetControl is VIDIOC_S_CTRL. The driver changes c.Value to what it can do. ERANGE: it cannot.
func SetControl(fd int, c *Control) error { return call(fd, setCtrl, c) }
