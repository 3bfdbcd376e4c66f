package capture

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	packetFrames   = SampleRate / 50 // PCM frames in a packet: 20 ms
	packetDuration = time.Second / 50
	// A step in PTS beyond this is a gap (an xrun, a replug): what is left of the packet before it is thrown away
	// rather than joined to sound of another time.
	packetGap = 5 * time.Millisecond
)

// Audio is a microphone and its encoder. It measures the level of all it hears, and encodes while a sink is attached.
//
// Run owns the microphone; the other methods may be called from any goroutine.
type Audio struct {
	microphone Microphone
	encoder    AudioEncoder
	packets    PacketPool

	block  []float32     // what was collected for the next packet
	start  time.Duration // PTS of the block
	next   time.Duration // PTS that the sound after the last one heard should have
	silent []float32

	mu   sync.Mutex // held while a packet is encoded and written: what makes SetCut and SetSink exact
	sink Sink
	cut  bool

	meter meter
	stats audioCounters
}

// NewAudio joins a microphone and an encoder, and owns both from now on.
func NewAudio(microphone Microphone, encoder AudioEncoder) *Audio {
	return &Audio{
		microphone: microphone, encoder: encoder,
		block:  make([]float32, 0, packetFrames*Channels),
		silent: make([]float32, packetFrames*Channels),
	}
}

// Run records until ctx is done (it then returns nil) or the microphone or the encoder fails, and closes both.
func (a *Audio) Run(ctx context.Context) error {
	defer a.microphone.Close()
	defer a.encoder.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := a.microphone.Stream(ctx, func(p PCM) {
		if err := a.take(p); err != nil {
			cancel(err)
		}
	})
	return failure(ctx, a.microphone.Name(), err)
}

// failure is why a device's stream ended that returned err, which names the device: nil where the owner's ctx was done,
// else what its function met, which does not.
func failure(ctx context.Context, device string, err error) error {
	cause := context.Cause(ctx)
	if err != nil || cause == nil || cause == context.Canceled || cause == context.DeadlineExceeded {
		return err
	}
	return fmt.Errorf("%s: %w", device, cause)
}

// take cuts sound of any length into packets.
func (a *Audio) take(p PCM) error {
	a.stats.busy.Store(true)
	defer a.stats.busy.Store(false)
	a.stats.runs.Add(1)
	a.meter.hear(p.Data)
	if gap := p.PTS - a.next; a.next != 0 && (gap > packetGap || gap < -packetGap) {
		a.stats.gaps.Add(1)
		a.block = a.block[:0]
	}
	a.next = p.PTS + frames(len(p.Data)/Channels)
	for at, rest := p.PTS, p.Data; len(rest) > 0; {
		if len(a.block) == 0 {
			a.start = at
		}
		n := min(len(rest), cap(a.block)-len(a.block))
		a.block = append(a.block, rest[:n]...)
		rest, at = rest[n:], at+frames(n/Channels)
		if len(a.block) < cap(a.block) {
			return nil
		}
		err := a.write()
		if a.block = a.block[:0]; err != nil {
			return err
		}
	}
	return nil
}

// frames is how long n PCM frames last.
func frames(n int) time.Duration { return time.Duration(n) * time.Second / SampleRate }

// write encodes the block and hands it on.
func (a *Audio) write() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sink == nil {
		return nil
	}
	pcm := a.block
	if a.cut {
		pcm = a.silent
	}
	k := a.packets.Get()
	defer k.Release()
	var err error
	if k.Data, err = a.encoder.Encode(k.Data, pcm); err != nil {
		return fmt.Errorf("opus: %w", err)
	}
	k.PTS, k.Duration, k.Filler = a.start-a.encoder.Delay(), packetDuration, a.cut
	a.stats.packets.Add(1)
	a.stats.bytes.Add(uint64(len(k.Data)))
	a.sink.WriteAudio(k)
	return nil
}

// SetSink attaches where packets go, or detaches it with nil: nothing is written to the old sink after SetSink has
// returned. It waits for the packet that is being encoded.
func (a *Audio) SetSink(s Sink) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sink = s
}

// SetCut puts silence in the microphone's place, or takes it away. When it has returned, no sound of the microphone
// is written any more. It waits for the packet that is being encoded.
func (a *Audio) SetCut(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cut = on
}
