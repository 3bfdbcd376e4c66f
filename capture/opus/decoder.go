package opus

import (
	"fmt"

	"github.com/thesyncim/gopus"

	"vigie/capture"
)

// MaxPCM is the most values that one packet can hold: 120 ms of stereo.
const MaxPCM = capture.SampleRate * 120 / 1000 * capture.Channels

// Decoder is for those who measure what viewers hear. It is used by one goroutine.
type Decoder struct{ gopus *gopus.Decoder }

// NewDecoder makes a decoder for 48 kHz stereo, whatever the packets were made from.
func NewDecoder() (*Decoder, error) {
	g, err := gopus.NewDecoder(gopus.DefaultDecoderConfig(capture.SampleRate, capture.Channels))
	if err != nil {
		return nil, fmt.Errorf("opus: make a decoder: %w", err)
	}
	return &Decoder{gopus: g}, nil
}

// Decode writes the packet's sound to dst, which has room for MaxPCM values, and returns the part that it filled:
// interleaved stereo. An empty packet stands for one that was lost, and is concealed.
func (d *Decoder) Decode(dst []float32, packet []byte) ([]float32, error) {
	if len(packet) == 0 {
		packet = nil
	}
	n, err := d.gopus.Decode(packet, dst)
	if err != nil {
		return nil, fmt.Errorf("opus: decode a packet of %d bytes: %w", len(packet), err)
	}
	return dst[:n*capture.Channels], nil
}
