package uplink

// counted is media in a buffer that is used again.
type counted interface {
	Retain()
	Release()
}

// queue is a ring of media, bounded. It holds a reference to what is in it. Its owner has the lock.
type queue[T counted] struct {
	ring    []T
	head, n int
}

func newQueue[T counted](bound int) queue[T] { return queue[T]{ring: make([]T, bound)} }

// push retains x; it is false, and does nothing, when the queue is full.
func (q *queue[T]) push(x T) bool {
	if q.n == len(q.ring) {
		return false
	}
	x.Retain()
	q.ring[(q.head+q.n)%len(q.ring)] = x
	q.n++
	return true
}

// pop hands over the oldest and its reference; it is false when the queue is empty.
func (q *queue[T]) pop() (x T, ok bool) {
	if q.n == 0 {
		return x, false
	}
	var none T
	x, q.ring[q.head] = q.ring[q.head], none
	q.head = (q.head + 1) % len(q.ring)
	q.n--
	return x, true
}

// drain releases all and returns how many they were.
func (q *queue[T]) drain() (n int) {
	for x, ok := q.pop(); ok; x, ok = q.pop() {
		x.Release()
		n++
	}
	return n
}
