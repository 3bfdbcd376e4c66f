package golive

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ready is a box with all it needs, in the given state.
func ready(s State) Machine {
	m := Machine{State: s, Camera: Present, Microphone: Present, Relay: RelayReady}
	m.Wanted = m.onAir()
	m.Confirmed = s == Live
	if s == Fault {
		m.Config = ConfigBroken
	}
	return m
}

var states = []State{Starting, Standby, Cueing, Live, Recovering, Ending, Fault}

// TestStep holds every state × event. A cell is the next state and the commands; "-" is: nothing changes.
func TestStep(t *testing.T) {
	rows := []struct {
		event Event
		next  [7]string // by state, in the order of the constants
	}{
		{Booted{}, [7]string{"standby lights", "-", "-", "-", "-", "-", "-"}},
		{ConfigChanged{ConfigGood}, [7]string{"-", "-", "-", "-", "-", "-", "standby lights"}},
		{ConfigChanged{ConfigLastGood}, [7]string{"-", "standby lights", "-", "live lights", "-", "-", "standby lights"}},
		{ConfigChanged{ConfigBroken}, [7]string{"-", "fault lights", "ending lights close", "ending lights close", "ending lights close", "-", "-"}},
		{CameraChanged{Absent}, [7]string{"-", "standby lights", "cueing lights", "live lights", "-", "-", "-"}},
		{CameraChanged{Simulated}, [7]string{"-", "standby lights", "-", "live lights", "-", "-", "-"}},
		{MicrophoneChanged{Absent}, [7]string{"-", "standby lights", "-", "live lights", "-", "-", "-"}},
		{RelayProbed{RelayRefuses}, [7]string{"-", "standby lights", "-", "-", "-", "-", "-"}},
		{RelayProbed{RelayUnreachable}, [7]string{"-", "standby lights", "-", "-", "-", "-", "-"}},
		{HealthChanged{Warning}, [7]string{"-", "standby lights", "-", "live lights", "-", "-", "-"}},
		{GoLiveDown{}, [7]string{"-", "cueing lights open", "ending lights close", "live lights", "-", "-", "fault refuse"}},
		{GoLiveHeld{}, [7]string{"-", "-", "-", "-", "-", "-", "-"}}, // its Down fell nowhere
		{GoLiveUp{}, [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{GoLiveTapped{AnyState}, [7]string{"-", "cueing lights open", "ending lights close", "live mark", "recovering mark retry", "-", "fault refuse"}},
		{GoLiveTapped{Standby}, [7]string{"-", "cueing lights open", "-", "-", "-", "-", "-"}},
		{GoLiveTapped{Cueing}, [7]string{"-", "-", "ending lights close", "-", "-", "-", "-"}},
		{GoLiveTapped{Live}, [7]string{"-", "-", "-", "live mark", "recovering mark retry", "-", "-"}},
		{EndAsked{}, [7]string{"-", "-", "ending lights close", "ending lights close", "ending lights close", "-", "-"}},
		{ScheduleStarted{}, [7]string{"-", "cueing lights open", "-", "-", "-", "-", "-"}},
		{ScheduleEnded{}, [7]string{"-", "-", "-", "-", "-", "-", "-"}}, // staff began it
		{CutDown{}, [7]string{"starting cut", "standby cut", "cueing cut", "live cut", "recovering cut", "ending cut", "fault cut"}},
		{CutAsked{true}, [7]string{"starting cut", "standby cut", "cueing cut", "live cut", "recovering cut", "ending cut", "fault cut"}},
		{CutAsked{false}, [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{CutTook{}, [7]string{"-", "-", "-", "-", "-", "-", "-"}}, // nobody asked for a cut
		{UplinkConnected{}, [7]string{"-", "-", "-", "-", "-", "-", "-"}},
		{UplinkConfirmed{}, [7]string{"-", "-", "live lights", "-", "live lights", "-", "-"}},
		{UplinkUnconfirmed{}, [7]string{"-", "-", "-", "recovering lights", "-", "-", "-"}},
		{UplinkLost{}, [7]string{"-", "standby lights", "cueing lights", "recovering lights", "-", "-", "-"}},
		{UplinkLost{Refused: true}, [7]string{"-", "standby lights", "cueing lights", "recovering lights", "-", "-", "-"}},
		{UplinkClosed{}, [7]string{"-", "-", "-", "-", "-", "standby lights", "-"}},
		{ShutdownRequested{}, [7]string{"-", "-", "ending lights close", "ending lights close", "ending lights close", "-", "-"}},
	}
	for _, row := range rows {
		for i, s := range states {
			t.Run(fmt.Sprintf("%T in %v", row.event, s), func(t *testing.T) {
				m := ready(s)
				next, commands := Step(m, row.event)
				got := describe(next.State, commands)
				want := row.next[i]
				if want == "-" {
					want = s.String()
				}
				if got != want {
					t.Errorf("%+v in %v: got %q, want %q", row.event, s, got, want)
				}
			})
		}
	}
}

// describe is a next state and its commands in the words of the table.
func describe(s State, commands []Command) string {
	words := []string{s.String()}
	for _, c := range commands {
		words = append(words, map[string]string{
			"golive.SetLights": "lights", "golive.OpenUplink": "open", "golive.CloseUplink": "close",
			"golive.RetryUplink": "retry", "golive.SetCut": "cut", "golive.Mark": "mark", "golive.Refuse": "refuse",
		}[fmt.Sprintf("%T", c)])
	}
	return strings.Join(words, " ")
}

// TestGestures walks through what staff do.
func TestGestures(t *testing.T) {
	down, held, up := GoLiveDown{}, GoLiveHeld{}, GoLiveUp{}
	for _, c := range []struct {
		name   string
		start  State
		events []Event
		want   string // the last step
	}{
		{"a long first press does not end the show", Standby, []Event{down, UplinkConfirmed{}, held}, "live"},
		{"nor does its release mark", Standby, []Event{down, UplinkConfirmed{}, up}, "live"},
		{"a short press while live marks", Live, []Event{down, up}, "live lights mark"},
		{"a hold while live ends", Live, []Event{down, held}, "ending lights close"},
		{"its release means nothing", Live, []Event{down, held, up}, "ending"},
		{"a short press while recovering marks and tries now", Recovering, []Event{down, up}, "recovering mark retry"},
		{"a hold while recovering ends", Recovering, []Event{down, held}, "ending lights close"},
		{"a hold that began live ends also when the network went meanwhile", Live, []Event{down, UplinkLost{}, held}, "ending lights close"},
		{"a second press cancels", Standby, []Event{down, up, down}, "ending lights close"},
		{"a press while ending is ignored", Live, []Event{down, held, up, down}, "ending"},
		{"a tap on the page leaves a hold of the button alone", Live, []Event{down, GoLiveTapped{Live}, held}, "ending lights close"},
		{"two who begin a show on two pages do not cancel it", Standby, []Event{GoLiveTapped{Standby}, GoLiveTapped{Standby}}, "cueing"},
		{"two who cut on two pages do not end the cut", Live, []Event{CutAsked{true}, CutAsked{true}}, "live"},
		{"a press without a camera is refused", Standby, []Event{CameraChanged{Absent}, down}, "standby refuse"},
		{"a press is the order to try, whatever the probe said", Standby, []Event{RelayProbed{RelayUnreachable}, down}, "cueing lights open"},
		{"a broken file keeps the box from going live", Standby, []Event{ConfigChanged{ConfigBroken}, down}, "fault refuse"},
		{"the schedule ends what it began", Standby, []Event{ScheduleStarted{}, UplinkConfirmed{}, ScheduleEnded{}}, "ending lights close"},
		{"also when staff marked in it", Standby, []Event{ScheduleStarted{}, UplinkConfirmed{}, down, up, ScheduleEnded{}}, "ending lights close"},
		{"staff cancel what the schedule began", Standby, []Event{ScheduleStarted{}, down}, "ending lights close"},
		{"what staff begin after it is theirs", Standby,
			[]Event{ScheduleStarted{}, down, up, UplinkClosed{}, down, UplinkConfirmed{}, ScheduleEnded{}}, "live"},
		{"the schedule begins nothing that a press would not, and says nothing", Standby, []Event{CameraChanged{Absent}, ScheduleStarted{}}, "standby"},
		{"no device at all is a fault", Standby, []Event{MicrophoneChanged{Absent}, CameraChanged{Absent}}, "fault lights"},
		{"devices that come back mend it", Standby, []Event{MicrophoneChanged{Absent}, CameraChanged{Absent}, CameraChanged{Present}}, "standby lights"},
		{"devices that vanish do not end a show", Live, []Event{MicrophoneChanged{Absent}, CameraChanged{Absent}}, "live"},
		{"a show that a broken file ended goes on when it is mended", Live,
			[]Event{ConfigChanged{ConfigBroken}, UplinkClosed{}, ConfigChanged{ConfigGood}}, "cueing lights open"},
		{"also when it is mended before the uplink has closed", Live,
			[]Event{ConfigChanged{ConfigBroken}, ConfigChanged{ConfigGood}, UplinkClosed{}}, "cueing lights open"},
		{"a cut keeps red as it is until it is in force", Live, []Event{CutDown{}}, "live cut"},
		{"then red is dark", Live, []Event{CutDown{}, CutTook{}}, "live lights"},
		{"nothing confirms a slate, and that is no trouble", Live, []Event{CutDown{}, CutTook{}, UplinkUnconfirmed{}}, "live"},
		{"a long cut comes back by way of recovering", Live, []Event{CutDown{}, CutTook{}, UplinkUnconfirmed{}, CutDown{}}, "recovering lights cut"},
		{"a short one stays live", Live, []Event{CutDown{}, CutTook{}, CutDown{}}, "live lights cut"},
		{"armed in standby the next show begins cut", Standby, []Event{CutDown{}, CutTook{}, down}, "cueing lights open"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ready(c.start)
			var commands []Command
			for _, e := range c.events {
				m, commands = Step(m, e)
			}
			if got := describe(m.State, commands); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestResume: what was wanted when the program ended is wanted when it is there again.
func TestResume(t *testing.T) {
	m := ready(Starting)
	m.Wanted = true
	m, commands := Step(m, Booted{})
	if got := describe(m.State, commands); got != "cueing lights open" {
		t.Errorf("got %q", got)
	}
}

// TestInvariants holds over any history what no event may break.
func TestInvariants(t *testing.T) {
	events := []Event{Booted{}, ConfigChanged{ConfigGood}, ConfigChanged{ConfigBroken}, CameraChanged{Present}, CameraChanged{Absent},
		CameraChanged{Simulated}, MicrophoneChanged{Present}, MicrophoneChanged{Absent}, RelayProbed{RelayReady}, RelayProbed{RelayRefuses},
		HealthChanged{Fine}, HealthChanged{Warning}, GoLiveDown{}, GoLiveHeld{}, GoLiveUp{}, GoLiveTapped{AnyState}, GoLiveTapped{Standby}, GoLiveTapped{Live}, EndAsked{}, ScheduleStarted{}, ScheduleEnded{}, CutDown{}, CutAsked{true}, CutAsked{false}, CutTook{}, UplinkConnected{},
		UplinkConfirmed{}, UplinkUnconfirmed{}, UplinkLost{}, UplinkLost{true}, UplinkClosed{}, ShutdownRequested{}}
	rapid.Check(t, func(t *rapid.T) {
		m, shown, open := Machine{}, Machine{}.Lights(), false
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			e := rapid.SampledFrom(events).Draw(t, "event")
			if _, closed := e.(UplinkClosed); closed && m.State != Ending {
				continue // it answers CloseUplink alone
			} else if closed {
				open = false
			}
			var commands []Command
			m, commands = Step(m, e)
			for _, c := range commands {
				switch c := c.(type) {
				case SetLights:
					shown = c.Lights
				case OpenUplink:
					if open {
						t.Fatal("a second uplink was opened")
					}
					if open = true; shown.Red == Off && !m.InForce {
						t.Fatal("the uplink was opened before red was lit")
					}
				case CloseUplink:
					if !open {
						t.Fatal("closed an uplink that is not open")
					}
				case SetCut:
					if !c.On && open && shown.Red == Off {
						t.Fatal("the stage is let through before red is lit")
					}
				}
			}
			if shown != m.Lights() {
				t.Fatalf("the panel shows %v, the machine means %v", shown, m.Lights())
			}
			if shown.Red == Steady && !(m.State == Live && m.Confirmed && !m.InForce) {
				t.Fatalf("red is steady and viewers do not get it: %+v", m)
			}
			if open && shown.Red == Off && !(m.Cut && m.InForce) {
				t.Fatalf("red is dark while the uplink is open: %+v", m)
			}
		}
	})
}
