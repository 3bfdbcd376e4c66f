package station

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"vigie/capture"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/uplink"
)

// How long the end of the program waits for the end of the show, and then for what works with devices.
const (
	endGrace   = 3 * time.Second
	childGrace = 1 * time.Second
)

// Station is the box.
type Station struct {
	Options
	events chan any      // golive.Event, or one of the station's own in children.go
	done   chan struct{} // closed when the loop takes no more events
	wait   sync.WaitGroup

	// What the loop alone touches.
	machine golive.Machine
	show    *show
	view    Snapshot
	book    *health.Book
	rates   rates

	video *capture.Video // nil: configured none

	// What the loop writes and others read.
	audio  atomic.Pointer[capture.Audio]
	uplink atomic.Pointer[uplink.Uplink] // of the show
	onAir  atomic.Bool                   // the probe rests meanwhile

	sounded atomic.Uint64 // rounds of keepAudio

	mu        sync.Mutex
	published Snapshot
}

// New makes a station at rest.
func New(o Options) *Station {
	s := &Station{Options: o, events: make(chan any, 256), done: make(chan struct{}), book: health.NewBook(o.Log)}
	s.machine.Config = o.Config
	s.machine.Wanted, s.machine.Scheduled = o.Resume.Wanted, o.Resume.Wanted && o.Resume.Scheduled
	if o.Video == nil {
		s.machine.Camera = golive.None
	} else {
		video := *o.Video
		video.Found = func(simulated bool) { s.post(cameraFound{simulated}) }
		video.Lost = func(err error) { s.post(cameraLost{err}) }
		video.Log = o.Log
		s.video = capture.NewVideo(video)
	}
	if o.OpenMicrophone == nil {
		s.machine.Microphone = golive.None
	}
	s.view.Since = time.Now()
	return s
}

// Run works until ctx is done, then ends the show if there is one, waits for every child and leaves the lights dark.
// The session's DELETE takes at most endGrace and the children at most childGrace after it: what hangs then, in a driver
// or in an encoder, is left behind and is an error, after which the program is to end.
func (s *Station) Run(ctx context.Context) error {
	children, stop := context.WithCancel(context.Background())
	lights, dark := context.WithCancel(context.Background())
	var lit sync.WaitGroup
	if s.Lights != nil {
		lit.Go(func() { s.Lights.Run(lights) })
	}
	s.do(golive.SetLights{Lights: s.machine.Lights()})
	s.view.Panel = s.PanelTrouble
	s.health()
	if s.Resume.Cut {
		s.step(golive.CutDown{}) // before a picture may leave
	}
	s.start(children)
	err := s.loop(ctx)
	stop()
	close(s.done)
	err = errors.Join(err, s.awaitChildren())
	dark() // last: red is lit until the socket is closed
	lit.Wait()
	return err
}

// loop takes events until ctx is done and the show is over.
func (s *Station) loop(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	ending, deadline := ctx.Done(), (<-chan time.Time)(nil)
	for s.publish(); ending != nil || s.show != nil; s.publish() {
		select {
		case e := <-s.events:
			s.handle(e)
		case now := <-tick.C:
			s.measure()
			s.lookAtLights()
			s.bootAnyway(now)
		case <-ending:
			ending, deadline = nil, time.After(endGrace)
			s.step(golive.ShutdownRequested{})
		case <-deadline:
			return errors.New("the show did not end in time: the relay may keep its session for a while")
		}
	}
	return nil
}

// awaitChildren blocks until the children have ended, for childGrace at most.
func (s *Station) awaitChildren() error {
	ended := make(chan struct{})
	go func() { // left behind with the child that hangs
		s.wait.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-time.After(childGrace):
		return errors.New("a device, an encoder or the disk hangs: it was left behind")
	}
}

// post hands an event to the loop. It blocks while the queue is full, and does nothing after the end.
func (s *Station) post(e any) {
	select {
	case s.events <- e:
	case <-s.done:
	}
}
