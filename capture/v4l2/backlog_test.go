package v4l2

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

func TestBacklogMatchesStamps(t *testing.T) {
	const us = time.Microsecond
	stamp := func(d time.Duration) uapi.Timeval { return uapi.TimevalOf(d) }
	for _, c := range []struct {
		name    string
		at      uapi.Timeval
		want    time.Duration
		matched bool
		left    int
	}{
		{"in order", stamp(10 * us), 10*us + 7, true, 2},
		{"pictures before it were left out", stamp(30 * us), 30*us + 9, true, 0},
		{"a stamp that was lost", uapi.Timeval{}, 10*us + 7, false, 2},
	} {
		b := backlog{next: 5}
		for _, pts := range []time.Duration{10*us + 7, 20*us + 8, 30*us + 9} {
			b.push(pts, 0)
		}
		p, matched, ok := b.settle(c.at)
		if p.pts != c.want || matched != c.matched || !ok || len(b.list) != c.left {
			t.Errorf("%s: settle = %v, %v, %v with %d left; want %v, %v, true, %d", c.name, p, matched, ok, len(b.list),
				c.want, c.matched, c.left)
		}
		if want := 5 + uint64(c.want/(10*us)) - 1; p.number != want {
			t.Errorf("%s: it is number %d, want %d", c.name, p.number, want)
		}
	}
	var b backlog
	if _, _, ok := b.settle(stamp(us)); ok {
		t.Error("a unit was matched with nothing")
	}
}

func TestFewerBuffersWhereThereIsNoMemory(t *testing.T) {
	for _, c := range []struct {
		room, count, least uint32
		want               uint32
		err                error
		asked              int
	}{
		{8, 4, 2, 4, nil, 1},
		{3, 4, 2, 3, nil, 2},
		{1, 4, 2, 0, unix.ENOMEM, 3},
	} {
		asked := 0
		got, err := reserve(c.count, c.least, func(n uint32) (uint32, error) {
			if asked++; n > c.room {
				return 0, unix.ENOMEM
			}
			return n, nil
		})
		if got != c.want || !errors.Is(err, c.err) || asked != c.asked {
			t.Errorf("room for %d: reserve(%d, %d) = %d, %v after %d questions; want %d, %v, %d", c.room, c.count, c.least,
				got, err, asked, c.want, c.err, c.asked)
		}
	}
	if err := explain("/dev/video11", "REQBUFS", unix.ENOMEM); !errors.Is(err, capture.ErrNoMemory) {
		t.Errorf("ENOMEM is %v, want capture.ErrNoMemory", err)
	}
	busy := errors.New("busy")
	if _, err := reserve(4, 2, func(uint32) (uint32, error) { return 0, busy }); err != busy {
		t.Errorf("another error was tried again: %v", err)
	}
}

func TestControlsTakeTheirSteps(t *testing.T) {
	l := limits{25_000, 25_000_000, 25_000}
	for n, want := range map[int]int32{1_000_000: 1_000_000, 310_000: 300_000, 0: 25_000, 1 << 30: 25_000_000} {
		if got := l.nearest(n); got != want {
			t.Errorf("%d becomes %d, want %d", n, got, want)
		}
	}
	if got := interval(29.97); got != (uapi.Fract{Numerator: 1000, Denominator: 29970}) {
		t.Errorf("29.97 pictures a second are %v apart", got)
	}
}
