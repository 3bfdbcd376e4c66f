package status

import (
	"context"
	"encoding/json"
	"reflect"
	"time"
)

// How often pages are told. The page takes a "status" that is more than 2.5 s late as a lost connection.
const (
	metersEvery = 100 * time.Millisecond // the meters, and a look for changes that nobody notified of
	statusEvery = time.Second            // a whole snapshot: counters move, and it is the heartbeat
	noticesGap  = 20 * time.Millisecond  // between two tellings, however often Notify is called
)

// events tells the pages what the box does. While no page is connected it sleeps.
type events struct {
	pages *feed
	read  func(context.Context) (Snapshot, error)
	woken chan struct{} // holds a token after notify
}

func newEvents(read func(context.Context) (Snapshot, error), c counts) *events {
	e := &events{read: read, woken: make(chan struct{}, 1)}
	e.pages = newFeed(maxPages, c.slow.WithLabelValues("events"), e.notify)
	return e
}

func (e *events) notify() {
	select {
	case e.woken <- struct{}{}:
	default:
	}
}

// teller is what run remembers of the last telling.
type teller struct {
	last Snapshot  // as it was told, without what moves by itself
	at   time.Time // zero: a whole snapshot is due
}

// run tells pages until ctx is done. It is woken by notify, by a page that joins, and by its ticks while there are
// pages.
func (e *events) run(ctx context.Context) {
	var t teller
	for ctx.Err() == nil {
		var tick <-chan time.Time
		if e.pages.count() > 0 {
			tick = time.After(metersEvery)
		}
		select {
		case <-ctx.Done():
			return
		case <-e.woken:
			t.at = time.Time{}
		case <-tick:
		}
		if e.pages.count() == 0 {
			continue
		}
		e.tell(ctx, &t)
		select {
		case <-ctx.Done():
		case <-time.After(noticesGap):
		}
	}
}

// tell publishes a whole snapshot if something changed or one is due, else the meters alone.
func (e *events) tell(ctx context.Context, t *teller) {
	s, err := e.read(ctx)
	if err != nil {
		t.at = time.Time{}
		e.pages.publish(event("silent", map[string]string{"error": err.Error()}))
		return
	}
	still, now := s.still(), time.Now()
	if now.Sub(t.at) < statusEvery && reflect.DeepEqual(still, t.last) {
		e.pages.offer(event("meters", map[string][2]float64{"level_db": s.Audio.LevelDB, "peak_db": s.Audio.PeakDB}))
		return
	}
	t.last, t.at = still, now
	e.pages.publish(event("status", s))
}

// event is one server-sent event (WHATWG HTML, 9.2.6). JSON from Marshal has no line break in it.
func event(name string, v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		// Not reachable for what tidy returned; the page then says that it hears nothing, which is true.
		name, data = "silent", []byte(`{"error":"the snapshot has no JSON"}`)
	}
	b := make([]byte, 0, len("event: \ndata: \n\n")+len(name)+len(data))
	b = append(append(b, "event: "...), name...)
	b = append(append(b, "\ndata: "...), data...)
	return append(b, "\n\n"...)
}
