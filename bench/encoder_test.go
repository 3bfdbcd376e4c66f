//go:build bench

package bench

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture/v4l2/uapi"
)

const (
	rawQueue   = 10 // V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE
	codedQueue = 9  // V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
	cameraKind = 1  // V4L2_BUF_TYPE_VIDEO_CAPTURE, single-planar
	encStart   = 0  // V4L2_ENC_CMD_START
	pictureGap = 33333 * time.Microsecond
)

// breakEncoder sets a parameter of the encoder (kernel/encoder.c lists them), until the test ends.
func breakEncoder(t *testing.T, parameter, value string) {
	t.Helper()
	file := "/sys/module/bench_encoder/parameters/" + parameter
	before := read(t, file)
	if err := os.WriteFile(file, []byte(value), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.WriteFile(file, []byte(before), 0) })
}

func encoderNode(t *testing.T) string {
	t.Helper()
	if path := node("bench-encoder"); path != "" {
		return path
	}
	t.Fatal("there is no bench-encoder: is this the bench's kernel?")
	return ""
}

// queue is one side of an open mem2mem device or camera, one plane.
type queue struct {
	t       *testing.T
	fd      int
	kind    uint32
	memory  uint32
	format  uapi.PixFormatMplane // as the driver answered; not a camera's
	buffers [][]byte             // mapped; nil where the memory is another device's
	dmabufs []int                // and these are its
}

