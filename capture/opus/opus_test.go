package opus

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"vigie/capture"
)

const lookahead = 312 // PCM frames that what is decoded is behind, at 48 kHz

func decode(t *testing.T, packets [][]byte) (data []float32) {
	t.Helper()
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]float32, MaxPCM)
	for i, p := range packets {
		run, err := d.Decode(dst, p)
		if err != nil || len(run) != 2*frameSize {
			t.Fatalf("packet %d: %d values, %v", i, len(run), err)
		}
		data = append(data, run...)
	}
	return data
}

// signalToNoise compares interleaved stereo with what was put in, which it is behind; in dB.
func signalToNoise(in, out []float32, behind int) float64 {
	var signal, noise float64
	for i := 0; i < len(in) && i+2*behind < len(out); i++ {
		d := float64(out[i+2*behind] - in[i])
		signal, noise = signal+float64(in[i])*float64(in[i]), noise+d*d
	}
	return 10 * math.Log10(signal/noise)
}

func sines(seconds float64, amplitude float64, hz ...float64) []float32 {
	data := make([]float32, 2*int(seconds*capture.SampleRate))
	for i := range data {
		for _, f := range hz {
			data[i] += float32(amplitude * math.Sin(2*math.Pi*f*float64(i/2)/capture.SampleRate+float64(i%2)))
		}
	}
	return data
}

func TestRoundTrip(t *testing.T) {
	for name, c := range map[string]struct {
		in      []float32
		minimum float64 // dB
	}{
		"1 kHz": {sines(2, 0.5, 1000), 30},
		"chord": {sines(2, 0.15, 261.6, 329.6, 392, 523.3), 20},
	} {
		t.Run(name, func(t *testing.T) {
			out := decode(t, encode(t, 96000, c.in))
			snr := signalToNoise(c.in[9600:], out[9600:], lookahead)
			t.Logf("SNR %.1f dB", snr)
			if snr < c.minimum {
				t.Errorf("SNR is %.1f dB, want %.0f", snr, c.minimum)
			}
			checkSeams(t, c.in, out)
		})
	}
}

// checkSeams looks for clicks: what was added must not be louder around the seams of packets than within them.
func checkSeams(t *testing.T, in, out []float32) {
	t.Helper()
	var seams, within [2]float64 // power, count
	for i := 20 * frameSize; i/2+lookahead < len(out)/2-frameSize && i < len(in); i++ {
		d := float64(out[i+2*lookahead] - in[i])
		where := &within
		if at := (i/2 + lookahead) % frameSize; at < 16 || at >= frameSize-16 {
			where = &seams
		}
		where[0], where[1] = where[0]+d*d, where[1]+1
	}
	if db := 10 * math.Log10(seams[0]/seams[1]/(within[0]/within[1])); db > 3 {
		t.Errorf("noise at the seams of packets is %.1f dB above the rest", db)
	}
}

func TestBitrate(t *testing.T) {
	in := music(3)
	for _, want := range []int{32000, 96000, 160000} {
		got := bytesOf(encode(t, want, in)) * 8 / 3
		if math.Abs(float64(got)/float64(want)-1) > 0.15 {
			t.Errorf("%d b/s were asked for, %d made", want, got)
		}
	}
	for _, bad := range []int{0, 5999, 510001} {
		if _, err := New(Options{Bitrate: bad}); err == nil || !strings.Contains(err.Error(), "6000") {
			t.Errorf("%d b/s: %v", bad, err)
		}
	}
}

func TestSetBitrate(t *testing.T) {
	e, err := New(Options{Bitrate: 96000})
	if err != nil {
		t.Fatal(err)
	}
	in := music(2)
	var sizes [2]int
	for at := 0; at < len(in); at += 2 * frameSize {
		half := at * 2 / len(in)
		if half == 1 {
			if err := e.SetBitrate(32000); err != nil {
				t.Fatal(err)
			}
		}
		p, err := e.Encode(nil, in[at:at+2*frameSize])
		if err != nil {
			t.Fatal(err)
		}
		sizes[half] += len(p)
	}
	if sizes[1]*2 > sizes[0] {
		t.Errorf("a third of the bitrate makes %d bytes out of %d", sizes[1], sizes[0])
	}
}

func TestSilenceIsSent(t *testing.T) {
	for i, p := range encode(t, 96000, make([]float32, 2*frameSize*100)) {
		if len(p) == 0 {
			t.Fatalf("packet %d is empty", i)
		}
	}
}

func TestEncodeAppends(t *testing.T) {
	e, err := New(Options{Bitrate: 96000})
	if err != nil {
		t.Fatal(err)
	}
	tone := sines(0.02, 0.5, 1000)
	want := append([]byte("before"), encode(t, 96000, tone)[0]...)
	if got, err := e.Encode([]byte("before"), tone); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if got, err := e.Encode([]byte("before"), make([]float32, 100)); err == nil || string(got) != "before" {
		t.Errorf("a run of 50 PCM frames: %q, %v", got, err)
	}
}

func TestDoesNotAllocate(t *testing.T) {
	e, err := New(Options{Bitrate: 96000})
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	in, packet, out := music(2), make([]byte, 0, maxPacket), make([]float32, MaxPCM)
	at := 0
	step := func() {
		p, err := e.Encode(packet, in[at:at+2*frameSize])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Decode(out, p); err != nil {
			t.Fatal(err)
		}
		at = (at + 2*frameSize) % len(in)
	}
	for range 200 {
		step() // buffers inside grow to their size
	}
	if n := testing.AllocsPerRun(200, step); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func TestDecodeConceals(t *testing.T) {
	packets := encode(t, 96000, sines(1, 0.5, 1000))
	packets[25] = nil
	decode(t, packets)
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decode(make([]float32, MaxPCM), []byte{0xff, 0xff, 0xff}); err == nil {
		t.Error("garbage was decoded")
	}
}

func BenchmarkEncode(b *testing.B) {
	e, err := New(Options{Bitrate: 96000})
	if err != nil {
		b.Fatal(err)
	}
	in, packet, at := music(2), make([]byte, 0, maxPacket), 0
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Encode(packet, in[at:at+2*frameSize]); err != nil {
			b.Fatal(err)
		}
		at = (at + 2*frameSize) % len(in)
	}
}
