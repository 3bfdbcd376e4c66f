//go:build bench

package alsa

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"unsafe"

	pcm "github.com/gen2brain/alsa"
	"golang.org/x/sys/unix"
)

func TestBenchUnmutes(t *testing.T) {
	card := loopbackCard(t)
	boolean, integer := 1, 2
	addControl(t, card, "Mic Capture Switch", boolean, 1)
	addControl(t, card, "Mic Capture Volume", integer, 36)
	var log bytes.Buffer
	o := Options{Channels: 2, Log: slog.New(slog.NewTextHandler(&log, nil))}
	openMicrophone(t, o).Close()
	for name, want := range map[string]int{"Mic Capture Switch": 1, "Mic Capture Volume": 27} {
		if got := control(t, card, name, nil); !slices.Equal(got, []int{want, want}) {
			t.Errorf("%s is %v, want %d on both sides", name, got, want)
		}
		if !strings.Contains(log.String(), name) {
			t.Errorf("the log does not speak of %q:\n%s", name, &log)
		}
	}
	control(t, card, "Mic Capture Volume", []int{0, 3}) // somebody's choice
	openMicrophone(t, o).Close()
	if got := control(t, card, "Mic Capture Volume", nil); !slices.Equal(got, []int{0, 3}) {
		t.Errorf("a volume that was set became %v", got)
	}
}

// addControl makes the card have a mixer control of two values, at their lowest, as a USB microphone's that is muted:
// struct snd_ctl_elem_info of include/uapi/sound/asound.h, as a 64-bit kernel has it.
func addControl(t *testing.T, card int, name string, kind, most int) {
	t.Helper()
	mixer, err := pcm.MixerOpen(uint(card))
	if err != nil {
		t.Fatal(err)
	}
	defer mixer.Close() // gives up the ownership, so that others may write
	var info [272]byte
	native := binary.NativeEndian
	native.PutUint32(info[4:], 2) // SNDRV_CTL_ELEM_IFACE_MIXER
	copy(info[16:], name)
	native.PutUint32(info[64:], uint32(kind))
	native.PutUint32(info[72:], 2) // values
	native.PutUint64(info[88:], uint64(most))
	const elemAdd = 3<<30 | 272<<16 | 'U'<<8 | 0x17
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, mixer.Fd(), elemAdd, uintptr(unsafe.Pointer(&info[0])))
	if errno != 0 && errno != unix.EBUSY { // EBUSY: it is there from an earlier test
		t.Fatalf("add the control %q: %v", name, errno)
	}
}

// control sets a control's two values, unless set is nil, and reads them.
func control(t *testing.T, card int, name string, set []int) []int {
	t.Helper()
	mixer, err := pcm.MixerOpen(uint(card))
	if err != nil {
		t.Fatal(err)
	}
	defer mixer.Close()
	c, err := mixer.CtlByName(name)
	if err != nil {
		t.Fatal(err)
	}
	v := newElemValue(c.ID())
	for i := range set {
		v.set(i, set[i])
	}
	if set != nil {
		if err := v.transfer(mixer.Fd(), elemWrite); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.transfer(mixer.Fd(), elemRead); err != nil {
		t.Fatal(err)
	}
	return []int{v.get(0), v.get(1)}
}
