package passthrough

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/capture/openh264"
	"vigie/capture/picture"
)

const width, height = 320, 192

// openEncoder is what cmd/vigie gives as Options.Slate, and what codes for the camera here.
func openEncoder(f capture.VideoFormat) (capture.Encoder, error) {
	return openh264.New(openh264.Options{Format: f, Bitrate: 1_000_000})
}

// camera codes moving pictures, as a camera with H.264 of its own does: an IDR with each tenth.
type camera struct {
	t       testing.TB
	encoder capture.Encoder
	canvas  *picture.Canvas
	n       int
}

func newCamera(t testing.TB) *camera {
	c := &camera{t: t, canvas: picture.NewCanvas(width, height)}
	e, err := openEncoder(c.canvas.Frame().VideoFormat)
	if err != nil {
		t.Fatal(err)
	}
	c.encoder = e
	t.Cleanup(func() { e.Close() })
	return c
}

func (c *camera) next() *capture.RawFrame {
	c.t.Helper()
	for y := range height {
		for x, line := 0, c.canvas.Luma(y); x < width; x++ {
			line[x] = byte(40 + (x+3*c.n)&127)
		}
	}
	f := c.canvas.Frame()
	f.PTS = time.Hour + time.Duration(c.n)*time.Second/30
	u, err := c.encoder.Encode(f, c.n%10 == 0)
	if err != nil || u == nil {
		c.t.Fatalf("camera: %v, %v", u, err)
	}
	defer u.Release()
	coded := &capture.RawFrame{
		VideoFormat: capture.VideoFormat{FourCC: capture.H264, Width: width, Height: height},
		Data:        bytes.Clone(u.Data), PTS: f.PTS, Sequence: uint32(c.n),
	}
	c.n++
	return coded
}

// slateAt is a slate at the time of the camera's next picture.
func (c *camera) slateAt(s *capture.RawFrame, after time.Duration) *capture.RawFrame {
	s.PTS = time.Hour + time.Duration(c.n)*time.Second/30 + after
	return s
}

// coded is a copy of a unit, nil for none.
type coded struct {
	pts  time.Duration
	idr  bool
	data []byte
}

func encode(t testing.TB, e *Encoder, f *capture.RawFrame, idr bool) *coded {
	t.Helper()
	u, err := e.Encode(f, idr)
	if err != nil {
		t.Fatal(err)
	}
	if u == nil {
		return nil
	}
	defer u.Release()
	if u.PTS != f.PTS || u.Coded == 0 || u.Filler || u.IDR != h264.IsIDR(u.Data) {
		t.Errorf("a unit at %v of a picture at %v, coded %v, filler %v, IDR %v", u.PTS, f.PTS, u.Coded, u.Filler, u.IDR)
	}
	return &coded{u.PTS, u.IDR, bytes.Clone(u.Data)}
}

func types(data []byte) (list []h264.NALType) {
	for nal := range h264.NALs(data) {
		list = append(list, h264.TypeOf(nal))
	}
	return list
}

// begins reports whether a unit starts as capture.AccessUnit says of an IDR.
func begins(c *coded) bool {
	list := types(c.data)
	return c.idr && len(list) >= 3 && list[0] == h264.SPS && list[1] == h264.PPS
}

// Units pass as they are, from the first IDR on, and again from the next IDR after a gap.
func TestPass(t *testing.T) {
	c, e := newCamera(t), New(Options{})
	defer e.Close()
	for range 4 {
		c.next() // the program comes late
	}
	for n := 4; n < 40; n++ {
		f := c.next()
		if n == 23 {
			continue // a picture is lost
		}
		u := encode(t, e, f, n == 35)
		switch passes := n >= 10 && n < 23 || n >= 30; {
		case (u != nil) != passes:
			t.Errorf("picture %d passed: %v", n, u != nil)
		case u != nil && !bytes.Equal(u.data, f.Data):
			t.Errorf("picture %d was changed", n)
		}
	}
	if e.Stats().Discarded != 6+6 {
		t.Errorf("%d dropped", e.Stats().Discarded)
	}
	if err := e.SetBitrate(300_000); err != nil {
		t.Error(err)
	}
}

