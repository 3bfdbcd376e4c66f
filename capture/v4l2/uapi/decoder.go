package uapi

import "unsafe"

// SelTgtCompose is V4L2_SEL_TGT_COMPOSE: on a decoder's CAPTURE queue, the part of the buffer that has the picture.
const SelTgtCompose = 0x0100

// GetSelection is VIDIOC_G_SELECTION for s.Type and s.Target. EINVAL, ENOTTY: the driver does not say.
func GetSelection(fd int, s *Selection) error { return call(fd, getSelection, s) }

const getSelection = inOut | unsafe.Sizeof(Selection{})<<16 | 94
