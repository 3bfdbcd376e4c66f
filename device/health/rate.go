package health

import "time"

// rateJudge finds a network that leaves the picture no more than its minimum.
type rateJudge struct {
	floor int // bits a second; 0: it is not judged
	least detector
}

func newRateJudge(floor int) *rateJudge {
	return &rateJudge{floor: floor, least: newDetector(RateFloor, 10*time.Second, 10*time.Second,
		"The network is too slow: the picture is as poor as video.bitrate.min allows.",
		"Take the cable instead of Wi-Fi, keep others off this network, or ask the venue for another line.")}
}

func (j *rateJudge) judge(now time.Time, s Seen) []Condition {
	v := judged(s.Target <= j.floor)
	if s.Target == 0 {
		v = resting
	}
	j.least.judge(now, v)
	return conditions(&j.least)
}