// What is no picture is an error of that picture, and the camera begins anew with its next IDR.
func TestPassDamaged(t *testing.T) {
	c, e := newCamera(t), New(Options{})
	encode(t, e, c.next(), false)
	for _, data := range [][]byte{nil, {1, 2, 3}, {0, 0, 0, 1, 9, 0xf0}} {
		f := c.next()
		f.Data = data
		if u, err := e.Encode(f, false); u != nil || !errors.Is(err, capture.ErrDamaged) {
			t.Errorf("%x: %v, %v", data, u, err)
		}
	}
	for c.n < 10 {
		if encode(t, e, c.next(), false) != nil {
			t.Errorf("picture %d refers to a damaged one", c.n-1)
		}
	}
	if u := encode(t, e, c.next(), false); u == nil || !begins(u) {
		t.Error("the next IDR did not pass")
	}
	if _, err := e.Encode(&capture.RawFrame{VideoFormat: capture.VideoFormat{FourCC: capture.MJPEG}}, false); !errors.Is(err, capture.ErrUnsupported) {
		t.Errorf("MJPEG: %v", err)
	}
}

// An IDR has its parameter sets in front, wherever the camera left them.
func TestPassParameterSets(t *testing.T) {
	c, e := newCamera(t), New(Options{})
	first := c.next()
	var slice []byte
	for nal := range h264.NALs(first.Data) {
		if h264.TypeOf(nal) == h264.SliceIDR {
			slice = append([]byte{0, 0, 0, 1}, nal...)
		}
	}
	give := func(data ...[]byte) *coded {
		f := *first
		f.Data, f.Sequence = bytes.Join(data, nil), e.sequence+1
		return encode(t, e, &f, false)
	}
	delimiter, sei := []byte{0, 0, 0, 1, 9, 0x10}, []byte{0, 0, 0, 1, 6, 5, 1, 0, 0x80}
	if u := give(slice); u != nil || e.Stats().Discarded != 1 {
		t.Errorf("an IDR without parameter sets passed: %v", u != nil)
	}
	for name, parts := range map[string][][]byte{
		"as it is": {first.Data}, "delimiter": {delimiter, first.Data}, "without": {slice}, "SEI": {delimiter, sei, slice},
	} {
		if name == "without" {
			give(first.Data)
		}
		give(first.Data)
		if u := give(parts...); u == nil || !begins(u) {
			t.Errorf("%s: %v", name, u)
		}
	}
}

// A slate takes the camera's place: at once, then once a second and when it is asked for, as IDRs that differ.
func TestSlate(t *testing.T) {
	opened := 0
	e := New(Options{Slate: func(f capture.VideoFormat) (capture.Encoder, error) { opened++; return openEncoder(f) }})
	c := newCamera(t)
	for range 15 {
		if encode(t, e, c.next(), false) == nil {
			t.Fatalf("picture %d did not pass", c.n-1)
		}
	}
	cut, lost := picture.Slate(width, height, "Cut", ""), picture.Slate(width, height, "Lost", "")
	last := -1
	show := func(s *capture.RawFrame, after time.Duration, asked, want bool) {
		t.Helper()
		u := encode(t, e, c.slateAt(s, after), asked)
		if (u != nil) != want {
			t.Fatalf("after %v, asked %v: %v", after, asked, u != nil)
		}
		if u == nil {
			return
		}
		var sets h264.ParameterSets
		id, ok := sets.IDRPicID(u.data)
		if !begins(u) || !ok || id == last {
			t.Errorf("after %v: NAL units %v, idr_pic_id %d after %d", after, types(u.data), id, last)
		}
		last = id
	}
	show(cut, 0, false, true)
	show(cut, 900*time.Millisecond, false, false)
	show(cut, time.Second, false, true)
	show(cut, 1100*time.Millisecond, true, true)
	show(cut, 2000*time.Millisecond, false, false)
	show(lost, 2033*time.Millisecond, false, true)
	show(lost, 2066*time.Millisecond, false, false)
	show(cut, 2100*time.Millisecond, false, true)
	if opened != 2 {
		t.Errorf("two slates were coded %d times", opened)
	}
	cut.Data[0]++ // drawn anew in the same memory
	show(cut, 3100*time.Millisecond, false, true)
	if opened != 3 {
		t.Errorf("a slate that changed was not coded again")
	}
	for c.n < 20 {
		if encode(t, e, c.next(), true) != nil {
			t.Errorf("picture %d refers to one before the slate", c.n-1)
		}
	}
	if u := encode(t, e, c.next(), false); u == nil || !begins(u) {
		t.Error("the camera did not come back with its IDR")
	}
}

