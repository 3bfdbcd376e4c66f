package v4l2

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// H264 is the coded format of the encoders that this program uses: V4L2_PIX_FMT_H264, an Annex B byte stream.
const H264 capture.FourCC = "H264"

// Codec is an encoder that was found.
type Codec struct {
	Name  string   // what the driver calls it: "bcm2835-codec-encode"
	Bus   string   // "platform:bcm2835-codec"
	Path  string   // "/dev/video11", another one at the next boot
	Raw   []Format // what goes in, also what this program has not
	Coded []Format // what comes out
}

// FindEncoders lists the encoders of this machine by what they can do: nodes whose OUTPUT queue takes raw pictures of a
// format of ours and whose CAPTURE queue gives coded ones, of whichever codec. They are in the order of their numbers,
// which a boot deals out anew. None is not an error; the error is as Find's.
func FindEncoders() ([]Codec, error) { return findEncoders("/dev") }

func findEncoders(dev string) ([]Codec, error) {
	nodes, _ := filepath.Glob(filepath.Join(dev, "video[0-9]*")) // fails only for a bad pattern
	slices.SortFunc(nodes, func(a, b string) int { return number(a) - number(b) })
	var found []Codec
	var failed []error
	for _, node := range nodes {
		c, err := inspectCodec(node)
		switch {
		case err == nil:
			found = append(found, c)
		case errors.Is(err, fs.ErrPermission):
			failed = append(failed, err)
		}
	}
	return found, errors.Join(failed...)
}

// inspectCodec describes the encoder at node. The raw formats are those for the coded one that the driver begins with.
func inspectCodec(node string) (Codec, error) {
	fd, err := openNode(node)
	if err != nil {
		return Codec{}, err
	}
	defer unix.Close(fd)
	capability, output, coded, err := identifyCodec(fd, node)
	if err != nil {
		return Codec{}, err
	}
	c := Codec{
		Name: uapi.Text(capability.Card[:]), Bus: uapi.Text(capability.BusInfo[:]), Path: node,
		Raw: formats(fd, output), Coded: formats(fd, coded),
	}
	// A decoder has coded formats on OUTPUT, a converter has none at all.
	raw := slices.ContainsFunc(c.Raw, func(f Format) bool { return !f.Coded && slices.Contains(taken, f.FourCC) })
	if !raw || !slices.ContainsFunc(c.Coded, func(f Format) bool { return f.Coded }) {
		return Codec{}, fmt.Errorf("v4l2: %s (%s): %w: it is no encoder", node, c.Name, capture.ErrUnsupported)
	}
	return c, nil
}

// identifyCodec tells whether the open node is a mem2mem device, and the kinds of its two queues.
func identifyCodec(fd int, path string) (c uapi.Capability, output, coded int32, err error) {
	if err := uapi.QueryCap(fd, &c); err != nil {
		return c, 0, 0, explain(path, "QUERYCAP", err)
	}
	switch caps := c.Caps(); {
	case caps&uapi.CapStreaming == 0:
	case caps&uapi.CapVideoM2MMplane != 0:
		return c, uapi.BufTypeVideoOutputMplane, uapi.BufTypeVideoCaptureMplane, nil
	case caps&uapi.CapVideoM2M != 0:
		return c, uapi.BufTypeVideoOutput, uapi.BufTypeVideoCapture, nil
	}
	return c, 0, 0, fmt.Errorf("v4l2: %s (%s): %w: it is no mem2mem device; name another one, or auto", path,
		uapi.Text(c.Card[:]), capture.ErrUnsupported)
}

// encodes tells whether the encoder makes coded of pictures of that format and size.
func (c Codec) encodes(f capture.VideoFormat, coded capture.FourCC) bool {
	takes := func(list []Format, fourCC capture.FourCC) bool {
		return slices.ContainsFunc(list, func(l Format) bool {
			return l.FourCC == fourCC && (len(l.Sizes) == 0 || slices.ContainsFunc(l.Sizes, func(s Size) bool {
				return s.Width.Min <= f.Width && f.Width <= s.Width.Max && s.Height.Min <= f.Height && f.Height <= s.Height.Max
			}))
		})
	}
	return takes(c.Raw, f.FourCC) && takes(c.Coded, coded)
}

// String is the encoder for people, with the raw formats that this program has: "vicodec (/dev/video0): YU12 NV12 to FWHT".
func (c Codec) String() string {
	var names []string
	for _, f := range c.Raw {
		if slices.Contains(taken, f.FourCC) {
			names = append(names, string(f.FourCC))
		}
	}
	names = append(names, "to")
	for _, f := range c.Coded {
		names = append(names, string(f.FourCC))
	}
	return fmt.Sprintf("%s (%s): %s", c.Name, c.Path, strings.Join(names, " "))
}
