//go:build bench

package bench

import (
	"context"
	"strconv"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/relay/relaytest"
)

// Each of these breaks the encoder in a show, once, and ten times in bench-full. The session stays up and what a viewer
// gets stays decodable; the picture is back by itself.

// hardwareShow is a box with the board's encoder that is live, and a viewer.
func hardwareShow(t *testing.T) (*box, *relaytest.Viewer, time.Duration) {
	t.Helper()
	b, begin := liveBox(t, hardware)
	v := watch(t)
	awaitMore(t, v, 30, 30)
	return b, v, begin
}

// ended holds what each of these shows ends with: one session, red that told the truth, and a stream that decodes. It
// returns the units that the viewer got.
func (b *box) ended(t *testing.T, v *relaytest.Viewer, begin time.Duration) []relaytest.Unit {
	t.Helper()
	b.oneSession()
	law1(t, b, begin, capture.Now())
	video, _ := v.Received()
	if pictures := decode(t, video.Units); pictures != len(video.Units) {
		t.Errorf("%d pictures are decoded of %d units", pictures, len(video.Units))
	}
	return video.Units
}

// TestHardwareStall has the encoder take pictures and give nothing: it is closed and opened again.
func TestHardwareStall(t *testing.T) {
	b, v, begin := hardwareShow(t)
	buffers := encoderMemory(t)
	for range repeat(1, 10) {
		from := received(v)
		breakEncoder(t, "stall", "1")
		awaitMore(t, v, 60, 60)
		video, _ := v.Received()
		gap := longestGap(video.Units[from-1:])
		t.Logf("no picture for %v", gap)
		if gap < time.Second || gap > 3*time.Second {
			t.Errorf("a stall of the encoder is a gap of %v, want the 1 s that it takes to be seen, and less than 3 s", gap)
		}
		if now := encoderMemory(t); now != buffers {
			t.Errorf("its buffers have %d bytes, %d before: was it closed, and opened once?", now, buffers)
		}
	}
	b.ended(t, v, begin)
}

// TestHardwareDamagedUnits has the encoder flag coded pictures as damaged, half of their bytes missing: none of them
// leaves the box, the next one that does is an IDR, and nothing is opened again.
func TestHardwareDamagedUnits(t *testing.T) {
	b, v, begin := hardwareShow(t)
	for i := range repeat(1, 10) {
		from := received(v)
		breakEncoder(t, "errors", strconv.Itoa(1+i%3))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		err := v.Wait(ctx, func(video, _ relaytest.Received) bool {
			return len(video.Units) > from && h264.IsIDR(video.Units[len(video.Units)-1].Data)
		})
		cancel()
		if err != nil {
			t.Fatalf("no IDR came after a damaged picture: %v", err)
		}
		awaitMore(t, v, 30, 30)
		video, _ := v.Received()
		if gap := longestGap(video.Units[from-1:]); gap > 300*time.Millisecond {
			t.Errorf("a damaged picture is a gap of %v", gap)
		}
	}
	b.ended(t, v, begin)
	if n := b.metric("vigie_encoder_units_total"); n < float64(received(v)) {
		t.Errorf("of %d units that a viewer got, the camera that runs now made %.0f: it was opened again", received(v), n)
	}
}

// TestHardwareLostTimestamps has the encoder forget which picture a unit is of: what viewers get keeps the camera's time.
func TestHardwareLostTimestamps(t *testing.T) {
	b, v, begin := hardwareShow(t)
	for range repeat(1, 10) {
		breakEncoder(t, "lose_timestamps", "1")
		awaitMore(t, v, 45, 45)
		breakEncoder(t, "lose_timestamps", "0")
		awaitMore(t, v, 15, 15)
	}
	const clock = 90_000 // RTP time of a picture, a second
	units := b.ended(t, v, begin)
	for i := 1; i < len(units); i++ {
		media := time.Duration(int32(units[i].TS-units[i-1].TS)) * time.Second / clock
		if media < 25*time.Millisecond || media > 150*time.Millisecond {
			t.Errorf("unit %d is %v after the one before it", i, media)
		}
	}
	first, last := units[0], units[len(units)-1]
	media, real := time.Duration(last.TS-first.TS)*time.Second/clock, last.Arrived.Sub(first.Arrived)
	if apart := (media - real).Abs(); apart > 100*time.Millisecond {
		t.Errorf("%v of pictures came in %v", media, real)
	}
}

// TestHardwareLittleMemory starts a box where not all the buffers that it wants can be had.
func TestHardwareLittleMemory(t *testing.T) {
	for _, limit := range []string{"4000000", "3000000", "1000000"} { // 512 KiB for a coded picture, 471 kB for a raw one
		for range repeat(1, 10) {
			t.Run(limit, func(t *testing.T) {
				breakEncoder(t, "memory_limit", limit)
				b, v, begin := hardwareShow(t)
				if used := encoderMemory(t); used == 0 {
					t.Error("the board's encoder is not in use")
				}
				b.ended(t, v, begin)
				b.Stop()
			})
		}
	}
}
