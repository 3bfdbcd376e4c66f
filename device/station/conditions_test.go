package station

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"vigie/capture"
	"vigie/capture/capturetest"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/uplink"
	"vigie/uplink/whip"
)

// TestLightsAndPageAgree holds that the worst condition on the page is what the lights are set by, whatever the machine
// knows; that codes are known, there once, the worst first and else in the order in which staff would mend them; and that each
// condition which is not package health's own is whole.
func TestLightsAndPageAgree(t *testing.T) {
	order, missing := health.Codes(), health.Codes()
	judge := func(v Snapshot) {
		t.Helper()
		all, at := conditions(v), -1
		for i, c := range all {
			if i > 0 && c.Severity < all[i-1].Severity {
				at = -1
			}
			if i > 0 && c.Severity > all[i-1].Severity {
				t.Errorf("%+v: the worst is not first: %+v", v.Machine, all)
			}
			next := slices.Index(order, c.Code)
			if next <= at || c.Text == "" || c.Advice == "" || c.Severity == golive.Fine != (c.Code == health.PressRefused) {
				t.Errorf("%+v: %+v", v.Machine, all)
			}
			missing = slices.DeleteFunc(missing, func(code string) bool { return code == c.Code })
			at = next
		}
		v.Machine.Health = health.Worst(own(v))
		if page, lights := health.Worst(all), v.Machine.Worst(); page != lights {
			t.Errorf("%+v: the page says %v, the lights %v", v.Machine, page, lights)
		}
	}
	own := []Snapshot{
		{}, {
			Reminder: "r", Backup: "b", Stuck: []string{"go_live", "cut"}, Panel: []error{errors.ErrUnsupported, errors.ErrUnsupported},
			LightsErr: errors.ErrUnsupported, Found: []health.Condition{warning(health.Hot, "Hot.", "Cool it.")},
			Noticed: []health.Condition{warning(health.CalendarFailed, "No calendar.", "Look."), warning(health.ConfigWaits, "It waits.", "Wait.")},
			Refused: "there is no camera",
		},
	}
	for _, v := range own {
		for c := golive.ConfigGood; c <= golive.ConfigBroken; c++ {
			for camera := golive.Unknown; camera <= golive.Absent; camera++ {
				for microphone := golive.Unknown; microphone <= golive.Absent; microphone++ {
					for relay := golive.RelayUnknown; relay <= golive.RelayRefuses; relay++ {
						v.Machine = golive.Machine{Config: c, Camera: camera, Microphone: microphone, Relay: relay}
						judge(v)
					}
				}
			}
		}
	}
	for _, code := range missing {
		if i := slices.Index(order, code); i < slices.Index(order, health.PictureBlack) || i > slices.Index(order, health.CertificateEnds) {
			t.Errorf("%s never came", code)
		}
	}
}

// TestNotice holds that what the rest of the program knows is on the page since it was first told of, in the order of Codes,
// in the journal when it comes and goes, and on amber where it is a warning.
func TestNotice(t *testing.T) {
	var journal bytes.Buffer
	s := New(Options{Log: slog.New(slog.NewTextHandler(&journal, nil))})
	s.machine = golive.Machine{State: golive.Standby, Camera: golive.Present, Microphone: golive.Present}
	notice := func(c health.Condition) []health.Condition {
		s.Notice(c)
		s.handle(<-s.events)
		s.publish()
		return s.published.Warnings
	}
	waits := condition(health.ConfigWaits, golive.Fine, "It waits.", "Wait.")
	since := notice(waits)[0].Since
	all := notice(warning(health.CalendarFailed, "No calendar.", "Look."))
	if len(all) != 2 || all[0].Code != health.CalendarFailed || s.machine.Lights().Amber != golive.Slow {
		t.Errorf("%+v, %+v", all, s.machine.Lights())
	}
	waits.Text = "More waits."
	if all = notice(waits); len(all) != 2 || all[1].Text != "More waits." || !all[1].Since.Equal(since) || since.IsZero() {
		t.Errorf("since %v it is %+v", since, all)
	}
	notice(health.Condition{Code: health.CalendarFailed})
	if all = notice(health.Condition{Code: health.ConfigWaits}); len(all) != 0 || s.machine.Lights().Amber != golive.Off {
		t.Errorf("%+v, %+v", all, s.machine.Lights())
	}
	for _, code := range []string{health.ConfigWaits, health.CalendarFailed} {
		if text := journal.String(); strings.Count(text, "code="+code) != 2 {
			t.Errorf("the journal has\n%s", text)
		}
	}
}

