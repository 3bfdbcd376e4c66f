package capture

import "fmt"

// missing says what the way cannot do.
func missing(way *Way) []string {
	if way == nil || !way.Passthrough() {
		return nil
	}
	return []string{"the camera's H264 passes through as it is: its bitrate cannot follow the network, a viewer who joins " +
		"waits for the camera's next keyframe, and there is no preview"}
}

// advice tries pieces that the board does not have: it is what ChooseWay would choose with one of them, where people
// would see the difference or the CPU would feel it.
func advice(b Board, w Wish, way *Way) (all []string) {
	asked := fmt.Sprintf("%dx%d at %d", w.Width, w.Height, w.FPS)
	try := func(name string, with Board) {
		ranked := rank(with, w)
		if len(ranked) == 0 || ranked[0].bar != "" {
			return
		}
		better := ranked[0].way
		if way != nil {
			if order, field := better.Cost.compare(way.Cost); order >= 0 || field >= felt {
				return
			}
		}
		all = append(all, fmt.Sprintf("with %s this would be: %s", name, better))
	}
	coder := Step{Software: true}
	if way != nil {
		coder, _ = way.Step(Coder)
	}
	for i, m := range ideals {
		if i == 0 && !coder.Software && coder.Path != "" && way.Cost.Off == 0 && way.Cost.Slow == 0 {
			continue // the board has one that does what was asked for
		}
		with := b
		with.Mem2Mem = append([]Mem2Mem{m.device}, b.Mem2Mem...)
		try(fmt.Sprintf(m.name, asked), with)
	}
	with := b
	with.Cameras = append([]BoardCamera{idealCamera(w)}, b.Cameras...)
	try("a camera that has YUYV "+asked, with)
	return all
}

// ideals are pieces that a board may lack, the encoder first, in the form in which boards have them.
var ideals = []struct {
	name   string // %s: size and rate
	device Mem2Mem
}{
	{"an encoder for %s", Mem2Mem{Path: "(encoder)", In: idealQueue(YU12, NV12, YUYV, UYVY), Out: idealQueue(H264)}},
	{"a JPEG decoder for %s", Mem2Mem{Path: "(decoder)", In: idealQueue(MJPEG), Out: idealQueue(YU12, NV12)}},
	{"a converter for %s", Mem2Mem{Path: "(converter)", In: idealQueue(YU12, NV12, YUYV, UYVY, RGB24),
		Out: idealQueue(YU12, NV12, YUYV)}},
}

func idealQueue(formats ...FourCC) Queue {
	q := Queue{Contiguous: true, Exports: true, Imports: true}
	for _, f := range formats {
		q.Offers = append(q.Offers, Offer{FourCC: f, Stride: Padding{More: true}, Lines: Padding{More: true}})
	}
	return q
}

func idealCamera(w Wish) BoardCamera {
	fps := float64(w.FPS)
	size := Size{Range{w.Width, w.Width, 1}, Range{w.Height, w.Height, 1}, []Rate{{fps, fps}}}
	return BoardCamera{Path: "(camera)", Queue: Queue{Imports: true, Offers: []Offer{{FourCC: YUYV, Sizes: []Size{size}}}}}
}