func openNode(t *testing.T, path string) int {
	t.Helper()
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

func newQueue(t *testing.T, fd int, kind uint32, format string, width, height int) *queue {
	t.Helper()
	f := uapi.Format{Type: kind}
	p := f.PixMplane() // up to PixelFormat a single-planar one is the same
	p.Width, p.Height, p.PixelFormat = uint32(width), uint32(height), binary.LittleEndian.Uint32([]byte(format))
	if kind != cameraKind {
		p.NumPlanes = 1
	}
	must(t, "S_FMT", uapi.SetFmt(fd, &f))
	return &queue{t: t, fd: fd, kind: kind, memory: uapi.MemoryMmap, format: *f.PixMplane()}
}

func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// allocate asks for n buffers and maps those that came.
func (q *queue) allocate(n int) error {
	q.t.Helper()
	r := uapi.RequestBuffers{Count: uint32(n), Type: q.kind, Memory: uapi.MemoryMmap}
	if err := uapi.ReqBufs(q.fd, &r); err != nil {
		return err
	}
	for i := range r.Count {
		b, planes := uapi.Buffer{Index: i, Type: q.kind, Memory: uapi.MemoryMmap}, q.planes()
		must(q.t, "QUERYBUF", uapi.QueryBuf(q.fd, &b, planes))
		offset, length := b.Offset(), b.Length
		if planes != nil {
			offset, length = planes[0].Offset(), planes[0].Length
		}
		m, err := unix.Mmap(q.fd, int64(offset), int(length), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		must(q.t, "mmap", err)
		q.t.Cleanup(func() { _ = unix.Munmap(m) })
		q.buffers = append(q.buffers, m)
	}
	return nil
}

func (q *queue) planes() []uapi.Plane {
	if q.kind == cameraKind {
		return nil
	}
	return make([]uapi.Plane, 1)
}

func (q *queue) export(i int) int {
	q.t.Helper()
	e := uapi.ExportBuffer{Type: q.kind, Index: uint32(i), Flags: unix.O_RDWR | unix.O_CLOEXEC}
	must(q.t, "EXPBUF", uapi.ExpBuf(q.fd, &e))
	q.t.Cleanup(func() { _ = unix.Close(int(e.FD)) })
	return int(e.FD)
}

// adopt takes the memory of another queue instead of its own.
func (q *queue) adopt(from *queue) {
	q.t.Helper()
	q.memory = uapi.MemoryDMABUF
	for i := range from.buffers {
		q.dmabufs = append(q.dmabufs, from.export(i))
	}
	r := uapi.RequestBuffers{Count: uint32(len(q.dmabufs)), Type: q.kind, Memory: q.memory}
	must(q.t, "REQBUFS", uapi.ReqBufs(q.fd, &r))
}

func (q *queue) put(i int, pts time.Duration) error {
	b := uapi.Buffer{Index: uint32(i), Type: q.kind, Memory: q.memory, Timestamp: uapi.TimevalOf(pts)}
	planes := q.planes()
	switch {
	case q.memory != uapi.MemoryDMABUF:
	case planes == nil:
		b.SetFD(q.dmabufs[i])
	default:
		planes[0].SetFD(q.dmabufs[i])
	}
	if q.kind == rawQueue {
		size := q.format.Planes[0].SizeImage
		planes[0].BytesUsed, planes[0].Length = size, size // without a Length of its DMABUF: EINVAL
	}
	return uapi.QBuf(q.fd, &b, planes)
}

// take waits up to a second for a buffer, and is false if none came.
func (q *queue) take() (uapi.Buffer, bool) {
	q.t.Helper()
	event := int16(unix.POLLIN)
	if q.kind == rawQueue {
		event = unix.POLLOUT
	}
	for deadline := time.Now().Add(time.Second); ; {
		b, planes := uapi.Buffer{Type: q.kind, Memory: q.memory}, q.planes()
		switch err := uapi.DQBuf(q.fd, &b, planes); err {
		case nil:
			if planes != nil {
				b.BytesUsed = planes[0].BytesUsed
			}
			return b, true
		case unix.EAGAIN:
		default:
			q.t.Fatalf("DQBUF: %v", err)
		}
		left := time.Until(deadline)
		if left <= 0 {
			return b, false
		}
		_, _ = unix.Poll([]unix.PollFd{{Fd: int32(q.fd), Events: event}}, int(left.Milliseconds())+1)
	}
}

// benchEncoder is the encoder with one picture at a time in it.
type benchEncoder struct {
	*testing.T
	format     string
	fd         int
	raw, coded *queue
	pts        time.Duration
}

type codedUnit struct {
	data  []byte
	flags uint32
	pts   time.Duration
}

func (u codedUnit) idr() bool { return u.flags&uapi.FlagKeyFrame != 0 }

func newEncoder(t *testing.T, format string, width, height int, controls ...uapi.Control) *benchEncoder {
	t.Helper()
	fd := openNode(t, encoderNode(t))
	e := &benchEncoder{T: t, format: format, fd: fd}
	e.coded = newQueue(t, fd, codedQueue, "H264", width, height)
	e.raw = newQueue(t, fd, rawQueue, format, width, height)
	for _, c := range controls {
		must(t, "S_CTRL", uapi.SetControl(fd, &c))
	}
	must(t, "REQBUFS", e.raw.allocate(2))
	must(t, "REQBUFS", e.coded.allocate(2))
	e.start()
	return e
}

func (e *benchEncoder) start() {
	e.Helper()
	for i := range e.coded.buffers {
		must(e.T, "QBUF", e.coded.put(i, 0))
	}
	must(e.T, "STREAMON", uapi.StreamOn(e.fd, rawQueue))
	must(e.T, "STREAMON", uapi.StreamOn(e.fd, codedQueue))
}

// code puts a picture in and takes what comes of it: false where nothing did.
func (e *benchEncoder) code(picture []byte) (codedUnit, bool) {
	e.Helper()
	copy(e.raw.buffers[0], picture)
	e.pts += pictureGap
	must(e.T, "QBUF", e.raw.put(0, e.pts))
	if _, ok := e.raw.take(); !ok {
		e.Fatal("the encoder did not give a raw picture back")
	}
	return e.unit()
}

func (e *benchEncoder) unit() (codedUnit, bool) {
	e.Helper()
	b, ok := e.coded.take()
	if !ok {
		return codedUnit{}, false
	}
	u := codedUnit{slices.Clone(e.coded.buffers[b.Index][:b.BytesUsed]), b.Flags, b.Timestamp.Duration()}
	if u.flags&uapi.FlagLast == 0 {
		must(e.T, "QBUF", e.coded.put(int(b.Index), 0))
	}
	return u, true
}

func (e *benchEncoder) mustCode(picture []byte) codedUnit {
	e.Helper()
	u, ok := e.code(picture)
	if !ok {
		e.Fatal("nothing came out")
	}
	return u
}

// pixel is a picture that no flat macroblock is like, another one for each n. Chroma is that of 2x2 pixels. Its left
// edge is nearly black: zeros that look like start codes.
func pixel(n, x, y int) (luma, u, v byte) {
	tint := x/2*2 + y/2*3 + n*5
	u, v = byte(16+tint%220), byte(16+(tint+90)%220)
	if x < 32 {
		return byte((x*y + n) % 11 / 8), u, v
	}
	return byte(16 + (x*3+y*5+n*7+(x/8^y/8)*11)%220), u, v
}

// scene is the n-th picture, as the encoder's buffer has it.
func (e *benchEncoder) scene(n int) []byte {
	stride, lines := int(e.raw.format.Planes[0].BytesPerLine), int(e.raw.format.Height)
	p := make([]byte, e.raw.format.Planes[0].SizeImage)
	for y := range lines {
		for x := range int(e.raw.format.Width) {
			at, u, v := y*stride+x, 0, 0
			switch e.format {
			case "YU12":
				u = stride*lines + y/2*stride/2 + x/2
				v = u + stride*lines/4
			case "NV12":
				u = stride*lines + y/2*stride + x&^1
				v = u + 1
			case "YUYV":
				at, u, v = y*stride+2*x, y*stride+x/2*4+1, y*stride+x/2*4+3
			case "UYVY":
				at, u, v = y*stride+2*x+1, y*stride+x/2*4, y*stride+x/2*4+2
			}
			p[at], p[u], p[v] = pixel(n, x, y)
		}
	}
	return p
}

// decoded has ffmpeg decode a stream into pictures of 4:2:0. Any message of ffmpeg's fails the test.
func decoded(t *testing.T, width, height int, stream []byte) [][]byte {
	t.Helper()
	cmd := exec.Command("ffmpeg", "-v", "warning", "-f", "h264", "-i", "-",
		"-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stream), &out, &complaint
	if err := cmd.Run(); err != nil || complaint.Len() > 0 {
		t.Fatalf("ffmpeg: %v\n%s", err, complaint.String())
	}
	return slices.Collect(slices.Chunk(out.Bytes(), width*height*3/2))
}

// mean is the luma of the n-th scene's macroblock around a pixel.
func mean(n, x, y int) int {
	sum := 128
	for i := range 256 {
		luma, _, _ := pixel(n, x&^15+i%16, y&^15+i/16)
		sum += int(luma)
	}
	return sum / 256
}

// psnr compares the n-th scene with a decoded picture, luma and chroma together, in dB.
func psnr(n, width, height int, picture []byte) float64 {
	chroma, sum := width*height, 0.0
	for y := range height {
		for x := range width {
			luma, u, v := pixel(n, x, y)
			at := chroma + y/2*width/2 + x/2
			sum += math.Pow(float64(luma)-float64(picture[y*width+x]), 2)
			if x%2+y%2 == 0 {
				sum += math.Pow(float64(u)-float64(picture[at]), 2) + math.Pow(float64(v)-float64(picture[at+chroma/4]), 2)
			}
		}
	}
	return 10 * math.Log10(255*255/(sum/float64(len(picture))))
}

var (
	at4M    = uapi.Control{ID: uapi.CtrlBitrate, Value: 4_000_000}
	longGOP = uapi.Control{ID: uapi.CtrlGOPSize, Value: 1000}
)

func TestHardwareEncoderBecomesExact(t *testing.T) {
	const width, height, pictures = 640, 360, 75
	for profile, format := range map[int32]string{0: "YU12", 1: "NV12", 2: "YUYV", 4: "UYVY"} { // each of them once
		t.Run(format, func(t *testing.T) {
			e := newEncoder(t, format, width, height, at4M, longGOP, uapi.Control{ID: uapi.CtrlH264Profile, Value: profile})
			if lines := e.raw.format.Height; lines != 368 {
				t.Errorf("its planes have %d lines, the board's 368", lines)
			}
			still := e.scene(0)
			var stream []byte
			for n := range pictures {
				u := e.mustCode(still)
				if u.idr() != (n == 0) || u.pts != e.pts || u.flags&uapi.FlagError != 0 {
					t.Fatalf("picture %d: flags %#x, PTS %v; put in at %v", n, u.flags, u.pts, e.pts)
				}
				stream = append(stream, u.data...)
			}
			if most := 4_000_000 / 8 * (pictures + 4) / 30; len(stream) > most {
				t.Errorf("%d bytes: at most %d at 4 Mb/s", len(stream), most)
			}
			shown := decoded(t, width, height, stream)
			if len(shown) != pictures {
				t.Fatalf("ffmpeg sees %d pictures of %d", len(shown), pictures)
			}
			for y := range height {
				for x := range width {
					if off := int(shown[0][y*width+x]) - mean(0, x, y); off < -1 || off > 1 {
						t.Fatalf("the mosaic is off by %d at %d,%d", off, x, y)
					}
				}
			}
			last := psnr(0, width, height, shown[pictures-1])
			t.Logf("%d bytes in %d pictures; the mosaic has %.1f dB, the last %.1f", len(stream), pictures,
				psnr(0, width, height, shown[0]), last)
			if last < 30 {
				t.Errorf("after %v the still picture has %.1f dB", pictures*pictureGap, last)
			}
		})
	}
}

func TestHardwareEncoderObeys(t *testing.T) {
	const width, height = 320, 180
	e := newEncoder(t, "YUYV", width, height, at4M, uapi.Control{ID: uapi.CtrlH264IPeriod, Value: 20})
	var stream []byte
	n := 0
	code := func(pictures int) (idrs []int, bytes int) {
		for range pictures {
			u := e.mustCode(e.scene(n))
			if sets := bytesContainSets(u.data); sets != (n == 0 || n >= 60 && u.idr()) {
				t.Errorf("picture %d: SPS and PPS %v", n, sets)
			}
			if u.idr() {
				idrs = append(idrs, n)
			}
			stream, bytes, n = append(stream, u.data...), bytes+len(u.data), n+1
		}
		return idrs, bytes
	}
	set := func(id uint32, value int32) {
		must(t, "S_CTRL", uapi.SetControl(e.fd, &uapi.Control{ID: id, Value: value}))
	}
	if idrs, _ := code(45); !slices.Equal(idrs, []int{0, 20, 40}) {
		t.Errorf("a GOP of 20 has IDR pictures %v", idrs)
	}
	set(uapi.CtrlForceKeyFrame, 1)
	if idrs, _ := code(15); !slices.Equal(idrs, []int{45}) {
		t.Errorf("an IDR was asked for at 45, and came at %v", idrs)
	}
	set(uapi.CtrlRepeatHeaders, 1)
	set(uapi.CtrlGOPSize, 1000)
	code(30)
	set(uapi.CtrlForceKeyFrame, 1)
	code(1)
	for _, rate := range []int{4_000_000, 300_000, 4_000_000} {
		set(uapi.CtrlBitrate, int32(rate))
		if _, got := code(30); math.Abs(float64(got*8)/float64(rate)-1) > 0.15 {
			t.Errorf("a second after the bitrate was set to %d it is %d", rate, got*8)
		}
	}
	if shown := decoded(t, width, height, stream); len(shown) != n {
		t.Errorf("ffmpeg sees %d pictures of %d", len(shown), n)
	}
}

func bytesContainSets(unit []byte) bool {
	return bytes.Contains(unit, []byte{0, 0, 0, 1, 0x67}) && bytes.Contains(unit, []byte{0, 0, 0, 1, 0x68})
}

func TestHardwareEncoderDrains(t *testing.T) {
	e := newEncoder(t, "NV12", 320, 180, at4M)
	e.mustCode(e.scene(0))
	must(t, "QBUF", e.raw.put(1, e.pts+pictureGap))
	must(t, "ENC_CMD_STOP", uapi.EncoderCommand(e.fd, &uapi.EncoderCmd{Cmd: uapi.EncStop}))
	if u, ok := e.unit(); !ok || u.flags&uapi.FlagLast == 0 || len(u.data) == 0 {
		t.Fatalf("stopped, the last picture comes out with flags %#x and %d bytes", u.flags, len(u.data))
	}
	must(t, "ENC_CMD_START", uapi.EncoderCommand(e.fd, &uapi.EncoderCmd{Cmd: encStart}))
	if _, ok := e.raw.take(); !ok {
		t.Fatal("the drained picture was not given back")
	}
	if u := e.mustCode(e.scene(2)); u.idr() {
		t.Error("started again, it began anew")
	}
	for range 20 {
		must(t, "STREAMOFF", uapi.StreamOff(e.fd, rawQueue))
		must(t, "STREAMOFF", uapi.StreamOff(e.fd, codedQueue))
		e.start()
		if u := e.mustCode(e.scene(3)); !u.idr() || !bytesContainSets(u.data) {
			t.Fatal("streaming again, the first picture is not an IDR with SPS and PPS")
		}
	}
}

func TestHardwareEncoderSharesMemory(t *testing.T) {
	const width, height, pictures = 640, 360, 30
	e := newEncoder(t, "YUYV", width, height, at4M)
	camera := newQueue(t, openNode(t, Camera(t)), cameraKind, "YUYV", width, height)
	camera.adopt(e.raw)
	stream := e.codeFrom(camera, pictures)
	if shown := decoded(t, width, height, stream); len(shown) != pictures {
		t.Errorf("ffmpeg sees %d pictures of %d", len(shown), pictures)
	}
}

func TestHardwareEncoderRefusesScatteredMemory(t *testing.T) {
	camera := newQueue(t, openNode(t, Camera(t)), cameraKind, "YUYV", 640, 480)
	must(t, "REQBUFS", camera.allocate(2))
	lender := newQueue(t, openNode(t, encoderNode(t)), rawQueue, "YUYV", 640, 480)
	must(t, "REQBUFS", lender.allocate(2))
	for _, size := range [][2]int{{640, 480}, {64, 32}} {
		scattered := newQueue(t, openNode(t, encoderNode(t)), rawQueue, "YUYV", size[0], size[1])
		scattered.adopt(camera)
		if err := scattered.put(0, 0); err != unix.EFAULT {
			t.Errorf("%dx%d: a camera's buffer: %v, want EFAULT", size[0], size[1], err)
		}
		contiguous := newQueue(t, openNode(t, encoderNode(t)), rawQueue, "YUYV", size[0], size[1])
		contiguous.adopt(lender)
		must(t, "QBUF of contiguous memory", contiguous.put(0, 0))
	}
}

func TestHardwareEncoderFaults(t *testing.T) {
	t.Run("stall", func(t *testing.T) {
		breakEncoder(t, "stall", "1")
		t.Run("opened", func(t *testing.T) {
			e := newEncoder(t, "YU12", 320, 180)
			for range 3 {
				if _, ok := e.code(e.scene(0)); ok {
					t.Fatal("stalled, it gave a picture")
				}
			}
		})
		t.Run("reopened", func(t *testing.T) {
			e := newEncoder(t, "YU12", 320, 180)
			e.mustCode(e.scene(0))
		})
	})
	t.Run("error", func(t *testing.T) {
		e := newEncoder(t, "YU12", 320, 180)
		breakEncoder(t, "errors", "1")
		if u := e.mustCode(e.scene(0)); u.flags&uapi.FlagError == 0 {
			t.Error("the picture is not flagged")
		}
		if u := e.mustCode(e.scene(0)); u.flags&uapi.FlagError != 0 {
			t.Error("the next is flagged, too")
		}
	})
	t.Run("memory", func(t *testing.T) {
		used := read(t, "/sys/module/bench_encoder/parameters/memory_used")
		q := newQueue(t, openNode(t, encoderNode(t)), rawQueue, "YU12", 640, 360)
		breakEncoder(t, "memory_limit", "1")
		if err := q.allocate(4); err != unix.ENOMEM {
			t.Errorf("without memory: %v, want ENOMEM", err)
		}
		breakEncoder(t, "memory_limit", "1000000")
		if err := q.allocate(4); err != nil || len(q.buffers) != 2 {
			t.Errorf("memory for two buffers of %d gave %d: %v", q.format.Planes[0].SizeImage, len(q.buffers), err)
		}
		for _, b := range q.buffers {
			must(t, "munmap", unix.Munmap(b))
		}
		must(t, "REQBUFS", uapi.ReqBufs(q.fd, &uapi.RequestBuffers{Type: q.kind, Memory: uapi.MemoryMmap}))
		if now := read(t, "/sys/module/bench_encoder/parameters/memory_used"); now != used {
			t.Errorf("%s bytes are used, %s before", now, used)
		}
	})
	t.Run("timestamps", func(t *testing.T) {
		breakEncoder(t, "lose_timestamps", "1")
		e := newEncoder(t, "YU12", 320, 180)
		if u := e.mustCode(e.scene(0)); u.pts != 0 {
			t.Errorf("PTS %v, want none", u.pts)
		}
	})
}

// Debian 12's v4l2-compliance complains of what any driver of this kernel does: a newer name for NV12, and a newer field
// in CREATE_BUFS.
const (
	newerName  = "expected 'Y/CbCr 4:2:0'"
	newerField = "check_0(crbufs.reserved"
)

func ofDebian12(said string) bool { return strings.HasPrefix(said, "v4l2-compliance 1.22.") }

// TestHardwareEncoderCompliance has two complaints that the board's driver gets, too: it has no MIN_BUFFERS_FOR_OUTPUT, and
// a rate on its OUTPUT queue alone. Without the first Debian 13's program does not stream, in four ways.
func TestHardwareEncoderCompliance(t *testing.T) {
	out, _ := exec.Command("v4l2-compliance", "-d", encoderNode(t), "-s", "10").CombinedOutput() // fails for the known
	said := string(out)
	if !ofDebian12(said) {
		const ask = "node->g_ctrl(ctrl)"
		complies(t, said, "find(V4L2_CID_MIN_BUFFERS_FOR_OUTPUT)", "v4l2-test-formats.cpp(1475): ret", ask, ask, ask, ask)
		return
	}
	complies(t, said, "find(V4L2_CID_MIN_BUFFERS_FOR_OUTPUT)", "v4l2-test-formats.cpp(1393): ret", newerName, newerField)
	if !strings.Contains(said, "Captured 10 buffers") {
		t.Errorf("it did not stream:\n%s", said)
	}
}

// complies holds what v4l2-compliance said against what is known, each once.
func complies(t *testing.T, out string, known ...string) {
	t.Helper()
	found := 0
	for line := range strings.Lines(out) {
		if !strings.Contains(line, "fail:") && !strings.Contains(line, "warn:") {
			continue
		}
		found++
		if !slices.ContainsFunc(known, func(k string) bool { return strings.Contains(line, k) }) {
			t.Error(strings.TrimSpace(line))
		}
	}
	if found != len(known) {
		t.Errorf("%d complaints, %d are known:\n%s", found, len(known), out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	t.Log(lines[len(lines)-1])
}
