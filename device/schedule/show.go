package schedule

import (
	"cmp"
	"slices"
	"time"
)

// Show is one planned show.
type Show struct {
	// ID is the same for as long as the show is planned to begin at this time, whatever becomes of its end and title.
	ID         string
	Title      string // may be empty
	Start, End time.Time
}

// on tells whether the show is planned for that moment.
func (s Show) on(now time.Time) bool { return !now.Before(s.Start) && now.Before(s.End) }

// Sorted returns all shows in the order in which they begin, each once.
func Sorted(shows []Show) []Show {
	shows = slices.Clone(shows)
	slices.SortStableFunc(shows, func(a, b Show) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) })
	return slices.CompactFunc(shows, func(a, b Show) bool { return a.ID == b.ID })
}
