package station

import (
	"context"

	"vigie/capture"
	"vigie/device/golive"
	"vigie/uplink"
)

// show is one go-live: an uplink and the goroutine that runs it.
type show struct {
	uplink *uplink.Uplink
	cancel context.CancelFunc
}

// showEvent is what an uplink reports. Events of an earlier show are dropped.
type showEvent struct {
	show  *show
	event uplink.Event
}

// showEnded says that the show's socket is closed.
type showEnded struct{ show *show }

// openShow starts an uplink and lets media flow to it. The lights were set before.
func (s *Station) openShow() {
	ctx, cancel := context.WithCancel(context.Background())
	sh := &show{cancel: cancel}
	sh.uplink = s.NewUplink(Hooks{
		RequestIDR: func() {
			if s.video != nil {
				s.video.RequestIDR()
			}
		},
		SetBitrate: func(bps int) {
			if s.video != nil {
				s.video.SetBitrate(bps)
			}
		},
		Event: func(e uplink.Event) { s.post(showEvent{sh, e}) },
	})
	s.show = sh
	s.view.Shows++
	s.uplink.Store(sh.uplink)
	s.attach(sh.uplink)
	s.wait.Go(func() {
		if err := sh.uplink.Run(ctx); err != nil {
			s.Log.Error("the uplink ended with an error", "err", err)
		}
		s.post(showEnded{sh})
	})
}

// closeShow stops the media and begins the end of the session; showEnded answers.
func (s *Station) closeShow() {
	if s.show == nil {
		return
	}
	s.attach(nil)
	s.show.cancel()
}

// attach connects the pipelines to a sink, or to none.
func (s *Station) attach(sink capture.Sink) {
	if s.video != nil {
		s.video.SetSink(sink)
	}
	if a := s.audio.Load(); a != nil {
		a.SetSink(sink)
	}
}

// sink is where a microphone that has just begun is to write.
func (s *Station) sink() capture.Sink {
	if s.show == nil || s.machine.State == golive.Ending {
		return nil
	}
	return s.show.uplink
}

// uplinkEvent translates what an uplink says for the machine.
func (s *Station) uplinkEvent(e uplink.Event) {
	switch e := e.(type) {
	case uplink.Connected:
		if s.view.Backup = ""; e.Backup != "" {
			s.view.Backup = "A backup relay has the show: " + e.Backup
		}
		s.health()
		s.step(golive.UplinkConnected{})
	case uplink.Confirmed:
		s.view.Trouble = nil
		s.step(golive.UplinkConfirmed{})
	case uplink.Unconfirmed:
		if !s.machine.InForce && s.machine.State != golive.Ending { // it is what staff want
			s.Log.Warn("nothing leaves, or the relay confirms nothing new")
		}
		s.step(golive.UplinkUnconfirmed{})
	case uplink.Lost:
		s.view.Trouble = e.Err
		s.step(golive.UplinkLost{Refused: e.Refused})
	}
}
