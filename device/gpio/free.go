package gpio

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Free returns where lines of those names can be had at this moment: on a chip that this program may open, held by
// nobody. A place is the line's name and its chip; a chip that was unplugged and is back is another one. Unlike Find and
// Lines, it looks anew each time.
func Free(names ...string) (places []string) {
	nodes, _ := filepath.Glob("/dev/gpiochip*")
	for _, node := range nodes {
		chip, err := os.Open(node)
		if err != nil {
			continue // gone, or not ours
		}
		places = append(places, freeOf(chip, names)...)
		_ = chip.Close() // nothing was written
	}
	slices.Sort(places)
	return slices.Compact(places) // a Raspberry Pi has two nodes of one chip
}

func freeOf(chip *os.File, names []string) (places []string) {
	var node unix.Stat_t
	var info chipInfo
	fd := int(chip.Fd())
	if unix.Fstat(fd, &node) != nil || ioctl(fd, getChipInfo, unsafe.Pointer(&info)) != nil {
		return nil
	}
	for offset := range info.Lines {
		line := lineInfo{Offset: offset}
		if ioctl(fd, getLineInfo, unsafe.Pointer(&line)) != nil {
			continue
		}
		if name := unix.ByteSliceToString(line.Name[:]); line.Flags&lineUsed == 0 && slices.Contains(names, name) {
			places = append(places, fmt.Sprintf("%s@%d", name, node.Ino)) // devtmpfs uses no number twice
		}
	}
	return places
}

// What linux/gpio.h has of them: GPIO_GET_CHIPINFO_IOCTL, GPIO_V2_GET_LINEINFO_IOCTL, GPIO_V2_LINE_FLAG_USED.
const (
	getChipInfo = 0x8044b401
	getLineInfo = 0xc100b405
	lineUsed    = 1
)

// chipInfo is struct gpiochip_info.
type chipInfo struct {
	Name, Label [32]byte
	Lines       uint32
}

// lineInfo is struct gpio_v2_line_info.
type lineInfo struct {
	Name, Consumer    [32]byte
	Offset, Attribute uint32
	Flags             uint64
	Attributes        [10][2]uint64
	_                 [4]uint32
}

func ioctl(fd int, request uintptr, data unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(data)); errno != 0 {
		return errno
	}
	return nil
}