// Slates of many contents are not all kept, and the same one is not coded again and again.
func TestSlatesKept(t *testing.T) {
	opened := 0
	e := New(Options{Slate: func(f capture.VideoFormat) (capture.Encoder, error) { opened++; return openEncoder(f) }})
	s := picture.Slate(width, height, "", "")
	for n := range 10 {
		s.Data[0] = byte(100 + n)
		encode(t, e, s, true)
		encode(t, e, s, true)
	}
	if opened != 10 || len(e.slates) != maxSlates {
		t.Errorf("coded %d times, %d kept", opened, len(e.slates))
	}
}

// The camera's IDR after a slate differs from it in idr_pic_id, or waits once.
func TestCameraRepeatsNumber(t *testing.T) {
	c := newCamera(t)
	e := New(Options{Slate: openEncoder})
	encode(t, e, c.next(), false)
	u := encode(t, e, c.slateAt(picture.Slate(width, height, "", ""), 0), false)
	f := &capture.RawFrame{VideoFormat: capture.VideoFormat{FourCC: capture.H264}, Data: u.data, Sequence: 50}
	if encode(t, e, f, false) != nil || e.Stats().Discarded != 1 {
		t.Error("an IDR with the slate's number passed")
	}
	if encode(t, e, f, false) == nil {
		t.Error("the camera does not come back")
	}
}

// constant is an encoder whose IDR pictures all have the same number.
type constant struct {
	capture.Encoder
	units capture.UnitPool
	data  []byte
}

func (c *constant) Encode(f *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	if c.data == nil {
		u, err := c.Encoder.Encode(f, idr)
		if err != nil {
			return nil, err
		}
		c.data = bytes.Clone(u.Data)
		u.Release()
	}
	u := c.units.Get()
	u.Data = append(u.Data, c.data...)
	return u, nil
}

func TestSlateRefuses(t *testing.T) {
	s := picture.Slate(width, height, "", "")
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		open func(capture.VideoFormat) (capture.Encoder, error)
		want error
	}{
		"no encoder":     {nil, capture.ErrUnsupported},
		"one that fails": {func(capture.VideoFormat) (capture.Encoder, error) { return nil, broken }, broken},
		"one without change": {func(f capture.VideoFormat) (capture.Encoder, error) {
			inner, err := openEncoder(f)
			return &constant{Encoder: inner}, err
		}, capture.ErrUnsupported},
	} {
		if u, err := New(Options{Slate: c.open}).Encode(s, true); u != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", name, u, err)
		}
	}
	empty := &capture.RawFrame{VideoFormat: s.VideoFormat}
	if _, err := New(Options{Slate: openEncoder}).Encode(empty, true); !errors.Is(err, capture.ErrDamaged) {
		t.Errorf("an empty one: %v", err)
	}
}

func TestDoesNotAllocate(t *testing.T) {
	c, e := newCamera(t), New(Options{Slate: openEncoder})
	s := picture.Slate(width, height, "", "")
	pictures := []*capture.RawFrame{s, c.next(), c.next()}
	n := 0
	if allocated := testing.AllocsPerRun(99, func() {
		f := pictures[n%3]
		f.Sequence = uint32(n)
		n++
		u, err := e.Encode(f, true)
		if err != nil || u == nil {
			t.Fatal(u, err)
		}
		u.Release()
	}); allocated != 0 {
		t.Errorf("%v allocations a picture", allocated)
	}
}

// A camera that makes no IDR pictures is told of; one that makes them seldom is waited for, each time anew.
func TestNoIDR(t *testing.T) {
	c, e := newCamera(t), New(Options{Slate: openEncoder})
	defer e.Close()
	idr, other := c.next(), c.next()
	at := func(f *capture.RawFrame, pts time.Duration, n int) error {
		f.PTS, f.Sequence = time.Hour+pts, uint32(n)
		u, err := e.Encode(f, false)
		if u != nil {
			u.Release()
		}
		return err
	}
	for n := range 40 { // 20 s, and in the middle somebody cuts
		if n == 15 {
			if err := at(picture.Slate(width, height, "cut", ""), 7*time.Second, 0); err != nil {
				t.Fatal(err)
			}
		}
		err := at(other, time.Duration(n)*time.Second/2, n)
		if late := n-15 >= 20; (err != nil) != late || late && (!errors.Is(err, capture.ErrDamaged) || !strings.Contains(err.Error(), "IDR")) {
			t.Errorf("picture %d: %v", n, err)
		}
	}
	for n, f := range []*capture.RawFrame{idr, other, other} {
		if err := at(f, 20*time.Second+time.Duration(n)*time.Second/2, 40+n/2*7); err != nil { // the last after a gap
			t.Errorf("from the IDR on, picture %d: %v", n, err)
		}
	}
}
