package main

import (
	"fmt"
	"slices"
	"strings"

	"vigie/capture"
	"vigie/device/config"
)

// pictures looks at the cameras, at the devices that code, and at the way from one to the other.
func pictures(c *config.Config) []finding {
	if c.Camera.Device == "none" {
		return []finding{{"camera", "green", "camera.device is none", ""}}
	}
	board, err := findBoard(*c, nil)
	var found []finding
	if err != nil {
		found = append(found, finding{"camera", "amber", err.Error(), "run doctor as root, or as a member of the group video"})
	}
	for _, camera := range board.Cameras {
		found = append(found, finding{"camera", "green", describeCamera(camera), ""})
	}
	for _, m := range board.Mem2Mem {
		found = append(found, finding{"codec", "green", describeMem2Mem(m), ""})
	}
	return append(found, way(c, board))
}

func describeCamera(c capture.BoardCamera) string {
	at := c.Path
	if c.Node != "" && c.Node != c.Path {
		at += " (" + c.Node + ")"
	}
	text := fmt.Sprintf("%s at %s: %s", c.Name, at, offers(c.Queue))
	if s := c.Signal; s != nil && s.Width > 0 {
		text += fmt.Sprintf("; its signal is %dx%d at %.4g", s.Width, s.Height, s.FPS)
	} else if s != nil {
		text += "; no signal at its input"
	}
	return text
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

// mostOthers is how many ways are shown that were not chosen: the first are the ones that people wonder about.
const mostOthers = 6

// way draws the way that would be chosen, and says why the others fell out and what a missing piece would change.
func way(c *config.Config, b capture.Board) finding {
	choice := chooseWay(b, wishOf(*c))
	f := finding{Part: "way", Light: "green"}
	if choice.Way == nil {
		f.Light, f.Text = "red", noWay(b, choice, c.Camera.Device).Error()
		f.Advice = "v4l2-ctl --list-devices shows what the kernel sees; camera and video in config.yaml are what was asked for"
	} else {
		f.Text = fmt.Sprintf("%s\n%s", choice.Way, choice.Way.Cost)
	}
	for i, o := range choice.Others {
		if choice.Way == nil {
			break // they are the reason
		}
		if i == mostOthers {
			f.Text += fmt.Sprintf("\nand %d others that are worse", len(choice.Others)-i)
			break
		}
		f.Text += fmt.Sprintf("\nnot %s: %s", o.Way, o.Why)
	}
	if len(choice.Missing) > 0 {
		f.Advice = strings.Join(choice.Missing, "\n                      -> ")
	}
	return f
}
