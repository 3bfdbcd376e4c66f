package uapi

import "unsafe"

// word is the size of a pointer and of C's unsigned long.
const word = unsafe.Sizeof(uintptr(0))

// Sizes by linux/videodev2.h: a line whose difference is not 0 does not compile. The offsets are in layout_test.go.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(Capability{})-104]
	_ = [1]struct{}{}[unsafe.Sizeof(Input{})-80]
	_ = [1]struct{}{}[unsafe.Sizeof(FmtDesc{})-64]
	_ = [1]struct{}{}[unsafe.Sizeof(PixFormat{})-48]
	_ = [1]struct{}{}[unsafe.Sizeof(PlanePixFormat{})-20]
	_ = [1]struct{}{}[unsafe.Sizeof(PixFormatMplane{})-192]
	_ = [1]struct{}{}[unsafe.Sizeof(Format{})-(200+word)] // 208, 204
	_ = [1]struct{}{}[unsafe.Sizeof(FrmSizeEnum{})-44]
	_ = [1]struct{}{}[unsafe.Sizeof(FrmIvalEnum{})-52]
	_ = [1]struct{}{}[unsafe.Sizeof(StreamParm{})-204]
	_ = [1]struct{}{}[unsafe.Sizeof(RequestBuffers{})-20]
	_ = [1]struct{}{}[unsafe.Sizeof(Timecode{})-16]
	_ = [1]struct{}{}[unsafe.Sizeof(Buffer{})-(72+2*word)] // 88, 80
	_ = [1]struct{}{}[unsafe.Sizeof(Plane{})-(56+word)]    // 64, 60
	_ = [1]struct{}{}[unsafe.Sizeof(ExportBuffer{})-64]
	_ = [1]struct{}{}[unsafe.Sizeof(EncoderCmd{})-40]
	_ = [1]struct{}{}[unsafe.Sizeof(Rect{})-16]
	_ = [1]struct{}{}[unsafe.Sizeof(Selection{})-64]
	_ = [1]struct{}{}[unsafe.Sizeof(DVTimings{})-132]
	_ = [1]struct{}{}[unsafe.Sizeof(Event{})-136]
	_ = [1]struct{}{}[unsafe.Sizeof(EventSubscription{})-32]
	_ = [1]struct{}{}[unsafe.Sizeof(QueryCtrl{})-68]
	_ = [1]struct{}{}[unsafe.Sizeof(QueryMenu{})-44]
	_ = [1]struct{}{}[unsafe.Sizeof(Control{})-8]
)
