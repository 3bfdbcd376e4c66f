package capture

import (
	"fmt"
	"slices"
	"strings"
)

// Why ways cannot be gone, in plain words.

func sizeless(c BoardCamera) string {
	if c.Signal != nil {
		return "no signal at its input: plug the source in, and switch it on"
	}
	return "it names no size"
}

// deadEnd says why nothing goes on from a camera's format.
func (b *builder) deadEnd(f FourCC) string {
	taken := slices.ContainsFunc(b.engines, func(e engine) bool { _, ok := e.In.offer(f); return ok })
	switch {
	case f == MJPEG && !taken:
		return "nothing here decodes JPEG"
	case f == MJPEG:
		return "no encoder here takes what the JPEG decoder makes"
	case isRaw(f):
		return fmt.Sprintf("no encoder here takes %s, and nothing converts it to what one takes", f)
	}
	return fmt.Sprintf("nothing here takes %s; if it is a CSI sensor's own format, camera.device: rpicam has it "+
		"processed", f)
}

// barred says why the engine cannot be the next step; empty where it can.
func (b *builder) barred(e engine, role Role, in, out Offer, w Way) string {
	f := w.Format
	for _, o := range []Offer{in, out} {
		if !o.holds(f.Width, f.Height) {
			return fmt.Sprintf("%s has no %dx%d, only %s", e.Path, f.Width, f.Height, list(o.Sizes))
		}
	}
	if role != Coder {
		return ""
	}
	switch allowed := map[EncoderChoice]bool{EncoderAuto: true, EncoderV4L2: !e.software, EncoderOpenH264: e.software}; {
	case !allowed[b.wish.Encoder]:
		return fmt.Sprintf("video.encoder is %s", b.wish.Encoder)
	case e.Bitrate.Max > 0 && b.wish.Bitrate > 0 && (b.wish.Bitrate < e.Bitrate.Min || b.wish.Bitrate > e.Bitrate.Max):
		return fmt.Sprintf("%s codes at %d to %d b/s, %d was asked for", e.Path, e.Bitrate.Min, e.Bitrate.Max,
			b.wish.Bitrate)
	}
	if n := w.perSecond(macroblocks(f), b.wish); e.Macroblocks > 0 && n > e.Macroblocks {
		return fmt.Sprintf("%dx%d at %.4g are %d macroblocks a second, %s codes %d", f.Width, f.Height, w.rate(b.wish),
			n, e.Path, e.Macroblocks)
	}
	return ""
}

// macroblocks of a picture are 16x16 pixels each (H.264, 3.88).
func macroblocks(f VideoFormat) int { return (f.Width + 15) / 16 * ((f.Height + 15) / 16) }

func list(sizes []Size) string {
	var all []string
	for _, s := range sizes {
		text := fmt.Sprintf("%dx%d", s.Width.Min, s.Height.Min)
		if s.Width.Min != s.Width.Max || s.Height.Min != s.Height.Max {
			text += fmt.Sprintf(" to %dx%d in steps of %dx%d", s.Width.Max, s.Height.Max,
				max(s.Width.Step, 1), max(s.Height.Step, 1))
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}
