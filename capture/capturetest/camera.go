package capturetest

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"vigie/capture"
)

// CameraOptions says what the camera delivers. Width, Height and FPS must be above 0; odd sides are rounded down.
type CameraOptions struct {
	Width, Height int
	FPS           int            // whole pictures a second, so that a picture is taken at each whole second
	Channel       string         // is written into the picture
	Zone          *time.Location // of the clock in the picture; nil is time.Local
	Script        Script
	Now           func() time.Duration // media time; nil is capture.Now
}

// Camera delivers the test picture in YU12.
type Camera struct {
	script Script
	now    func() time.Duration
	zone   *time.Location
	fps    int64
	made   time.Duration // media time when it was made
	first  int64         // index of the first picture since then
	scene  *scene
}

var _ capture.Camera = (*Camera)(nil)

// NewCamera returns a camera. Drawing its background takes some ten milliseconds.
func NewCamera(o CameraOptions) *Camera {
	if o.Now == nil {
		o.Now = capture.Now
	}
	c := &Camera{script: o.Script, now: o.Now, zone: cmp.Or(o.Zone, time.Local), fps: int64(max(o.FPS, 1))}
	c.scene = newScene(o.Width, o.Height, o.Channel)
	c.scene.frame.FPS = float64(c.fps)
	c.made = c.now()
	c.first = c.after(c.made)
	return c
}

// Name is "Test picture".
func (c *Camera) Name() string { return "Test picture" }

// Format returns what it delivers: YU12.
func (c *Camera) Format() capture.VideoFormat { return c.scene.frame.VideoFormat }

// pts returns the time of picture k of the grid: k pictures after media time 0.
func (c *Camera) pts(k int64) time.Duration {
	second := int64(time.Second)
	return time.Duration(k/c.fps*second + k%c.fps*second/c.fps)
}

// after returns the first picture that is not before t.
func (c *Camera) after(t time.Duration) int64 {
	k := int64(t/time.Second)*c.fps + int64(t%time.Second)*c.fps/int64(time.Second)
	for c.pts(k) < t {
		k++
	}
	return k
}

// Stream delivers each picture at its PTS; see capture.Camera.
func (c *Camera) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for k := c.after(c.now()); ; k = max(k+1, c.after(c.now())) {
		pts := c.pts(k)
		if !wait(ctx.Done(), timer, pts-c.now()) {
			return nil
		}
		at := pts - c.made
		if c.script.has(Vanish, at) {
			return fmt.Errorf("capturetest: %s: %w", c.Name(), capture.ErrGone)
		}
		if c.script.has(Stall, at) || c.script.has(Drop, at) && k%2 == 1 {
			continue
		}
		if !c.script.has(Freeze, at) {
			c.scene.draw(pts, time.Now().Add(pts-c.now()).In(c.zone), uint32(k-c.first))
		}
		c.scene.frame.PTS, c.scene.frame.Sequence = pts, uint32(k-c.first)
		f(&c.scene.frame)
	}
}

// Close does nothing: Stream ends by its context.
func (c *Camera) Close() error { return nil }
