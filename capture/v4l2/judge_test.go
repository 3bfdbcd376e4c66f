package v4l2

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"slices"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// A stream of one macroblock: the parameter sets of baseline 1.0, and the beginnings of slices that name them.
var (
	sps   = annexB("6742c00ada7a")
	pps   = annexB("68ce3c80")
	idr   = annexB("65b80004")
	delta = annexB("419a0004")
)

func annexB(nal string) []byte {
	b, err := hex.DecodeString(nal)
	if err != nil {
		panic(err)
	}
	return append([]byte{0, 0, 0, 1}, b...)
}

// coding is an encoder that owes the pictures of these stamps, the first of which is to be an IDR.
func coding(pts ...time.Duration) *Encoder {
	e := &Encoder{coded: capture.H264, asked: true, forces: true, log: slog.New(slog.DiscardHandler)}
	for _, p := range pts {
		e.backlog.push(p, 0)
	}
	return e
}

func TestJudge(t *testing.T) {
	first, second := uapi.TimevalOf(time.Second), uapi.TimevalOf(2*time.Second)
	type buffer struct {
		data  []byte
		flags uint32
		at    uapi.Timeval
	}
	whole := slices.Concat(sps, pps, idr)
	for _, c := range []struct {
		name    string
		buffers []buffer
		want    [][]byte // units, nil for none
		stats   capture.DeviceStats
		wantIDR bool
		left    int
	}{
		{"as it should be", []buffer{{whole, 0, first}, {delta, 0, second}}, [][]byte{whole, delta}, capture.DeviceStats{}, false, 0},
		{"parameter sets in a buffer of their own", []buffer{{slices.Concat(sps, pps), 0, first}, {idr, 0, first}},
			[][]byte{nil, whole}, capture.DeviceStats{}, false, 1},
		{"parameter sets that never came", []buffer{{idr, 0, first}}, [][]byte{nil}, capture.DeviceStats{Damaged: 1}, true, 1},
		{"a damaged one", []buffer{{whole, uapi.FlagError, first}}, [][]byte{nil}, capture.DeviceStats{Damaged: 1}, true, 1},
		{"an IDR that was not made", []buffer{{delta, 0, first}, {whole, 0, second}}, [][]byte{nil, whole},
			capture.DeviceStats{Discarded: 1}, false, 0},
		{"left out", []buffer{{nil, 0, first}, {whole, 0, second}}, [][]byte{nil, whole}, capture.DeviceStats{}, false, 0},
		{"the empty last one", []buffer{{nil, uapi.FlagLast, uapi.Timeval{}}}, [][]byte{nil}, capture.DeviceStats{}, false, 2},
		{"stamps that were lost", []buffer{{whole, 0, uapi.Timeval{}}, {delta, 0, uapi.Timeval{}}}, [][]byte{whole, delta},
			capture.DeviceStats{Unmatched: 2}, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := coding(time.Second, 2*time.Second)
			for i, b := range c.buffers {
				u := e.judge(b.data, b.flags, b.at)
				var got []byte
				if u != nil {
					got = u.Data
				}
				if !bytes.Equal(got, c.want[i]) {
					t.Errorf("buffer %d is the unit %x, want %x", i, got, c.want[i])
				}
			}
			if e.Stats() != c.stats || e.wantIDR != c.wantIDR || len(e.backlog.list) != c.left {
				t.Errorf("then %+v, wants an IDR: %v, owes %d; want %+v, %v, %d", e.Stats(), e.wantIDR, len(e.backlog.list),
					c.stats, c.wantIDR, c.left)
			}
		})
	}
}

func TestNothingOfBeforeAnIDRComesAfterIt(t *testing.T) {
	e := coding(time.Second, 2*time.Second, 3*time.Second)
	e.first = 2 // the third is to be the IDR
	e.judge(slices.Concat(sps, pps, idr), 0, uapi.TimevalOf(time.Second))
	if u := e.judge(delta, 0, uapi.TimevalOf(2*time.Second)); u != nil || e.stats.discarded.Load() != 2 {
		t.Errorf("the picture before is %v, and %d were discarded; want nil and 2", u, e.stats.discarded.Load())
	}
	u := e.judge(idr, 0, uapi.TimevalOf(3*time.Second))
	if u == nil || !u.IDR || u.PTS != 3*time.Second || !bytes.Equal(u.Data, slices.Concat(sps, pps, idr)) {
		t.Errorf("the IDR is %+v, want it with the parameter sets of the one that was discarded", u)
	}
}

func TestAnEncoderThatMakesNoIDRIsStartedAgain(t *testing.T) {
	e := coding(time.Second, 2*time.Second, 3*time.Second)
	for i := range 3 {
		if u := e.judge(delta, 0, uapi.TimevalOf(time.Duration(i+1)*time.Second)); u != nil {
			t.Errorf("unit %d, which needs a picture that did not leave, is %x", i, u.Data)
		}
		if want := i < deepest; e.forces != want || !e.wantIDR {
			t.Errorf("after %d units it is asked by the control: %v, want %v", i+1, e.forces, want)
		}
	}
}

func TestForgetIsForPicturesAlreadyGiven(t *testing.T) {
	e := coding(time.Second)
	e.Forget()
	e.backlog.push(2*time.Second, 0)
	if u := e.judge(slices.Concat(sps, pps, idr), 0, uapi.TimevalOf(time.Second)); u != nil || !e.wantIDR {
		t.Errorf("a picture that was forgotten is %v, and an IDR is wanted: %v", u, e.wantIDR)
	}
	if u := e.judge(slices.Concat(sps, pps, idr), 0, uapi.TimevalOf(2*time.Second)); u == nil {
		t.Error("the picture after it is nothing")
	}
}

func TestJudgeDoesNotAllocate(t *testing.T) {
	e := coding()
	unit := slices.Concat(sps, pps, idr)
	pts := time.Second
	if n := testing.AllocsPerRun(100, func() {
		pts += 33 * time.Millisecond
		e.backlog.push(pts, 0)
		e.judge(unit, 0, uapi.TimevalOf(pts)).Release()
	}); n != 0 {
		t.Errorf("%v allocations for a coded picture, want none", n)
	}
}
