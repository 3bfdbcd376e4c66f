//go:build bench

package alsa

import (
	"encoding/binary"
	"math"
	"sync"
	"sync/atomic"
	"testing"

	pcm "github.com/gen2brain/alsa"
)

// play sends a 1 kHz tone of half scale into the other side of the loopback card until the test ends, and returns how
// often it was too slow for that.
func play(t *testing.T, format pcm.PcmFormat, rate, channels int) (late *atomic.Int64) {
	t.Helper()
	card := loopbackCard(t)
	out, err := pcm.PcmOpen(uint(card), 1, pcm.PCM_OUT|pcm.PCM_NORESTART, &pcm.Config{
		Format: format, Rate: uint32(rate), Channels: uint32(channels), PeriodSize: uint32(rate / 50), PeriodCount: 25,
	})
	if err != nil {
		t.Fatal("open the player:", err)
	}
	var run []byte // 20 ms: 20 periods of the tone at any rate
	for at := range rate / 50 {
		v := 0.5 * math.Sin(2*math.Pi*1000*float64(at)/float64(rate))
		for range channels {
			run = appendSample(run, format, v)
		}
	}
	late = new(atomic.Int64)
	write := func() {
		if _, err := out.Write(run); err != nil {
			late.Add(1)
			_ = out.Prepare()
		}
	}
	if write(); late.Load() > 0 { // from then on the card has its parameters, for both sides
		t.Fatal("the player cannot play")
	}
	done := make(chan struct{})
	var playing sync.WaitGroup
	playing.Go(func() {
		for {
			write()
			select {
			case <-done:
				return
			default:
			}
		}
	})
	t.Cleanup(func() { close(done); playing.Wait(); out.Close() })
	return late
}

func appendSample(b []byte, format pcm.PcmFormat, v float64) []byte {
	switch format {
	case pcm.SNDRV_PCM_FORMAT_S16_LE:
		return binary.LittleEndian.AppendUint16(b, uint16(int16(v*(1<<15))))
	case pcm.SNDRV_PCM_FORMAT_S24_3LE:
		n := int32(v * (1 << 23))
		return append(b, byte(n), byte(n>>8), byte(n>>16))
	case pcm.SNDRV_PCM_FORMAT_S32_LE:
		return binary.LittleEndian.AppendUint32(b, uint32(int32(v*(1<<31))))
	case pcm.SNDRV_PCM_FORMAT_S24_LE:
		return binary.LittleEndian.AppendUint32(b, uint32(int32(v*(1<<23))))
	}
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
}

func loopbackCard(t *testing.T) int {
	t.Helper()
	all, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Driver == "Loopback" {
			return d.Card
		}
	}
	t.Fatalf("no loopback card; there is %s", list(all))
	return 0
}
