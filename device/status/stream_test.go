package status

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vigie/device/golive"
)

// open begins a stream that ends with the test.
func open(t *testing.T, url string, header ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

// until reads events until one that accept takes.
func until(t *testing.T, events *bufio.Scanner, accept func(name, data string) bool) {
	t.Helper()
	var name string
	for events.Scan() {
		if n, ok := strings.CutPrefix(events.Text(), "event: "); ok {
			name = n
		}
		if data, ok := strings.CutPrefix(events.Text(), "data: "); ok && accept(name, data) {
			return
		}
	}
	t.Fatalf("the events ended: %v", events.Err())
}

func TestEventsTellAChange(t *testing.T) {
	b := &testBox{snapshot: Snapshot{State: golive.Cueing}}
	s, base := serve(t, Options{Snapshot: b.read, Press: b.press})
	r := open(t, base+"/api/v1/events")
	if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %s", r.Status, r.Header)
	}
	events := bufio.NewScanner(r.Body)
	until(t, events, func(name, data string) bool {
		return name == "status" && strings.Contains(data, `"state":"cueing"`)
	})
	b.set(func(s *Snapshot) { s.State = golive.Live; s.Audio.LevelDB = [2]float64{-9, -12} })
	s.Notify()
	until(t, events, func(name, data string) bool { return name == "status" && strings.Contains(data, `"state":"live"`) })
	until(t, events, func(name, data string) bool {
		var m struct {
			Level [2]float64 `json:"level_db"`
		}
		return name == "meters" && json.Unmarshal([]byte(data), &m) == nil && m.Level == [2]float64{-9, -12}
	})
}

func TestClientsOfAStreamAreBounded(t *testing.T) {
	b := &testBox{}
	s, base := serve(t, Options{Snapshot: b.read, Press: b.press})
	for range maxPages {
		if r := open(t, base+"/api/v1/events"); r.StatusCode != 200 {
			t.Fatal(r.Status)
		}
	}
	if r, body := ask(t, "GET", base+"/api/v1/events", ""); r.StatusCode != 503 || !isError(body) {
		t.Errorf("one too many: %s %s", r.Status, body)
	}
	if n := s.events.pages.count(); n != maxPages {
		t.Errorf("%d pages, want %d", n, maxPages)
	}
}

// While no page is connected the station is left alone; with one it is asked ten times a second.
func TestEventsSleepWithoutAPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		e := newEvents(func(context.Context) (Snapshot, error) { asked.Add(1); return Snapshot{}, nil }, newCounts())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); e.run(ctx) }()
		pass := func(d time.Duration) int32 {
			before := asked.Load()
			<-time.After(d)
			synctest.Wait()
			return asked.Load() - before
		}
		e.notify()
		if n := pass(time.Minute); n != 0 {
			t.Errorf("asked %d times without a page", n)
		}
		seat, _ := e.pages.join()
		if n := pass(10 * time.Second); n < 80 || n > 101 {
			t.Errorf("asked %d times in 10 s with a page, want about 85", n)
		}
		before := asked.Load()
		for range 50 {
			e.notify()
			<-time.After(time.Millisecond)
		}
		if n := asked.Load() - before; n < 2 || n > 4 {
			t.Errorf("asked %d times in 50 ms of notices, want 2 to 4", n)
		}
		e.pages.leave(seat)
		if n := pass(time.Minute); n > 1 {
			t.Errorf("asked %d times after the page left", n)
		}
		cancel()
		<-done
	})
}

// A change is told at once, what is still is told each second, and a station that hangs is said to hang.
func TestEventsTellWhatIsDue(t *testing.T) {
	b := &testBox{}
	failing := false
	e := newEvents(func(context.Context) (Snapshot, error) {
		if failing {
			return Snapshot{}, errSilent
		}
		return b.read(), nil
	}, newCounts())
	seat, _ := e.pages.join()
	var last teller
	told := func() string {
		e.tell(t.Context(), &last)
		name, _, _ := strings.Cut(string(<-seat), "\n")
		return strings.TrimPrefix(name, "event: ")
	}
	expect := func(when, want string) {
		t.Helper()
		if got := told(); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	expect("first", "status")
	b.set(func(s *Snapshot) { s.Audio.LevelDB[0] = -3; s.Uplink.SentBPS = 9 })
	expect("a level moved", "meters")
	b.set(func(s *Snapshot) { s.Warnings = []Warning{{Code: "silence"}} })
	expect("a warning came", "status")
	b.set(func(s *Snapshot) { s.Warnings = []Warning{{Code: "silence", Since: 7}} })
	expect("it lasts", "meters")
	last.at = last.at.Add(-statusEvery)
	expect("a second later", "status")
	failing = true
	expect("the station hangs", "silent")
	failing = false
	expect("it is back", "status")
}

// A client that does not read is dropped when a write takes too long.
func TestSlowClientIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &counter{}
		f := newFeed(1, slow, func() {})
		_, end := pipe(t, f)
		for range 3 {
			f.publish([]byte("event: status\n\n"))
		}
		<-time.After(writeTime + time.Second)
		synctest.Wait()
		if n := slow.n.Load(); n != 1 || f.count() != 0 {
			t.Errorf("%d slow clients counted, %d still there", n, f.count())
		}
		end()
	})
}

