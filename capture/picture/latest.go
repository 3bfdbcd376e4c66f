package picture

import (
	"context"
	"sync"
)

// Latest hands values from one goroutine to another that may be slower, and keeps the newest alone: the maker never
// waits, and one that nobody came for is used again. Its values go round, so that nothing is allocated:
//
//	maker: v := l.Begin(), fill it, l.Done()        taker: v, err := l.Take(ctx), use it until the next Take
//
// With two values the maker may find itself filling the one that was waiting, and the taker has nothing until Done;
// with three it never takes a finished one away before the next is finished.
type Latest[T any] struct {
	mu      sync.Mutex
	free    []*T
	making  *T
	waiting *T
	taken   *T
	ready   chan struct{} // holds one when there may be something waiting
	dropped uint64
}

// NewLatest returns one that hands on these values: two or three.
func NewLatest[T any](values ...*T) *Latest[T] {
	return &Latest[T]{free: values, ready: make(chan struct{}, 1)}
}

// Begin returns the value to fill, which is what an earlier Begin returned if that was not done. It does not block.
func (l *Latest[T]) Begin() *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch n := len(l.free); {
	case l.making != nil:
	case n > 0:
		l.making, l.free = l.free[n-1], l.free[:n-1]
	default: // the taker has one, so the other is waiting
		l.making, l.waiting = l.waiting, nil
		l.dropped++
	}
	return l.making
}

// Done hands on what Begin returned. It takes the place of one that waits.
func (l *Latest[T]) Done() {
	l.mu.Lock()
	if l.waiting != nil {
		l.free = append(l.free, l.waiting)
		l.dropped++
	}
	l.waiting, l.making = l.making, nil
	l.mu.Unlock()
	select {
	case l.ready <- struct{}{}:
	default:
	}
}

// Take gives back what it returned before, and waits for the newest. Its error is the cause of ctx' end.
func (l *Latest[T]) Take(ctx context.Context) (*T, error) {
	for {
		if err := context.Cause(ctx); err != nil {
			l.exchange(false)
			return nil, err
		}
		if v := l.exchange(true); v != nil {
			return v, nil
		}
		select {
		case <-l.ready:
		case <-ctx.Done():
		}
	}
}

// Forget gives back what waits, and what was taken: it is of another time.
func (l *Latest[T]) Forget() {
	l.exchange(true)
	l.exchange(false)
}

// exchange gives back what was taken, and with take returns what waits, nil for nothing.
func (l *Latest[T]) exchange(take bool) *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken != nil {
		l.free, l.taken = append(l.free, l.taken), nil
	}
	if take {
		l.taken, l.waiting = l.waiting, nil
	}
	return l.taken
}

// Dropped counts the values that nobody came for.
func (l *Latest[T]) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}
