package picture

import (
	"context"
	"errors"
	"testing"
)

// With three values one waits for the taker while another is made; with two it is used again.
func TestLatest(t *testing.T) {
	for _, values := range []int{2, 3} {
		numbers := make([]*int, values)
		for i := range numbers {
			numbers[i] = new(int)
		}
		l := NewLatest(numbers...)
		put := func(n int) { *l.Begin() = n; l.Done() }
		take := func(want int) {
			if v, err := l.Take(t.Context()); err != nil || *v != want {
				t.Errorf("%d values: took %d, %v, want %d", values, *v, err, want)
			}
		}
		put(1)
		take(1)
		put(2)
		put(3)
		first := l.Begin()
		if again := l.Begin(); first != again {
			t.Errorf("%d values: the one to fill changed before it was done", values)
		}
		if waits := l.waiting != nil; waits != (values == 3) || *l.taken != 1 {
			t.Errorf("%d values: one waits while another is made: %v", values, waits)
		}
		put(4)
		take(4)
		if l.Dropped() != 2 {
			t.Errorf("%d values: %d dropped", values, l.Dropped())
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errEnded)
		if _, err := l.Take(ctx); !errors.Is(err, errEnded) || l.taken != nil {
			t.Errorf("%d values: ended with %v", values, err)
		}
	}
}
