package uapi

// Controls of an encoder: linux/v4l2-controls.h.
const (
	codecBase = 0x00990900

	CtrlBFrames       = codecBase + 202
	CtrlGOPSize       = codecBase + 203
	CtrlBitrateMode   = codecBase + 206
	CtrlBitrate       = codecBase + 207 // bits a second
	CtrlFrameRC       = codecBase + 215 // rate control: without it some drivers leave the bitrate alone
	CtrlHeaderMode    = codecBase + 216
	CtrlRepeatHeaders = codecBase + 226 // SPS and PPS before each IDR picture
	CtrlForceKeyFrame = codecBase + 229 // the next picture queued is an IDR
	CtrlH264IPeriod   = codecBase + 358
	CtrlH264Level     = codecBase + 359
	CtrlH264Profile   = codecBase + 363
	CtrlPrependSets   = codecBase + 644 // as CtrlRepeatHeaders, of other drivers
)

// Values of those that are menus.
const (
	BitrateModeVBR             = 0
	HeaderModeJoined           = 1 // with the first picture, not in a buffer of their own
	ProfileBaseline            = 0
	ProfileConstrainedBaseline = 1
)
