//go:build amd64 || arm64 || arm

// The list of architectures above is those whose layouts layout.go was checked for. (i386, for one, aligns 64-bit
// integers to 4 bytes, so its v4l2_buffer is shorter.) A build for another one fails here, by intent.

package uapi

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The number of an ioctl (asm-generic/ioctl.h): direction, size of the argument, 'V' for V4L2, ordinal.
const (
	in    = 1<<30 | 'V'<<8 // _IOW: the kernel reads the argument
	out   = 2<<30 | 'V'<<8 // _IOR: the kernel writes it
	inOut = in | out       // _IOWR

	queryCap       = out | unsafe.Sizeof(Capability{})<<16 // ordinal 0
	enumFmt        = inOut | unsafe.Sizeof(FmtDesc{})<<16 | 2
	getFmt         = inOut | unsafe.Sizeof(Format{})<<16 | 4
	setFmt         = inOut | unsafe.Sizeof(Format{})<<16 | 5
	reqBufs        = inOut | unsafe.Sizeof(RequestBuffers{})<<16 | 8
	queryBuf       = inOut | unsafe.Sizeof(Buffer{})<<16 | 9
	qBuf           = inOut | unsafe.Sizeof(Buffer{})<<16 | 15
	expBuf         = inOut | unsafe.Sizeof(ExportBuffer{})<<16 | 16
	dqBuf          = inOut | unsafe.Sizeof(Buffer{})<<16 | 17
	streamOn       = in | unsafe.Sizeof(int32(0))<<16 | 18
	streamOff      = in | unsafe.Sizeof(int32(0))<<16 | 19
	setParm        = inOut | unsafe.Sizeof(StreamParm{})<<16 | 22
	enumInput      = inOut | unsafe.Sizeof(Input{})<<16 | 26
	getCtrl        = inOut | unsafe.Sizeof(Control{})<<16 | 27
	setCtrl        = inOut | unsafe.Sizeof(Control{})<<16 | 28
	queryCtrl      = inOut | unsafe.Sizeof(QueryCtrl{})<<16 | 36
	queryMenu      = inOut | unsafe.Sizeof(QueryMenu{})<<16 | 37
	getInput       = out | unsafe.Sizeof(int32(0))<<16 | 38
	tryFmt         = inOut | unsafe.Sizeof(Format{})<<16 | 64
	enumFrameSizes = inOut | unsafe.Sizeof(FrmSizeEnum{})<<16 | 74
	enumFrameIvals = inOut | unsafe.Sizeof(FrmIvalEnum{})<<16 | 75
	encoderCmd     = inOut | unsafe.Sizeof(EncoderCmd{})<<16 | 77
	setDVTimings   = inOut | unsafe.Sizeof(DVTimings{})<<16 | 87
	dqEvent        = out | unsafe.Sizeof(Event{})<<16 | 89
	subscribeEvent = in | unsafe.Sizeof(EventSubscription{})<<16 | 90
	setSelection   = inOut | unsafe.Sizeof(Selection{})<<16 | 95
	queryDVTimings = out | unsafe.Sizeof(DVTimings{})<<16 | 99
)

// call makes one ioctl, again when a signal interrupted it. It may block for as long as the driver talks to its device.
func call[T any](fd int, request uintptr, argument *T) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(unsafe.Pointer(argument)))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
			continue
		}
		return errno
	}
}
