package relay

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"time"
)

//go:embed page
var pageFiles embed.FS

var (
	assets, _ = fs.Sub(pageFiles, "page/assets")
	watchPage = template.Must(template.ParseFS(pageFiles, "page/watch.html"))
)

// keepAlive is how often a silent stream of events says so, for proxies that close what is idle. It is also how long a
// page may take for what it is told.
const keepAlive = 15 * time.Second

// page is what viewers open.
func (r *Relay) page(w http.ResponseWriter, _ *http.Request) {
	r.mu.Lock()
	now, show := r.present(), r.opts.Show
	r.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := watchPage.Execute(w, struct {
		Show
		Channel string
		Now     event
	}{show, r.opts.Channel, now})
	if err != nil {
		r.log.Debug("writing the page", "err", err)
	}
}

// SetShow changes what the page says, for those who open it from now on.
func (r *Relay) SetShow(s Show) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opts.Show = s
}

// events tells a page the state and the number of viewers, now and at every change, as server-sent events.
func (r *Relay) events(w http.ResponseWriter, req *http.Request) {
	news, ok := r.subscribe()
	if !ok {
		r.fail(w, errFull)
		return
	}
	defer r.unsubscribe(news)
	w.Header().Set("Content-Type", "text/event-stream")
	alive := time.NewTicker(r.keepAlive)
	defer alive.Stop()
	out := http.NewResponseController(w)
	line := "retry: 1000\n\n" // ms, when the connection breaks
	for {
		_ = out.SetWriteDeadline(time.Now().Add(r.keepAlive))
		if _, err := io.WriteString(w, line); err != nil || out.Flush() != nil {
			return
		}
		_ = out.SetWriteDeadline(time.Time{}) // over HTTP/2 one that passes ends the stream, though nothing is being written
		select {
		case e := <-news:
			b, _ := json.Marshal(e) // strings and numbers: it cannot fail
			line = fmt.Sprintf("data: %s\n\n", b)
		case <-alive.C:
			line = ": still here\n\n"
		case <-req.Context().Done():
			return
		}
	}
}

// subscribe makes a channel that always holds the newest event that its reader has not taken.
func (r *Relay) subscribe() (chan event, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.watchers) >= maxWatchers {
		return nil, false
	}
	news := make(chan event, 1)
	news <- r.present()
	r.watchers[news] = struct{}{}
	return news, true
}

func (r *Relay) unsubscribe(news chan event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.watchers, news)
}
