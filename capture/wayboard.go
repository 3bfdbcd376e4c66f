package capture

// Board is what the devices of a machine can do, as their drivers report it. Nothing here knows a model's name: a
// device is an encoder because it makes H.264 of raw pictures, a decoder because it makes raw pictures of JPEGs.
type Board struct {
	Cameras  []BoardCamera
	Mem2Mem  []Mem2Mem
	Software Software
}

// BoardCamera is one camera and the formats it can be asked for.
type BoardCamera struct {
	Name string // what the driver calls it: "HD Webcam C270"
	Bus  string // where it is plugged in: "usb-0000:01:00.0-1.2"
	Path string // the stable one where udev made one: /dev/v4l/by-id/..., else the node
	Node string // "/dev/video0", another one at the next boot
	Queue
	// Signal is of an HDMI bridge: its pictures have the size of what is plugged in (VIDIOC_QUERY_DV_TIMINGS), whatever
	// sizes it lists. The zero Signal is a bridge without one; nil is a camera, which has the size that it is asked for.
	Signal *Signal
}

// Signal is what an HDMI bridge sees at its input.
type Signal struct {
	Width, Height int     // active pixels
	FPS           float64 // 0 where the driver does not say
}

// Mem2Mem is a device that takes pictures from memory and puts others there: an encoder, a decoder, a converter.
type Mem2Mem struct {
	Name        string // what the driver calls it: "bcm2835-codec-encode"
	Path        string // "/dev/video11", another one at the next boot
	In          Queue  // V4L2's OUTPUT queue
	Out         Queue  // V4L2's CAPTURE queue
	Macroblocks int    // an encoder's limit a second (H.264 table A-1: level 4.0 has 245760); 0: it does not say
	Bitrate     Range  // what V4L2_CID_MPEG_VIDEO_BITRATE takes, bits a second; the zero Range: it does not say
}

// Software is what this program does without a device, and is built with.
type Software struct {
	OpenH264    bool
	Macroblocks int  // what OpenH264 codes a second on this CPU; 0: nobody measured it
	JPEG        bool // image/jpeg
	Convert     bool // YUYV, UYVY and NV12 to YU12
}

// Queue is one end of a device: its formats, and whose memory its pictures can lie in.
type Queue struct {
	Offers []Offer
	// Contiguous: its buffers are contiguous, and so must be those that it imports (vb2_dma_contig). A USB camera's are
	// not (vb2_vmalloc), and it writes into any.
	Contiguous bool
	Exports    bool // VIDIOC_EXPBUF gives its buffers away
	Imports    bool // V4L2_BUF_CAP_SUPPORTS_DMABUF: it takes those of others
}

// Offer is one pixel format of a queue, and how a picture lies in the buffer.
type Offer struct {
	FourCC FourCC
	Sizes  []Size  // none: whatever the other queue has
	Stride Padding // bytes of a line of the first plane
	Lines  Padding // lines of the first plane
}

// Padding is how a driver rounds up: to a multiple of Align, what TRY_FMT answers. With More it takes a greater
// multiple too when it is asked to (bytesperline; the height of a queue that can be cropped).
type Padding struct {
	Align int // 0 and 1 are as it comes
	More  bool
}

// Size is one size, or a range of sizes, and the rates it comes at.
type Size struct {
	Width, Height Range  // pixels
	Rates         []Rate // none: it does not say
}

// Range is Min, Min+Step and so on to Max; a single value is a Min that equals Max.
type Range struct{ Min, Max, Step int }

// Rate is a rate in pictures a second, or a range of them; a single one is a Min that equals Max.
type Rate struct{ Min, Max float64 }

// Nearest is the value of the range that is closest to n.
func (r Range) Nearest(n int) int {
	n = min(max(n, r.Min), r.Max)
	step := max(r.Step, 1)
	return min(r.Min+(n-r.Min+step/2)/step*step, r.Max-(r.Max-r.Min)%step)
}

func (r Range) holds(n int) bool { return r.Nearest(n) == n }

// offer finds a pixel format of the queue.
func (q *Queue) offer(f FourCC) (Offer, bool) {
	for _, o := range q.Offers {
		if o.FourCC == f {
			return o, true
		}
	}
	return Offer{}, false
}

// holds tells whether the offer has the size; one that lists none leaves it to the other queue.
func (o Offer) holds(width, height int) bool {
	for _, s := range o.Sizes {
		if s.Width.holds(width) && s.Height.holds(height) {
			return true
		}
	}
	return len(o.Sizes) == 0
}

func (p Padding) up(n int) int {
	a := max(p.Align, 1)
	return (n + a - 1) / a * a
}

// agree is what both sides round n up to, or what each of them does when they differ.
func agree(n int, a, b Padding) (x, y int) {
	x, y = a.up(n), b.up(n)
	switch {
	case x < y && a.More && a.up(y) == y:
		x = y
	case y < x && b.More && b.up(x) == x:
		y = x
	}
	return x, y
}
