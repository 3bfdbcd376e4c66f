// Package opus turns 48 kHz stereo into Opus packets (RFC 6716) of 20 ms each, and back.
//
// The coder is thesyncim/gopus: pure Go, so that the program builds for every board without a C library. It is young,
// so a test (build tag peers) holds it to libopus: the same sound, coded by both at the same bitrate and complexity,
// is decoded by libopus and compared with what it was.
//
// What a decoder gives is 6.5 ms behind what was put in: the encoder looks ahead by that. Delay tells it to who stamps
// the packets.
package opus

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/thesyncim/gopus"

	"vigie/capture"
)

const (
	// frameSize is the PCM frames in a packet: 20 ms.
	frameSize = capture.SampleRate / 50
	// maxPacket is the most bytes that one Opus frame takes: RFC 6716, 3.2.1, and the byte that says what it is.
	maxPacket = 1275 + 1
	// complexity is of 10. A board's slow core does 5 in 1 to 2 % of its time, and libopus' gain above is small.
	complexity = 5
	// expectedLoss, in percent, makes the encoder spend a little on packets that decode well behind a lost one. Venues'
	// networks lose packets.
	expectedLoss = 1

	minBitrate, maxBitrate = 6000, 510000 // RFC 6716, 2.1.1
)

// Options say how to encode.
type Options struct {
	Bitrate int // bits a second, 6000 to 510000
}

// Encoder is an encoder for music and speech alike: constrained VBR, so that no packet is much larger than the rest and
// the network's estimate holds, and without DTX: silence is sent too, so that there are always packets by which to see that sound leaves.
type Encoder struct{ gopus *gopus.Encoder }

var _ capture.AudioEncoder = (*Encoder)(nil)

// New makes an encoder with no sound in it yet.
func New(o Options) (*Encoder, error) {
	g, err := gopus.NewEncoder(gopus.EncoderConfig{
		SampleRate: capture.SampleRate, Channels: capture.Channels, Application: gopus.ApplicationAudio,
	})
	if err != nil {
		return nil, fmt.Errorf("opus: make an encoder: %w", err)
	}
	g.SetVBR(true)
	g.SetVBRConstraint(true)
	e := &Encoder{gopus: g}
	err = errors.Join(
		e.SetBitrate(o.Bitrate),
		g.SetComplexity(complexity),
		g.SetPacketLoss(expectedLoss),
		// FEC exists in the speech modes alone, which are used at low bitrates: there it helps, and music is left alone.
		g.SetInBandFEC(gopus.InBandFECMusicSafe),
	)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Delay is the encoder's look-ahead.
func (e *Encoder) Delay() time.Duration {
	return time.Duration(e.gopus.Lookahead()) * time.Second / capture.SampleRate
}

// SetBitrate changes the target, in bits a second, from the next packet on.
func (e *Encoder) SetBitrate(bps int) error {
	if bps < minBitrate || bps > maxBitrate {
		return fmt.Errorf("opus: a bitrate of %d b/s: want %d to %d", bps, minBitrate, maxBitrate)
	}
	if err := e.gopus.SetBitrate(bps); err != nil {
		return fmt.Errorf("opus: set the bitrate to %d b/s: %w", bps, err)
	}
	return nil
}

// Encode appends one packet to dst (see capture.AudioEncoder). It allocates only where dst has less than 1276 bytes to
// spare.
func (e *Encoder) Encode(dst []byte, pcm []float32) ([]byte, error) {
	if len(pcm) != frameSize*capture.Channels {
		return dst, fmt.Errorf("opus: encode %d values: want %d, 20 ms of stereo", len(pcm), frameSize*capture.Channels)
	}
	dst = slices.Grow(dst, maxPacket)
	n, err := e.gopus.Encode(pcm, dst[len(dst):len(dst)+maxPacket])
	if err != nil {
		return dst, fmt.Errorf("opus: encode: %w", err)
	}
	return dst[:len(dst)+n], nil
}

// Close has nothing to give back.
func (e *Encoder) Close() error { return nil }
