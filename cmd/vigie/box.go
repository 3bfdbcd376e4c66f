package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
	"vigie/capture/alsa"
	"vigie/capture/opus"
	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/station"
	"vigie/relay"
	"vigie/uplink"
	"vigie/uplink/whip"
)

// box is a station with its status page and, where it has one, its own relay.
type box struct {
	config     config.Config
	log        *slog.Logger
	station    *station.Station
	status     *page
	relay      *relay.Relay   // nil where another one is configured
	clients    []*whip.Client // of the first relay and its backups
	begin      atomic.Int32   // which of them a show is to try first
	devices    chan struct{}  // holds a token when a camera may have come or gone
	panelWatch panelWatch     // lines of the panel that may come yet
	resume     *resume

	certificates map[string]func() *x509.Certificate // the organiser's, by key; nil while it cannot be read

	planner *planner

	live       atomic.Pointer[config.Config] // config, and what was changed in it since
	microphone atomic.Pointer[alsa.Microphone]
	camera     atomic.Pointer[string] // path of the one that was opened last

	mu           sync.Mutex
	configErrors []string
	rested       chan struct{} // closed and made anew at each change of the station
}

// newBox binds the ports and makes what a box is of; nothing runs yet.
func newBox(s setup, stateDir string, demo bool, log *slog.Logger) (*box, error) {
	b := &box{config: s.config, log: log, rested: make(chan struct{}), devices: make(chan struct{}, 1)}
	b.certificates = make(map[string]func() *x509.Certificate)
	b.live.Store(&s.config)
	if s.state == golive.ConfigBroken { // it never goes live: its relay takes no port that another program may have
		b.config.Relay.Listen, b.config.Relay.Media = "127.0.0.1:0", 0
	}
	b.setConfigErrors(s.broken)
	if err := b.connect(stateDir); err != nil {
		return nil, errors.Join(err, b.closeRelay())
	}
	resume, was := openResume(os.Getenv("RUNTIME_DIRECTORY"), log)
	b.resume = resume
	options := station.Options{
		Video:          b.videoOptions(demo),
		OpenMicrophone: b.microphoneOpener(demo),
		NewAudioEncoder: func() (capture.AudioEncoder, error) {
			return opus.New(opus.Options{Bitrate: s.config.Audio.Bitrate})
		},
		NewUplink: b.newUplink,
		Probe:     b.probe,
		Health:    healthOptions(s.config, stateDir),
		Beside:    b.beside,
		Config:    s.state,
		Resume:    was,
		Log:       log,
		Changed:   b.changed,
	}
	b.planner = newPlanner(b, stateDir)
	b.planner.gaveUp = resume.gaveUp
	b.panelWatch = newPanelWatch(s.config.Panel, time.Now())
	fitPanel(&options, s.config.Panel, log)
	b.station = station.New(options)
	b.status = newPage(b.statusServer(stateDir, s), b.pageURL, log)
	return b, nil
}

// run works until ctx is done. The relay ends last: it takes the session's DELETE.
func (b *box) run(ctx context.Context) error {
	serve, stop := context.WithCancel(context.WithoutCancel(ctx))
	failed, fail := context.WithCancelCause(ctx)
	var wait sync.WaitGroup
	child := func(run func(context.Context) error) {
		wait.Go(func() {
			if err := run(serve); err != nil {
				b.resume.leave(err)
				fail(err)
			}
		})
	}
	if b.relay != nil {
		child(b.relay.Run)
		b.log.Info("viewers watch at " + b.watchURL())
	}
	child(b.status.run)
	wait.Go(func() { b.watchDevices(serve) })
	wait.Go(func() { b.planner.run(failed) })
	wait.Go(func() { b.planner.readCalendar(failed) })
	ended, end := context.WithCancel(context.WithoutCancel(ctx))
	var notifier sync.WaitGroup
	notifier.Go(func() { b.notify(failed, ended, tellSystemd) })
	defer notifier.Wait()
	defer end()
	err := b.station.Run(failed)
	stop()
	wait.Wait()
	if cause := context.Cause(failed); err == nil && cause != context.Canceled && ctx.Err() == nil {
		err = cause
	}
	fail(nil)
	return err
}

// newUplink makes the uplink of one show.
func (b *box) newUplink(h station.Hooks) *uplink.Uplink {
	var ice []webrtc.ICEServer
	for _, s := range b.config.Relay.ICEServers {
		ice = append(ice, webrtc.ICEServer{URLs: []string{s.URL}, Username: s.Username, Credential: string(s.Credential)})
	}
	c := b.config
	return uplink.New(uplink.Options{
		Client: b.clients[0], Backup: b.clients[1:], Begin: int(b.begin.Load()), ICEServers: ice, Interface: c.Relay.Interface,
		Video: c.Camera.Device != "none", Audio: c.Microphone.Device != "none",
		MinBitrate: c.Video.Bitrate.Min, StartBitrate: c.Video.Bitrate.Start, MaxBitrate: c.Video.Bitrate.Max,
		AudioBitrate: c.Audio.Bitrate,
		RequestIDR:   h.RequestIDR, SetBitrate: h.SetBitrate, Event: h.Event, Log: b.log,
	})
}

// probe asks whether a relay is there, for the lights of Standby, and has the next show begin at the first one that is.
// A relay that is ready and an error mean that it is a backup, and why.
func (b *box) probe(ctx context.Context) (golive.Relay, error) {
	err := b.clients[0].Probe(ctx)
	b.begin.Store(0)
	for i, c := range b.clients[1:] {
		if err != nil && c.Probe(ctx) == nil {
			b.begin.Store(int32(i + 1))
			return golive.RelayReady, fmt.Errorf("%w; a show goes to %s", err, c.Endpoint.Host)
		}
	}
	answer := (*whip.StatusError)(nil)
	switch {
	case err == nil:
		return golive.RelayReady, nil
	case errors.As(err, &answer) && answer.Refused():
		return golive.RelayRefuses, err
	}
	return golive.RelayUnreachable, err
}

// changed is called by the station's loop at each step.
func (b *box) changed(m golive.Machine) {
	b.turn()
	b.resume.keep(m)
	b.status.Notify()
}

// turn wakes who waits for the station.
func (b *box) turn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.rested)
	b.rested = make(chan struct{})
}

// next is closed at the next change of the station.
func (b *box) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rested
}

// awaitRest blocks until no show is on, and returns false where ctx was done first.
func (b *box) awaitRest(ctx context.Context) bool {
	for {
		next := b.next()
		if b.rests() {
			return true
		}
		select {
		case <-next:
		case <-ctx.Done():
			return false
		}
	}
}

// rests tells whether no show is on.
func (b *box) rests() bool {
	switch b.station.Snapshot().Machine.State {
	case golive.Standby, golive.Fault, golive.Starting:
		return true
	}
	return false
}
