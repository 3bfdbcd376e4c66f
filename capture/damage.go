package capture

import (
	"errors"
	"fmt"
	"time"
)

// damagedFor is how long a camera may deliver nothing but damaged pictures until it counts as failed.
const damagedFor = 5 * time.Second

// Damage bears with a camera that delivers damaged pictures: one whose cable is not quite in is not lost for a picture.
// The zero value is ready; it is used by one goroutine.
type Damage struct {
	begun bool
	whole time.Duration // PTS of the last picture that was whole, or of the first
}

// Whole tells it of a picture that was not damaged.
func (d *Damage) Whole(pts time.Duration) { d.begun, d.whole = true, pts }

// Judge returns nil for a damaged picture (ErrDamaged) that is to be left out, and an error when there was nothing else
// for five seconds. Another err than ErrDamaged it returns as it is.
func (d *Damage) Judge(err error, pts time.Duration) error {
	if !d.begun {
		d.Whole(pts)
	}
	switch {
	case !errors.Is(err, ErrDamaged):
		return err
	case pts-d.whole < damagedFor:
		return nil
	}
	return fmt.Errorf("no picture of use for %v: try another cable: %w", damagedFor, err)
}
