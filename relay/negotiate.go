package relay

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/pion/webrtc/v4"
)

var (
	errTaken = httpError{http.StatusConflict, "another box publishes to this channel", int(freshMedia / time.Second)}
	errFull  = httpError{http.StatusServiceUnavailable, "there are as many viewers as this relay serves", 30}
	errBusy  = httpError{http.StatusServiceUnavailable, "too many viewers are connecting at once", 2}
	errQuit  = httpError{http.StatusServiceUnavailable, "the relay stops", 5}
)

// publish opens a publisher's session. A session of the same box is replaced at once: the box knows best that its old
// one is dead. Another's is replaced only when no media came from it for freshMedia.
func (r *Relay) publish(ctx context.Context, o offer, box string) (*session, string, error) {
	r.mu.Lock()
	taken := r.taken(box)
	r.mu.Unlock()
	if taken {
		return nil, "", errTaken // before the work, and again after it
	}
	s, err := r.openSession(publishing)
	if err != nil {
		return nil, "", err
	}
	p := newPublisher(r, s, box)
	answer, err := r.settle(ctx, s, o)
	if err == nil {
		err = r.install(p)
	}
	if err != nil {
		s.close()
		return nil, "", err
	}
	s.log.Info("publisher accepted", "box", box)
	return s, answer, nil
}

// taken tells whether someone else publishes. The mutex is held.
func (r *Relay) taken(box string) bool {
	p := r.publisher
	return p != nil && (box == "" || p.box != box) && r.clock()-time.Duration(p.media.Load()) < freshMedia
}

func (r *Relay) install(p *publisher) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.ctx.Err() != nil:
		return errQuit
	case r.taken(p.box):
		return errTaken
	case r.publisher != nil:
		delete(r.sessions, r.publisher.id)
		r.publisher.end(errReplaced)
	}
	p.epoch.Store(r.feed.begin())
	p.media.Store(int64(r.clock()))
	r.publisher, r.stage = p, stage{}
	r.keep(p.session, p.sendPLIs, func() { r.unpublish(p) })
	return nil
}

// watch opens a viewer's session, whether or not anyone publishes.
func (r *Relay) watch(ctx context.Context, o offer) (*session, string, error) {
	if err := r.reserve(); err != nil {
		return nil, "", err
	}
	defer r.release()
	s, err := r.openSession(watching)
	if err != nil {
		return nil, "", err
	}
	v, err := newViewer(r, s, o.kinds)
	var answer string
	if err == nil {
		answer, err = r.settle(ctx, s, o)
	}
	if err == nil {
		r.mu.Lock()
		if r.ctx.Err() == nil {
			v.began = r.clock()
			r.viewers[v] = struct{}{}
			r.keep(s, v.forward, func() { r.leave(v) })
		} else {
			err = errQuit
		}
		r.mu.Unlock()
	}
	if err != nil {
		s.close()
		return nil, "", err
	}
	return s, answer, nil
}

// reserve holds a place among the half-open sessions, until release. Publishers need none: they have a token, and a
// flood of viewers must not keep them out.
func (r *Relay) reserve() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	halfOpen := r.opening
	var oldest *viewer
	for v := range r.viewers {
		if v.isUp.Load() {
			continue
		}
		halfOpen++
		if oldest == nil || v.began < oldest.began {
			oldest = v
		}
	}
	switch {
	case len(r.viewers)+r.opening >= maxViewers:
		return errFull
	case halfOpen < maxHalfOpen:
	case oldest == nil || r.clock()-oldest.began < giveWay:
		return errBusy
	default: // viewers behind a firewall that lets no media through must not keep all others out
		oldest.end(errGaveWay)
		delete(r.sessions, oldest.id)
		oldest.forget()
	}
	r.opening++
	return nil
}

func (r *Relay) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opening--
}

func (r *Relay) openSession(as role) (*session, error) {
	pc, err := r.apis[as].NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	r.stats.sessions.Add(1)
	return newSession(r.ctx, as, pc, r.log), nil
}

func (r *Relay) settle(ctx context.Context, s *session, o offer) (string, error) {
	answer, err := s.answer(ctx, o.sdp)
	switch {
	case errors.Is(err, context.Canceled):
		return "", httpError{status: http.StatusServiceUnavailable, text: "the request ended"}
	case err != nil:
		return "", httpError{status: http.StatusBadRequest, text: err.Error()}
	}
	s.ufrag = o.ufrag
	return announce(answer, r.opts.PublicAddresses, r.sockets.port), nil
}

// keep registers a session and owns it until it has ended. The mutex is held.
func (r *Relay) keep(s *session, run, forget func()) {
	r.sessions[s.id] = s
	s.forget = forget
	r.wg.Go(func() {
		s.live(run)
		r.remove(s)
	})
}

// remove forgets a session: nothing finds it any more. A second call does nothing.
func (r *Relay) remove(s *session) {
	r.mu.Lock()
	delete(r.sessions, s.id)
	s.forget()
	r.mu.Unlock()
	r.tendNow()
}

// unpublish and leave are called with the mutex held, perhaps twice.
func (r *Relay) unpublish(p *publisher) {
	if r.publisher != p {
		return
	}
	r.publisher = nil
	if !p.seen.Load() {
		return
	}
	// A box whose network failed ends its old session before it opens another: the show is not over then.
	now := r.clock()
	if errors.Is(context.Cause(p.ctx), errDeleted) && now-time.Duration(p.media.Load()) < freshMedia {
		r.stage.ended = true
	} else {
		r.stage.lost = now
	}
}

func (r *Relay) leave(v *viewer) { delete(r.viewers, v) }
