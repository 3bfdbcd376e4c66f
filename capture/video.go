package capture

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// VideoOptions are what a Video is made of.
type VideoOptions struct {
	// Open finds a camera and opens the way from it. What kept has open, its encoder, may go on in the new chain, and is
	// closed where it does not. The chain that it returns holds what is open also beside an error. It blocks.
	Open func(kept Chain, d Demand) (Chain, error)
	// Slate draws what viewers get instead of the camera: under a cut, or with lost, when the camera is gone. It has the
	// size of f, odd sides rounded down, and is called once for each size that is opened, and when Words change.
	Slate func(f VideoFormat, lost bool) *RawFrame
	// Words are what the slate says at this moment. It is asked for each picture of a slate: it is quick. Nil: they never change.
	Words func(lost bool) [3]string
	// Devices has a token when a device came or went. Nil: they are looked for twice a second.
	Devices <-chan struct{}
	// Found and Lost are called by Run: a camera is open; there is no picture, and why, each time that one was tried in vain.
	Found func(simulated bool)
	Lost  func(error)
	Now   func() time.Duration // of a slate without a camera; nil: capture.Now
	Log   *slog.Logger         // nil is silence
}

// Video is the picture: it keeps a camera and its encoder open for as long as there are such, and opens them again when
// they were lost. It looks at every picture, and encodes while a sink is attached: in Standby the camera runs (so that
// staff see what it sees, and the first picture of a show is 33 ms away), the encoder rests. A show whose camera vanishes
// goes on with a slate, in the same encoder.
//
// Run owns the devices; the other methods may be called from any goroutine.
type Video struct {
	o VideoOptions

	idr     atomic.Bool  // the next picture is to be an IDR
	bitrate atomic.Int64 // bits a second wanted; 0: as it is
	seeing  atomic.Bool  // a camera is open

	looking sync.Mutex // held by the one caller of Look
	look    atomic.Pointer[look]

	// Run's alone.
	demand   Demand
	chain    Chain        // that is open
	slates   [2]*RawFrame // of the cut, and of a lost camera, in the encoder's size
	words    [2][3]string // that they say
	governor governor
	barren   int           // chains in a row that delivered no picture
	count    int           // pictures since the chain was opened
	coded    int           // and units
	damage   Damage        // of the open camera, while somebody wants its pictures
	last     time.Duration // PTS of the last picture that was coded

	// Held while a unit is written, which makes SetCut and SetSink exact, and not while it is made: an encoder may hang.
	mu  sync.Mutex
	aim aim

	stats videoCounters
}

// NewVideo makes a Video at rest.
func NewVideo(o VideoOptions) *Video {
	if o.Now == nil {
		o.Now = Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Video{o: o}
}

// lookEvery is how often a camera is looked for that is not there. With Devices, which tells when one comes, it is for
// what gives no sign: a program that had the camera in use ends, an HDMI bridge has a signal again.
const (
	lookEvery  = 500 * time.Millisecond
	lookBeside = time.Second
)

// patience is how many times in a row a chain is opened again at once, by encoders that fail and by chains that deliver
// nothing; then it is tried as a lost camera is.
const patience = 4

// Run captures until ctx is done, and then closes everything. It never gives up.
func (v *Video) Run(ctx context.Context) {
	defer v.close()
	for ctx.Err() == nil {
		v.stats.rounds.Add(1)
		err := v.stream(ctx)
		again := (*againError)(nil)
		switch {
		case ctx.Err() != nil:
		case errors.As(err, &again) && max(v.demand.Failures, v.barren) < patience:
			v.o.Log.Warn("the picture begins anew: " + err.Error())
		default:
			if v.seeing.Swap(false) {
				v.idr.Store(true) // the slate is seen at once
			}
			v.o.Lost(err)
			v.standIn(ctx)
		}
	}
}

// stream opens a chain and runs it until it ends, and tells why: with againError where the camera is still there.
func (v *Video) stream(ctx context.Context) error {
	chain, err := v.o.Open(v.chain, v.demand)
	v.replace(chain)
	if err != nil {
		return err
	}
	v.demand.Last = nil
	v.count, v.coded, v.damage = 0, 0, Damage{}
	v.idr.Store(true)
	if !v.seeing.Swap(true) {
		v.o.Found(chain.Simulated)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err = chain.Camera.Stream(ctx, func(f *RawFrame) {
		if err := v.take(f); err != nil {
			cancel(err)
		}
	})
	err = failure(ctx, chain.Camera.Name(), err)
	if errors.Is(err, ErrChanged) || errors.Is(err, ErrUnsupported) { // another picture; memory that is not to be shared
		err = &againError{err}
	}
	v.ended(err)
	return err
}

// ended closes the camera, and an encoder that failed.
func (v *Video) ended(err error) {
	v.demand.Last = err
	if v.barren++; v.count > 0 {
		v.barren = 0
	}
	chain := v.chain
	chain.closeCamera() // first: its pictures may lie in the encoder's memory
	if failed := (*encoderError)(nil); errors.As(err, &failed) {
		v.stats.reopened.Add(1)
		v.demand.Failures++
		chain.close()
	}
	v.replace(chain)
}

// replace makes a chain the one that is open, and draws the slates of another size.
func (v *Video) replace(c Chain) {
	if c.Encoder != nil && c.Encoder != v.chain.Encoder {
		v.governor.begin(c)
	}
	v.chain = c
	if s := v.slates[0]; c.Encoder != nil && (s == nil || s.Width != c.Format.Width&^1 || s.Height != c.Format.Height&^1) {
		v.draw(0, v.say(0))
		v.draw(1, v.say(1))
	}
	v.stats.open(c)
}

func (v *Video) close() {
	chain := v.chain
	chain.close()
	v.replace(chain)
}

// againError is why a chain is opened again although its camera is there.
type againError struct{ error }

func (e *againError) Unwrap() error { return e.error }

// encoderError is an encoder's, which is to be closed and opened again.
type encoderError struct{ error }

func (e *encoderError) Unwrap() error { return e.error }
