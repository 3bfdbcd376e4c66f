//go:build bench

package bench

import (
	"context"
	"encoding/binary"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	_ "periph.io/x/host/v3/gpioioctl"
)

func pin(t *testing.T, name string) gpio.PinIO {
	t.Helper()
	if _, err := driverreg.Init(); err != nil {
		t.Fatal(err)
	}
	p := gpioreg.ByName(name)
	if p == nil {
		t.Fatalf("periph finds no line %s", name)
	}
	t.Cleanup(func() { _ = p.Halt() })
	return p
}

func TestButtonEdges(t *testing.T) {
	button, reader := GPIO(t, "GPIO6"), pin(t, "GPIO6")
	if err := reader.In(gpio.PullUp, gpio.BothEdges); err != nil {
		t.Fatal(err)
	}
	if button.Level() != High {
		t.Error("a line that its reader pulls up is low")
	}
	button.Pull(Low)
	if !reader.WaitForEdge(time.Second) || reader.Read() != gpio.Low {
		t.Error("the reader saw no press")
	}
	button.Pull(High)
	if !reader.WaitForEdge(time.Second) || reader.Read() != gpio.High {
		t.Error("the reader saw no release")
	}
}

func TestBounceHas21Edges(t *testing.T) {
	button, reader := GPIO(t, "GPIO5"), pin(t, "GPIO5")
	if err := reader.In(gpio.PullUp, gpio.BothEdges); err != nil {
		t.Fatal(err)
	}
	counted := make(chan int)
	go func() {
		n := 0
		for reader.WaitForEdge(500 * time.Millisecond) {
			n++
		}
		counted <- n
	}()
	button.Bounce(Low)
	if n := <-counted; n != 21 {
		t.Errorf("the reader saw %d edges, want the first and 20 more", n)
	}
	if reader.Read() != gpio.Low {
		t.Error("the line did not settle")
	}
}

func TestLight(t *testing.T) {
	light, driver := GPIO(t, "GPIO13").Watch(), pin(t, "GPIO13")
	if err := driver.Out(gpio.High); err != nil {
		t.Fatal(err)
	}
	on := light.Wait(High, time.Second)
	if err := driver.Out(gpio.Low); err != nil {
		t.Fatal(err)
	}
	off := light.Wait(Low, time.Second)
	if changes := light.Stop(); len(changes) != 3 || on.At >= off.At {
		t.Errorf("recorded %v, want low, high, low in the order of time", changes)
	}
}

func TestCameraStreams(t *testing.T) {
	out := run(t, stream(t, 30))
	if n := strings.Count(out, "<"); n != 30 {
		t.Errorf("%d pictures of 30:\n%s", n, out)
	}
}

// stream returns the command that takes pictures of the camera, and writes a "<" for each.
func stream(t *testing.T, pictures int) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, "v4l2-ctl", "-d", Camera(t), "--set-fmt-video=width=640,height=360,pixelformat=YUYV",
		"--set-parm=30", "--stream-mmap", "--stream-count="+strconv.Itoa(pictures))
}

func TestCameraUnpluggedWhileItStreams(t *testing.T) {
	endless := Start(t, stream(t, 0))
	WaitFor(t, waitStart, "pictures", func() bool { return strings.Count(endless.Log(), "<") > 3 })
	UnplugCamera(t)
	if path := camera(); path != "" {
		t.Errorf("unplugged, it is still %s", path)
	}
	endless.Kill()
	PlugCamera(t)
	if out := run(t, stream(t, 3)); strings.Count(out, "<") != 3 {
		t.Errorf("plugged again, it streams no picture:\n%s", out)
	}
}

func TestCameraFault(t *testing.T) {
	SetCamera(t, "inject_vidioc_streamon_error", 1)
	if out, err := stream(t, 3).CombinedOutput(); err == nil && strings.Count(string(out), "<") > 0 {
		t.Errorf("an injected fault changed nothing:\n%s", out)
	}
	if out := run(t, stream(t, 3)); strings.Count(out, "<") != 3 {
		t.Errorf("the fault stayed:\n%s", out)
	}
}

func TestToneIsHeard(t *testing.T) {
	for _, tone := range []Tone{{}, {Channels: 1, Format: "S24_3LE", Rate: 44100}} {
		stop := PlayTone(t, tone)
		if at1000, at1500 := heard(t, 1000), heard(t, 1500); math.Abs(at1000+12) > 1 || at1500 > -50 {
			t.Errorf("%+v: heard 1 kHz at %.1f dBFS and 1.5 kHz at %.1f, want -12 and nothing", tone, at1000, at1500)
		}
		stop()
	}
	if level := heard(t, 1000); level > -90 {
		t.Errorf("after stop, 1 kHz is still heard at %.1f dBFS", level)
	}
}

// heard records the microphone, whatever its format, and returns the peak level of one frequency in dBFS (Goertzel).
func heard(t *testing.T, hz float64) float64 {
	t.Helper()
	const rate, pcmFrames = 48000, 12000
	pcm, err := exec.Command("arecord", "-q", "-D", "plug"+Microphone, "-f", "S16_LE", "-r", strconv.Itoa(rate), "-c", "1",
		"-t", "raw", "-s", strconv.Itoa(2*pcmFrames)).Output()
	if err != nil || len(pcm) < 2*2*pcmFrames {
		t.Fatalf("arecord: %v, %d bytes", err, len(pcm))
	}
	w := 2 * math.Cos(2*math.Pi*hz/rate)
	var s1, s2 float64
	for i := pcmFrames; i < 2*pcmFrames; i++ { // the second half: the tone is then in its stride
		v := float64(int16(binary.LittleEndian.Uint16(pcm[2*i:]))) / math.MaxInt16
		s1, s2 = v+w*s1-s2, s1
	}
	return 20 * math.Log10(math.Sqrt(math.Max(s1*s1+s2*s2-w*s1*s2, 1e-12))/pcmFrames*2)
}
