package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"vigie/capture"
	"vigie/device/config"
)

// pictures looks at the cameras, at the devices that code, and at the way from one to the other. b may be nil; a picture that
// it has, as of a rehearsal, is one.
func pictures(c *config.Config, b *runningBox) []finding {
	if c.Camera.Device == "none" {
		return []finding{{"camera", "green", "camera.device is none", ""}}
	}
	board, err := findBoard(*c, nil)
	var found []finding
	if err != nil {
		f := finding{"camera", "amber", err.Error(), ""}
		if errors.Is(err, fs.ErrPermission) {
			f.Advice = "run doctor as root, or as a member of the group video"
		}
		found = append(found, f)
	}
	for _, camera := range board.Cameras {
		found = append(found, lookAtCamera(camera))
	}
	for _, m := range board.Mem2Mem {
		found = append(found, finding{"codec", "green", describeMem2Mem(m), ""})
	}
	f := finding{"way", "red", "no way without a camera", ""}
	if err == nil || len(board.Cameras) > 0 {
		f = way(c, board)
	}
	if f.Light == "red" && b != nil && b.Video.Camera != "" {
		f.Light, f.Text = "amber", f.Text+"\nvigie has "+b.Video.Camera
	}
	return append(found, f)
}

// lookAtCamera is amber for a bridge that nothing is plugged into.
func lookAtCamera(c capture.BoardCamera) finding {
	at := c.Path
	if c.Node != "" && c.Node != c.Path {
		at += " (" + c.Node + ")"
	}
	f := finding{"camera", "green", fmt.Sprintf("%s at %s: %s", c.Name, at, offers(c.Queue)), ""}
	if s := c.Signal; s != nil && s.Width > 0 {
		f.Text += fmt.Sprintf("; its signal is %dx%d at %.4g", s.Width, s.Height, s.FPS)
	} else if s != nil {
		f.Light, f.Text = "amber", f.Text+"; no signal at its input"
		f.Advice = "plug the source in, and switch it on; another cable, or another output of the source"
	}
	return f
}

func describeMem2Mem(m capture.Mem2Mem) string {
	return fmt.Sprintf("%s at %s: %s to %s", m.Name, m.Path, offers(m.In), offers(m.Out))
}

func offers(q capture.Queue) string {
	var names []string
	for _, o := range q.Offers {
		if name := string(o.FourCC); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// mostOthers is how many reasons are given why another way was not chosen: the first are of ways that people wonder about.
const mostOthers = 4

// way draws the way that would be chosen, and says why the others fell out and what a missing piece would change.
func way(c *config.Config, b capture.Board) finding {
	choice := chooseWay(b, wishOf(*c))
	if choice.Way == nil {
		return finding{"way", "red", noWay(b, choice, c.Camera.Device).Error(),
			"v4l2-ctl --list-devices shows what the kernel sees; camera and video in config.yaml are what was asked for"}
	}
	lines := []string{choice.Way.String(), choice.Way.Cost.String()}
	for _, other := range b.Cameras {
		if other.Path != choice.Way.Camera {
			lines = append(lines, fmt.Sprintf("not camera %s: one is used; camera.device names another", other.Path))
		}
	}
	others := fallen(choice.Others)
	for _, why := range others[:min(len(others), mostOthers)] {
		lines = append(lines, "not "+why.String())
	}
	if more := len(others) - mostOthers; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return finding{"way", "green", strings.Join(lines, "\n"), strings.Join(append(choice.Missing, choice.Advice...), "\n")}
}