// TestDarkHall holds that a dark hall is on the page and not on amber, until a show begins or is near.
func TestDarkHall(t *testing.T) {
	s := New(Options{Log: slog.New(slog.DiscardHandler)})
	s.machine = golive.Machine{State: golive.Standby, Camera: golive.Present, Microphone: golive.Present}
	is := func(when string, want golive.Severity, amber golive.Pattern) {
		t.Helper()
		s.publish()
		page, lights := s.published.Warnings, s.machine.Lights()
		if i := slices.IndexFunc(page, func(c health.Condition) bool { return c.Code == health.PictureBlack }); i < 0 || page[i].Severity != want {
			t.Errorf("%s the page has %+v, want it %v", when, page, want)
		}
		if lights.Amber != amber || s.machine.Worst() != health.Worst(page) {
			t.Errorf("%s the lights are %+v, the page has %+v", when, lights, page)
		}
	}
	s.handle(conditionsFound{[]health.Condition{warning(health.PictureBlack, "Black.", "Look.")}})
	is("in Standby", golive.Fine, golive.Off)
	s.handle(reminded{"The show begins at 20:00."})
	is("with a show near", golive.Warning, golive.Slow)
	s.handle(reminded{})
	is("with none near", golive.Fine, golive.Off)
	s.machine.State = golive.Fault // from which it goes live by itself, where that was wanted
	nobody := &whip.Client{Endpoint: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, HTTP: new(http.Client)}
	s.machine.Wanted, s.NewUplink = true, func(Hooks) *uplink.Uplink { return uplink.New(uplink.Options{Client: nobody, Audio: true}) }
	s.step(golive.Booted{})
	is("in Cueing", golive.Warning, golive.Off)
	s.step(golive.UplinkConfirmed{})
	is("live", golive.Warning, golive.Slow)
	s.step(golive.EndAsked{})
	is("as the show ends", golive.Fine, golive.Off)
	s.step(golive.UplinkClosed{})
	is("after the show", golive.Fine, golive.Off)
	s.wait.Wait()
}

func TestEye(t *testing.T) {
	picture := func(c capture.FourCC) *capture.RawFrame {
		return &capture.RawFrame{
			VideoFormat: capture.VideoFormat{FourCC: c, Width: 4, Height: 4, Stride: 4}, Data: make([]byte, 24)}
	}
	gray, coded := picture(capture.YU12), picture(capture.H264)
	sees := func(f *capture.RawFrame) func(context.Context, func(*capture.RawFrame)) error {
		return func(_ context.Context, look func(*capture.RawFrame)) error { look(f); return nil }
	}
	blind := func(err error) func(context.Context, func(*capture.RawFrame)) error {
		return func(context.Context, func(*capture.RawFrame)) error { return err }
	}
	var e eye
	for _, c := range []struct {
		name string
		look func(context.Context, func(*capture.RawFrame)) error
		want bool
	}{
		{"late, and none was seen", blind(context.DeadlineExceeded), false},
		{"a picture", sees(gray), true},
		{"late: the last one again", blind(context.DeadlineExceeded), true},
		{"no camera", blind(capture.ErrNoPicture), false},
		{"late, after that", blind(context.DeadlineExceeded), false},
		{"coded", sees(coded), false},
		{"a picture again", sees(gray), true},
	} {
		if got := e.look(t.Context(), c.look); (got != nil) != c.want {
			t.Errorf("%s: %v", c.name, got != nil)
		}
	}
}

// TestUnseen holds that nobody judges what the stage does under a cut, and that a cut which is only armed is none.
func TestUnseen(t *testing.T) {
	s := New(Options{Log: slog.New(slog.DiscardHandler)})
	s.audio.Store(capture.NewAudio(capturetest.NewMicrophone(capturetest.MicrophoneOptions{}), nil))
	for _, c := range []struct {
		state     golive.State
		cut, seen bool
	}{
		{golive.Standby, false, true}, {golive.Standby, true, true}, {golive.Live, false, true},
		{golive.Cueing, true, false}, {golive.Live, true, false}, {golive.Recovering, true, false},
	} {
		s.machine.State, s.machine.Cut = c.state, c.cut
		s.publish()
		if got := s.see(t.Context(), new(eye)); (got.Sound != nil) != c.seen {
			t.Errorf("in %v, cut %v, the sound is judged: %v", c.state, c.cut, got.Sound != nil)
		}
	}
}

// TestRelayAdvice holds that the page tells of a relay once, in whole sentences, with what its error says is to be done.
func TestRelayAdvice(t *testing.T) {
	for _, c := range []struct {
		relay        golive.Relay
		err          error
		text, advice string
	}{
		{golive.RelayRefuses, &whip.StatusError{Code: 404}, "The relay has no such channel (404): check relay.url.",
			"Look at relay.url: the relay's operator knows the right one."},
		{golive.RelayUnreachable, &whip.StatusError{Code: 503}, "The relay is not available (503).",
			"Tell the relay's operator: nothing at the venue mends that. It is tried again and again."},
		{golive.RelayUnreachable, errors.New("nothing was confirmed"), "No way to the relay: nothing was confirmed.",
			"Look at the network. It is tried again and again."},
	} {
		v := Snapshot{Machine: golive.Machine{Relay: c.relay}, Trouble: c.err}
		all := facts(v)
		if len(all) != 1 || all[0].Text != c.text || all[0].Advice != c.advice {
			t.Errorf("%v: %+v", c.err, all)
		}
	}
}
