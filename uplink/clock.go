package uplink

import (
	"time"

	"vigie/capture"
)

// ntpClock says what time a media time was, on a wall clock that is read once, when the session begins: should the
// wall clock jump, nothing moves. Both tracks share it, or sound and picture would part.
type ntpClock struct {
	wall  time.Time
	media time.Duration
}

func startClock() ntpClock { return ntpClock{wall: time.Now().Round(0), media: capture.Now()} }

// ntpEpoch is 1970 in seconds since 1900.
const ntpEpoch = 2_208_988_800

// at returns the NTP timestamp of a media time (RFC 3550, 4): seconds since 1900 in the upper half.
func (c ntpClock) at(media time.Duration) uint64 {
	t := c.wall.Add(media - c.media)
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// roundTrip computes what a report says about the sender report that it answers (RFC 3550, 6.4.1): lsr is the middle of
// that one's NTP timestamp, dlsr how long the relay held it. It is 0 where the report answers none, or nonsense.
func (c ntpClock) roundTrip(now time.Duration, lsr, dlsr uint32) time.Duration {
	if lsr == 0 {
		return 0
	}
	d := int32(uint32(c.at(now)>>16) - lsr - dlsr)
	return max(time.Duration(d)*time.Second/65536, 0)
}
