package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
)

// TestStepThatHangs holds that doctor goes on where the kernel does not answer, and waits for what is slow.
func TestStepThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := make(chan struct{})
		hangs := step{"disk", stepTime, "replace it", func(context.Context) []finding { <-answers; return nil }}
		began := time.Now()
		holds(t, hangs.take(t.Context()), finding{"disk", "red", "did not answer within 10 s", "replace it"})
		if took := time.Since(began); took != stepTime {
			t.Errorf("it was given %v", took)
		}
		slow := step{"disk", stepTime, "", func(ctx context.Context) []finding {
			<-time.After(stepTime - 1)
			return []finding{{"disk", "green", "slow", ""}}
		}}
		holds(t, slow.take(t.Context()), finding{"disk", "green", "slow", ""})

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if found := hangs.take(ctx); found != nil {
			t.Errorf("after Ctrl-C: %+v", found)
		}
		close(answers)
	})
}

// TestReport holds that people read a finding before the next step is begun, and programs a whole list.
func TestReport(t *testing.T) {
	var out bytes.Buffer
	r := &report{out: &out}
	if err := r.add(finding{"camera", "red", "hangs", "plug it in\nor out"}); err != nil ||
		out.String() != "red    camera         hangs\n                      -> plug it in\n                      -> or out\n" {
		t.Errorf("%v: %q", err, &out)
	}
	if err := r.end(); !errors.Is(err, errUnwell) {
		t.Error(err)
	}
	out.Reset()
	r = &report{out: &out, json: true}
	if err := r.add(finding{"camera", "green", "a", ""}, finding{"way", "amber", "b", ""}); err != nil || out.Len() > 0 {
		t.Errorf("%v: %s", err, &out)
	}
	var all []finding
	if err := errors.Join(r.end(), json.Unmarshal(out.Bytes(), &all)); err != nil || len(all) != 2 {
		t.Errorf("%v: %s", err, &out)
	}
}

func TestLookAtCamera(t *testing.T) {
	bridge := capture.BoardCamera{Name: "bridge", Path: "/dev/video0"}
	for _, c := range []struct {
		signal *capture.Signal
		want   finding
	}{
		{nil, finding{"camera", "green", "bridge at /dev/video0", ""}},
		{&capture.Signal{Width: 1920, Height: 1080, FPS: 59.94}, finding{"camera", "green", "1920x1080 at 59.94", ""}},
		{&capture.Signal{}, finding{"camera", "amber", "no signal", "switch it on"}},
	} {
		bridge.Signal = c.signal
		f := lookAtCamera(bridge)
		if holds(t, []finding{f}, c.want); (f.Light == "green") != (f.Advice == "") || strings.HasSuffix(f.Text, ";") {
			t.Errorf("%+v", f)
		}
	}
}
