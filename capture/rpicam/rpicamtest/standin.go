// Package rpicamtest is a stand-in for rpicam-vid, with its command line and its output, that fails when it is told to.
//
// A test makes its own binary the program: TestMain hands over where the variable Scenario says so,
//
//	if what := os.Getenv(rpicamtest.Scenario); what != "" {
//		os.Exit(rpicamtest.Run(what, os.Args[1:]))
//	}
//
// and rpicam.Options.Program is os.Args[0], or a script of that name in PATH runs it.
package rpicamtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Scenario is the variable that makes a test's own program the stand-in, and says what it does: "runs" well, or shows
// a "still" picture; is "old", "stubborn" or "silent"; has "no camera", or it is "busy"; settles another size
// ("adjusted"), "hesitates" within a picture, or delivers as fast as it can ("flood"). After five pictures it "dies",
// "ends", "hangs", writes "half" a picture, or says that the camera is "gone".
const Scenario = "VIGIE_TEST_RPICAM"

// block is what the program's stdio writes at once, in bytes.
const block = 4096

// takesValue are the options of rpicam-vid that matter here, and whether a value follows; core/options.cpp and
// core/video_options.hpp of rpicam-apps list them.
var takesValue = map[string]bool{
	"--timeout": true, "--nopreview": false, "--flush": false, "--output": true, "--width": true, "--height": true,
	"--framerate": true, "--codec": true, "--inline": false, "--profile": true, "--bitrate": true, "--intra": true,
	"--help": false, "--libav-format": true, "--low-latency": false,
}

const sayGone = "ERROR RPI pipeline_base.cpp:1424 Camera frontend has timed out!\n" +
	"ERROR: Device timeout detected, attempting a restart!!!"

// Run behaves as rpicam-vid does, and returns its exit status.
func Run(what string, arguments []string) int {
	say := func(line string) { fmt.Fprintln(os.Stderr, line) }
	given := map[string]string{}
	for i := 0; i < len(arguments); i++ {
		name := arguments[i]
		value, known := takesValue[name]
		if !known || what == "old" && (name == "--libav-format" || name == "--low-latency") {
			say("ERROR: *** unrecognised option '" + name + "' ***")
			return 255
		}
		given[name] = ""
		if value {
			i++
			given[name] = arguments[i]
		}
	}
	if _, ok := given["--help"]; ok {
		fmt.Println("  --codec arg (=h264)  Set the codec to use")
		if what != "old" {
			fmt.Println("  --libav-format arg   Sets the format\n  --low-latency [=arg(=1)] (=0)  presets")
		}
		return 0
	}
	if os.Getenv("LC_ALL") != "C" || given["--timeout"] != "0" || given["--output"] != "-" {
		say("ERROR: *** not as it was meant ***")
		return 255
	}
	return deliver(what, given, say)
}

func deliver(what string, given map[string]string, say func(string)) int {
	width, _ := strconv.Atoi(given["--width"])
	height, _ := strconv.Atoi(given["--height"])
	switch what {
	case "no camera":
		say(fmt.Sprintf("[0:13:57.%d] [%d] ERROR IPAProxy ipa_proxy.cpp:1 not signed", time.Now().UnixNano()%1e9, os.Getpid()))
		say("ERROR: *** no cameras available ***")
		return 255
	case "busy":
		say("INFO Camera camera.cpp:839 Pipeline handler in use by another process\nERROR: *** failed to acquire camera /base/soc ***")
		return 255
	case "silent":
		forever()
	case "adjusted":
		width, height = 512, 384
	case "stubborn": // it and its child take no signal that can be refused
		signal.Ignore(unix.SIGTERM, unix.SIGINT)
		c := exec.Command("sleep", "1000")
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			return 1
		}
		say("child " + strconv.Itoa(c.Process.Pid))
	}
	say("Mode selection for 1280:720:12:P\nStream configuration adjusted")
	say(fmt.Sprintf("[0:13:57.7] [810]  INFO Camera camera.cpp:1205 configuring streams: (0) %dx%d-YUV420 (1) 2304x1296-BGGR_PISP_COMP1", width, height))
	fps, _ := strconv.Atoi(given["--framerate"])
	tick := time.NewTicker(time.Second / time.Duration(max(fps, 1)))
	for n := 0; ; n++ {
		picture := n
		if what == "still" {
			picture = 1
		}
		data := Raw(picture, width, height)
		if given["--codec"] == "h264" {
			data = Coded(n)
		}
		if end := n == 5; end && what == "half" {
			os.Stdout.Write(data[:len(data)/2])
			say("ERROR: *** failed to write output bytes ***")
			return 255
		} else if end && what == "dies" {
			say("terminate called after throwing an instance of 'std::runtime_error'")
			_ = unix.Kill(os.Getpid(), unix.SIGKILL)
			forever()
		} else if end && what == "ends" {
			return 0
		} else if end && what == "hangs" || end && what == "gone" {
			if what == "gone" {
				say(sayGone)
			}
			forever()
		}
		// As stdio does: the whole blocks, then with the flush what is left.
		whole := len(data) &^ (block - 1)
		os.Stdout.Write(data[:whole])
		if what == "hesitates" { // it has to wait for a core
			<-tick.C
		}
		os.Stdout.Write(data[whole:])
		if what != "flood" {
			<-tick.C
		}
	}
}

// forever waits without a goroutine that Go could find asleep.
func forever() {
	for {
		_ = unix.Pause()
	}
}

// Raw is raw picture n: luma and chroma 0 and 255 by turns, full range, with the padding of a Pi 4 and a Pi 5; its first
// byte is n.
func Raw(n, width, height int) []byte {
	data := bytes.Repeat([]byte{byte(255 * (n % 2))}, (width+127)&^127*height*3/2)
	data[0] = byte(n)
	return data
}

// Coded is access unit n of what is no picture: an IDR with each tenth. Their sizes are several blocks, less than one, and one exactly.
func Coded(n int) []byte {
	au := []byte{0, 0, 0, 1, 0x41, 0x9a, byte(n) | 1}
	if n%10 == 0 {
		au = []byte{0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e, 0xd9, 0, 0, 0, 1, 0x68, 0xcb, 0x83, 0xcb, 0x20, 0, 0, 0, 1, 0x65, 0x88, byte(n) | 1}
	}
	size := [...]int{3*block + 77, 900, block}[n%3]
	return append(au, bytes.Repeat([]byte{0xa5}, size-len(au))...)
}