// The limits for a request and its answer do not end a stream.
func TestStreamOutlivesTheTimeOfARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(1, &counter{}, func() {})
		client, end := pipe(t, f)
		lines := bufio.NewScanner(client)
		for second := range 60 {
			f.publish([]byte("event: status\n\n"))
			for lines.Scan() && lines.Text() != "event: status" {
			}
			if lines.Text() != "event: status" {
				t.Fatalf("the stream ended after %d s: %v", second, lines.Err())
			}
			<-time.After(time.Second)
		}
		end()
	})
}

// The end of Run ends a stream as HTTP ends one, instead of cutting the connection.
func TestStreamEndsWithRun(t *testing.T) {
	b := &testBox{}
	s, err := New(Options{Listen: "127.0.0.1:0", Snapshot: b.read, Press: b.press})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	r := open(t, "http://"+s.Addr().String()+"/api/v1/events")
	cancel()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Errorf("the stream: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// pipe streams f to one client. The pipe between them has no buffer and synctest's clock, so that neither the
// kernel's buffers nor real time blur what a test sees. end closes both sides and waits.
func pipe(t *testing.T, f *feed) (client net.Conn, end func()) {
	t.Helper()
	client, server := net.Pipe()
	h := &http.Server{ReadTimeout: requestTime, WriteTimeout: requestTime,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f.stream(w, r, "text/event-stream", "nothing")
		})}
	l := &pipeListener{conns: make(chan net.Conn, 1), closed: make(chan struct{})}
	l.conns <- server
	done := make(chan struct{})
	go func() { defer close(done); _ = h.Serve(l) }()
	if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return client, func() {
		client.Close()
		h.Close()
		<-done
	}
}

// counter is a prometheus.Counter that can be read.
type counter struct {
	prometheus.Counter
	n atomic.Int32
}

func (c *counter) Inc() { c.n.Add(1) }

// pipeListener accepts what is put into conns.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func TestPreview(t *testing.T) {
	b := &testBox{}
	var broken atomic.Bool
	var taken atomic.Int32
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press, Preview: func(context.Context) ([]byte, error) {
		if broken.Load() {
			return nil, errors.New("unplugged")
		}
		taken.Add(1)
		return []byte("\xff\xd8picture\xff\xd9"), nil
	}})
	if taken.Load() != 0 {
		t.Error("a picture was taken while nobody looked")
	}
	r := open(t, base+"/api/v1/preview")
	if kind := r.Header.Get("Content-Type"); kind != "multipart/x-mixed-replace; boundary="+boundary {
		t.Errorf("for an <img>: %s", kind)
	}
	r = open(t, base+"/api/v1/preview", "Accept", "multipart/mixed")
	if kind := r.Header.Get("Content-Type"); kind != "multipart/mixed; boundary="+boundary {
		t.Errorf("for a script: %s", kind)
	}
	parts := multipart.NewReader(r.Body, boundary)
	for range 2 {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if part.Header.Get("Content-Type") != "image/jpeg" || part.Header.Get("Content-Length") != "11" {
			t.Errorf("part: %v", part.Header)
		}
		picture := make([]byte, 11)
		if _, err := io.ReadFull(part, picture); err != nil || string(picture) != "\xff\xd8picture\xff\xd9" {
			t.Errorf("%q %v", picture, err)
		}
	}
	broken.Store(true)
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Errorf("without a camera the stream does not end well: %v", err)
	}
	if r, body := ask(t, "GET", base+"/api/v1/preview", ""); r.StatusCode != 503 || !isError(body) {
		t.Errorf("without a camera: %s %s", r.Status, body)
	}
}
