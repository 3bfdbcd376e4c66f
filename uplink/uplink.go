package uplink

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
	"vigie/uplink/whip"
)

const (
	videoQueue = 30                     // access units: a second
	audioQueue = 50                     // packets of 20 ms: a second
	idrGap     = 500 * time.Millisecond // between two requests for an IDR
)

// Options says what to send and where. None of the functions may block; nil ones are not called.
type Options struct {
	Client       *whip.Client       // the first relay
	Backup       []*whip.Client     // the others, in the order in which they take over
	Begin        int                // which of all of them to try first; 0 is Client
	ICEServers   []webrtc.ICEServer // none: those that the relay names
	Interface    string             // that media leaves by; "" for any
	Video, Audio bool               // the tracks to offer; one of them at least

	MinBitrate, StartBitrate, MaxBitrate int // bits a second; Max is picture and sound together
	AudioBitrate                         int // what the sound takes of Max

	// RequestIDR asks the encoder for an IDR, at most every 500 ms. It is called by WriteVideo, by Run and by the
	// goroutines that read the relay's RTCP: by several at once, perhaps.
	RequestIDR func()
	// SetBitrate tells the encoder its share, in bits a second. It is called by Run.
	SetBitrate func(bps int)
	// Event is called by Run, with one event after the other.
	Event func(Event)
	Log   *slog.Logger // nil to be silent
}

// Uplink sends the media that is written to it. Run runs one show; between shows what is written is thrown away.
type Uplink struct {
	o     Options
	log   *slog.Logger
	retry chan struct{} // Retry was called

	network, reachable chan struct{} // the network changed; something came by which the relay may be reached

	mu      sync.Mutex
	session *session // that takes media; nil where none does
	video   queue[*capture.AccessUnit]
	audio   queue[*capture.AudioPacket]
	waitIDR bool     // access units are thrown away until an IDR
	epoch   uint64   // of the media in the queues: Flush begins a new one
	idr     throttle // of RequestIDR
	drops   Drops
	status  status

	// Of Run alone.
	endpoints []*endpoint
	at        int // the carrier

	probeEvery           time.Duration
	onBackup, firstReady atomic.Bool // the carrier is not the first; the first is ready again
}

var _ capture.Sink = (*Uplink)(nil)

// New returns an uplink that sends nothing until Run.
func New(o Options) *Uplink {
	u := &Uplink{
		o: o, log: o.Log,
		retry: make(chan struct{}, 1), network: make(chan struct{}, 1), reachable: make(chan struct{}, 1),
		probeEvery: probeEvery,
		video:      newQueue[*capture.AccessUnit](videoQueue), audio: newQueue[*capture.AudioPacket](audioQueue),
		idr: throttle{gap: idrGap},
	}
	if u.log == nil {
		u.log = slog.New(slog.DiscardHandler)
	}
	for _, c := range append([]*whip.Client{o.Client}, o.Backup...) {
		u.endpoints = append(u.endpoints, &endpoint{client: c})
	}
	u.at = min(max(o.Begin, 0), len(o.Backup))
	u.onBackup.Store(u.at != 0)
	return u
}

// WriteVideo queues an access unit, or drops and counts it. It does not block.
func (u *Uplink) WriteVideo(unit *capture.AccessUnit) {
	u.mu.Lock()
	ask := u.queueVideo(unit)
	if ask {
		u.idr.Ask()
	}
	u.mu.Unlock()
	if ask {
		u.requestIDR()
	}
}

// queueVideo tells whether an IDR is wanted.
func (u *Uplink) queueVideo(unit *capture.AccessUnit) (ask bool) {
	switch {
	case u.session == nil || !u.o.Video:
		u.drops.Offline++
		return false
	case u.waitIDR && !unit.IDR:
		u.drops.AwaitingIDR++
		return true
	case !u.video.push(unit):
		u.drops.Overflow += uint64(u.video.drain())
		if u.waitIDR = !unit.IDR; u.waitIDR {
			u.drops.Overflow++
			return true
		}
		u.video.push(unit)
	}
	if u.waitIDR = false; unit.IDR {
		u.idr.Served()
	}
	poke(u.session.ready)
	return false
}

// WriteAudio queues an Opus packet, or drops and counts it. It does not block.
func (u *Uplink) WriteAudio(p *capture.AudioPacket) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.session == nil || u.session.audio == nil:
		u.drops.Offline++
		return
	case !u.audio.push(p):
		u.drops.Overflow += uint64(u.audio.drain())
		u.audio.push(p)
	}
	poke(u.session.ready)
}

// Flush throws away the media that is queued, and what of it was sent is not sent again. When it returns nothing that
// was written before leaves the box: the cut. The picture goes on with the next IDR. It blocks as long as one packet
// takes to the socket, 100 ms at most: should the socket stand still, the packet that waits in it may leave.
func (u *Uplink) Flush() {
	u.mu.Lock()
	u.drops.Flushed += uint64(u.video.drain() + u.audio.drain())
	u.waitIDR = true
	u.epoch++
	s, epoch := u.session, u.epoch
	u.mu.Unlock()
	if s != nil {
		s.wire.flush(epoch)
	}
}

// Retry ends the wait before the next attempt, and a session through which nothing is confirmed although media leaves.
func (u *Uplink) Retry() {
	poke(u.retry)
}

// take hands over what s is to send next, sound before picture, with its epoch. Both are nil when nothing is queued,
// and when s is over: what is queued then is the next session's.
func (u *Uplink) take(s *session) (video *capture.AccessUnit, audio *capture.AudioPacket, epoch uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.session != s {
		return nil, nil, u.epoch
	}
	audio, ok := u.audio.pop()
	if !ok {
		video, _ = u.video.pop()
	}
	return video, audio, u.epoch
}

// open lets media into the queues, for s to send.
func (u *Uplink) open(s *session) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.session, u.waitIDR = s, true
}

// shut lets no media in any more, and throws away what is queued.
func (u *Uplink) shut() {
	u.mu.Lock()
	u.drops.Offline += uint64(u.video.drain() + u.audio.drain())
	u.status.past = u.session.books.add(u.status.past)
	u.status.pair, u.status.connected = "", false
	u.epoch++
	s, epoch := u.session, u.epoch
	u.session = nil
	u.mu.Unlock()
	s.wire.flush(epoch)
}

// setBitrate tells the encoder its target.
func (u *Uplink) setBitrate(bps int) {
	u.note(func(c *status) { c.target = bps })
	if u.o.SetBitrate != nil && u.o.Video {
		u.o.SetBitrate(bps)
	}
}

// askIDR asks for an IDR on behalf of the relay or a new session.
func (u *Uplink) askIDR() {
	u.mu.Lock()
	u.idr.Ask()
	u.mu.Unlock()
	u.requestIDR()
}

// requestIDR carries a request out if its time has come.
func (u *Uplink) requestIDR() {
	u.mu.Lock()
	due := u.idr.Due(capture.Now())
	if due {
		u.status.idrs++
	}
	u.mu.Unlock()
	if due && u.o.RequestIDR != nil {
		u.o.RequestIDR()
	}
}

// isOver tells whether s takes no media any more.
func (u *Uplink) isOver(s *session) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.session != s
}

// late counts a picture that refers to one that the pacer threw away, and asks for an IDR.
func (u *Uplink) late() {
	u.mu.Lock()
	u.drops.AwaitingIDR++
	u.idr.Ask()
	u.mu.Unlock()
	u.requestIDR()
}
