//go:build peers

package opus

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4/pkg/media/oggwriter"

	"vigie/capture"
)

// Held to libopus: the same sound at the same bitrate and complexity, ours and opusenc's, both decoded by opusdec
// (Debian's opus-tools). Ours may be 1 dB worse, and use 3 % more bits.
func TestAsGoodAsLibopus(t *testing.T) {
	in := music(12)
	for i := range in {
		in[i] = float32(math.Round(float64(in[i])*32767) / 32768) // what a WAV file of 16 bits holds
	}
	for _, rate := range []struct {
		bps  int
		name string
	}{{64000, "64"}, {96000, "96"}, {128000, "128"}} {
		t.Run(rate.name+" kb/s", func(t *testing.T) {
			dir := t.TempDir()
			theirs, theirFile := filepath.Join(dir, "theirs.opus"), filepath.Join(dir, "in.wav")
			writeWAV(t, theirFile, in)
			run(t, "opusenc", "--quiet", "--cvbr", "--bitrate", rate.name, "--comp", "5", "--framesize", "20",
				"--discard-comments", "--padding", "0", theirFile, theirs)
			packets := encode(t, rate.bps, in)
			ours := filepath.Join(dir, "ours.opus")
			writeOgg(t, ours, packets)

			// pion's file tells the decoder to skip 3840 PCM frames, and we are behind by less.
			const skipped = 3840 - lookahead
			our := measure(in[2*skipped:], opusdec(t, dir, ours))
			their := measure(in[2*skipped:], opusdec(t, dir, theirs)[2*skipped:])
			size, err := os.Stat(theirs)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("SNR and spectral distance in dB: ours %.2f, libopus %.2f; %d and %d kB",
				our, their, bytesOf(packets)/1000, size.Size()/1000)
			if our.segmental < their.segmental-1 || our.spectral > their.spectral+1 {
				t.Error("worse than libopus by more than 1 dB")
			}
			if n := float64(bytesOf(packets)); n > 1.03*float64(size.Size()) {
				t.Error("that took more bits")
			}
		})
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s (apt-get install opus-tools): %v\n%s", name, err, out)
	}
}

func writeWAV(t *testing.T, path string, data []float32) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("RIFF")
	little := func(values ...any) {
		for _, v := range values {
			binary.Write(&b, binary.LittleEndian, v)
		}
	}
	const format, bits, rate = 1, 16, capture.SampleRate
	little(uint32(36 + 2*len(data)))
	b.WriteString("WAVEfmt ")
	little(uint32(16), uint16(format), uint16(2), uint32(rate), uint32(rate*4), uint16(4), uint16(bits))
	b.WriteString("data")
	little(uint32(2 * len(data)))
	for _, v := range data {
		little(int16(v * 32768))
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func writeOgg(t *testing.T, path string, packets [][]byte) {
	t.Helper()
	w, err := oggwriter.New(path, capture.SampleRate, capture.Channels)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		header := rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * frameSize)}
		if err := w.WriteRTP(&rtp.Packet{Header: header, Payload: p}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func opusdec(t *testing.T, dir, path string) []float32 {
	t.Helper()
	out := filepath.Join(dir, "out.f32")
	run(t, "opusdec", "--quiet", "--float", "--rate", "48000", "--no-dither", path, out+".wav")
	b, err := os.ReadFile(out + ".wav")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte("data"))
	if at < 0 {
		t.Fatal("opusdec wrote no WAV file")
	}
	data := make([]float32, (len(b)-at-8)/4)
	for i := range data {
		data[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[at+8+4*i:]))
	}
	return data
}
