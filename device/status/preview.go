package status

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// previewEvery is the time between two pictures of the preview.
const previewEvery = 500 * time.Millisecond

// boundary separates the pictures of the multipart stream (RFC 2046, 5.1.1).
const boundary = "vigie-picture"

// previewType is multipart/x-mixed-replace, which every browser shows in an <img>. A script that takes the parts
// apart by itself asks for multipart/mixed (RFC 2046, 5.1.3): some browsers keep the other type from scripts.
func previewType(r *http.Request) string {
	kind := "multipart/x-mixed-replace"
	if r.Header.Get("Accept") == "multipart/mixed" {
		kind = "multipart/mixed"
	}
	return kind + "; boundary=" + boundary
}

var errNoPreview = errors.New("this box has no preview")

// preview takes a picture twice a second while somebody looks and shows it to all of them.
type preview struct {
	viewers *feed
	take    func(context.Context) ([]byte, error) // nil: there is no preview
	woken   chan struct{}                         // holds a token after somebody joined
}

func newPreview(take func(context.Context) ([]byte, error), c counts) *preview {
	p := &preview{take: take, woken: make(chan struct{}, 1)}
	p.viewers = newFeed(maxViewers, c.slow.WithLabelValues("preview"), func() {
		select {
		case p.woken <- struct{}{}:
		default:
		}
	})
	return p
}

// run takes pictures until ctx is done; while nobody looks it sleeps. Without a picture it hangs up on the viewers:
// a picture that stands still would look like a camera that works.
func (p *preview) run(ctx context.Context) {
	for ctx.Err() == nil {
		if p.viewers.count() == 0 {
			select {
			case <-ctx.Done():
			case <-p.woken:
			}
			continue
		}
		if part, err := p.part(ctx); err != nil {
			p.viewers.hangUp()
		} else {
			p.viewers.publish(part)
		}
		select {
		case <-ctx.Done():
		case <-time.After(previewEvery):
		}
	}
}

// part is the next picture as one part of the stream, with the boundary that begins it.
func (p *preview) part(ctx context.Context) ([]byte, error) {
	if p.take == nil {
		return nil, errNoPreview
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	jpeg, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(jpeg)+128)
	b = fmt.Appendf(b, "--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", boundary, len(jpeg))
	b = append(b, jpeg...)
	return append(b, "\r\n"...), nil
}
