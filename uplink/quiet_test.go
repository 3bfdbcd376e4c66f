package uplink

import (
	"testing"
	"time"
)

// A relay is judged by how often it reports, and only while media leaves.
func TestQuiet(t *testing.T) {
	const sec = time.Second
	hears := func(q *quiet, from, to, every time.Duration) {
		for now := from; now <= to; now += every {
			q.hear(now)
		}
	}
	for name, c := range map[string]struct {
		every    time.Duration // reports, for 60 s; 0 for none
		leavesAt time.Duration
		doubtAt  time.Duration // 0 for none
		over     time.Duration // 0 for never
	}{
		"feedback each 100 ms":        {100 * ms, 0, 0, 62 * sec},
		"reports each second":         {sec, 0, 0, 63*sec + 500*ms},
		"reports each 5 s":            {5 * sec, 0, 0, 70 * sec},
		"never a report":              {0, 0, 0, 0},
		"nothing leaves":              {100 * ms, -1, 0, 0},
		"media leaves later":          {100 * ms, 90 * sec, 0, 92 * sec},
		"the network is another":      {100 * ms, 0, 61 * sec, 61*sec + trial},
		"another, and all is well":    {sec, 0, 61 * sec, 63*sec + 500*ms},
		"never a report, and another": {0, 0, 61 * sec, 61*sec + trial},
	} {
		t.Run(name, func(t *testing.T) {
			var q quiet
			q.begin(0)
			q.over(0, c.leavesAt == 0)
			if c.every > 0 {
				hears(&q, 0, 60*sec, c.every)
			}
			var over time.Duration
			for now := 60 * sec; now < 120*sec; now += 10 * ms {
				if now == c.doubtAt {
					q.doubt(now)
				}
				if q.over(now, c.leavesAt >= 0 && now >= c.leavesAt) {
					if over != 0 {
						t.Errorf("said again at %v", now)
					}
					over = now
				}
			}
			if d := over - c.over; d < -20*ms || d > 20*ms {
				t.Errorf("over at %v, want %v", over, c.over)
			}
		})
	}
}

func TestQuietEnds(t *testing.T) {
	var q quiet
	q.begin(0)
	for now := time.Duration(0); now < 10*time.Second; now += 100 * ms {
		if q.hear(now) {
			t.Errorf("a pause before %v", now)
		}
	}
	q.doubt(12 * time.Second)
	if !q.hear(12*time.Second+100*ms) || q.over(13*time.Second, true) {
		t.Error("it was heard again, which is a pause that ended, and no doubt is left")
	}
	if wait, ok := q.wait(13 * time.Second); !ok || wait <= 0 || wait > quietFor {
		t.Errorf("the loop is to look in %v, %v", wait, ok)
	}
}

func TestRecoveryLasts(t *testing.T) {
	const sec = time.Second
	var r recovery
	if r.end(sec, sec) {
		t.Error("nothing was wrong")
	}
	r.begin(10*sec, 12*sec) // what left at 10 s was the last to get through
	r.begin(13*sec, 14*sec) // it is the same trouble
	for _, step := range []struct {
		proven time.Duration
		over   bool
	}{{13 * sec, false}, {14 * sec, false}, {14*sec + 1, true}, {15 * sec, false}} {
		if over := r.end(step.proven, 15*sec); over != step.over {
			t.Errorf("what left at %v got through: over %v", step.proven, over)
		}
	}
	r.begin(20*sec, 20*sec)
	r.end(21*sec, 21*sec)
	if r.count != 2 || r.last != sec || r.total != 6*sec {
		t.Errorf("%+v", r)
	}
}
