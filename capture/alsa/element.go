package alsa

import (
	"encoding/binary"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// elemValue is struct snd_ctl_elem_value of include/uapi/sound/asound.h as bytes. The library's own lays a control's
// values out as 32-bit numbers where they are C longs, and so writes the second channel into the first.
type elemValue []byte

const (
	elemRead  = 0x12 // SNDRV_CTL_IOCTL_ELEM_READ
	elemWrite = 0x13 // SNDRV_CTL_IOCTL_ELEM_WRITE
	elemLongs = 128
	longSize  = int(unsafe.Sizeof(uintptr(0)))
)

// elemOffset is where the values begin: behind the id (64 bytes) and a bit field (4), and aligned as a long long, which
// the i386 ABI alone has at 4 bytes.
func elemOffset() int {
	if runtime.GOARCH == "386" {
		return 68
	}
	return 72
}

func newElemValue(numid uint32) elemValue {
	const reserved = 128
	v := make(elemValue, elemOffset()+elemLongs*longSize+reserved)
	binary.NativeEndian.PutUint32(v, numid)
	return v
}

func (v elemValue) get(i int) int {
	at := v[elemOffset()+i*longSize:]
	if longSize == 8 {
		return int(int64(binary.NativeEndian.Uint64(at)))
	}
	return int(int32(binary.NativeEndian.Uint32(at)))
}

func (v elemValue) set(i, to int) {
	at := v[elemOffset()+i*longSize:]
	if longSize == 8 {
		binary.NativeEndian.PutUint64(at, uint64(to))
		return
	}
	binary.NativeEndian.PutUint32(at, uint32(to))
}

func (v elemValue) transfer(fd uintptr, number uintptr) error {
	const readWrite = 3 << 30
	request := readWrite | uintptr(len(v))<<16 | 'U'<<8 | number
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(&v[0]))); errno != 0 {
		return errno
	}
	return nil
}
