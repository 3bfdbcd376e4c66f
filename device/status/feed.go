package status

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// feed hands what is published to the clients of one stream. Each has room for one message and the newest wins, so
// that a slow client costs one message of memory and holds nobody; messages are whole truths, not differences.
type feed struct {
	limit int
	wake  func()             // called when a client joined; never blocks
	slow  prometheus.Counter // clients that were dropped because a write took longer than writeTime

	mu    sync.Mutex
	seats map[chan []byte]struct{}
}

func newFeed(limit int, slow prometheus.Counter, wake func()) *feed {
	return &feed{limit: limit, slow: slow, wake: wake, seats: make(map[chan []byte]struct{})}
}

// join returns where messages arrive. It is closed by hangUp. False: all seats are taken.
func (f *feed) join() (chan []byte, bool) {
	seat := make(chan []byte, 1)
	f.mu.Lock()
	if len(f.seats) >= f.limit {
		f.mu.Unlock()
		return nil, false
	}
	f.seats[seat] = struct{}{}
	f.mu.Unlock()
	f.wake()
	return seat, true
}

func (f *feed) leave(seat chan []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.seats, seat)
}

func (f *feed) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.seats)
}

// publish gives message to all, in place of one that was not read yet. It is called by one goroutine, and message
// is never written to again.
func (f *feed) publish(message []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for seat := range f.seats {
		select {
		case <-seat:
		default:
		}
		seat <- message // there is room: nobody else sends
	}
}

// offer gives message to those who have read all earlier ones.
func (f *feed) offer(message []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for seat := range f.seats {
		select {
		case seat <- message:
		default:
		}
	}
}

// hangUp ends the streams of all clients.
func (f *feed) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for seat := range f.seats {
		close(seat)
	}
	clear(f.seats)
}

// stream sends messages to one client until it leaves, is too slow, is hung up on or the server ends. A client for
// whom there is no seat, or no first message, gets 503 and why.
func (f *feed) stream(w http.ResponseWriter, r *http.Request, contentType, why string) {
	seat, ok := f.join()
	if !ok {
		w.Header().Set("Retry-After", "2")
		fail(w, http.StatusServiceUnavailable, "too many clients look at this already; close some of them")
		return
	}
	defer f.leave(seat)
	ctx, cancel := context.WithTimeout(r.Context(), patience+time.Second)
	message, ok := next(ctx, seat)
	cancel()
	if !ok {
		fail(w, http.StatusServiceUnavailable, why)
		return
	}
	w.Header().Set("Content-Type", contentType)
	conn := http.NewResponseController(w)
	for ; ok; message, ok = next(r.Context(), seat) {
		if err := send(w, conn, message); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				f.slow.Inc()
			}
			return
		}
	}
}

// next waits for a message. False: there will be none.
func next(ctx context.Context, seat <-chan []byte) ([]byte, bool) {
	select {
	case <-ctx.Done():
		return nil, false
	case message, ok := <-seat:
		return message, ok
	}
}

// send writes one message and sees it off within writeTime.
func send(w http.ResponseWriter, conn *http.ResponseController, message []byte) error {
	if err := conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	return conn.Flush()
}
