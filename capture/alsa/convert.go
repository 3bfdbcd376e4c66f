package alsa

import (
	"encoding/binary"
	"math"

	pcm "github.com/gen2brain/alsa"
)

// sampleFormat is how one value of a PCM frame lies in memory (include/uapi/sound/asound.h), and how it becomes a
// float32 at full scale ±1.
type sampleFormat struct {
	id    pcm.PcmFormat
	bytes int
	value func([]byte) float32 // reads its first bytes
}

// The formats that are understood, those of 16 bits first: that is more than any microphone's own noise needs.
var (
	s16 = sampleFormat{pcm.SNDRV_PCM_FORMAT_S16_LE, 2, func(b []byte) float32 {
		return float32(int16(binary.LittleEndian.Uint16(b))) / (1 << 15)
	}}
	s24packed = sampleFormat{pcm.SNDRV_PCM_FORMAT_S24_3LE, 3, func(b []byte) float32 {
		return float32(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
	}}
	s32 = sampleFormat{pcm.SNDRV_PCM_FORMAT_S32_LE, 4, func(b []byte) float32 {
		return float32(int32(binary.LittleEndian.Uint32(b))) / (1 << 31)
	}}
	// s24 has its 24 bits in the lower three bytes of four; the highest is undefined.
	s24 = sampleFormat{pcm.SNDRV_PCM_FORMAT_S24_LE, 4, func(b []byte) float32 {
		return float32(int32(binary.LittleEndian.Uint32(b)<<8)) / (1 << 31)
	}}
	float = sampleFormat{pcm.SNDRV_PCM_FORMAT_FLOAT_LE, 4, func(b []byte) float32 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(b))
		if v != v { // NaN would live on in every filter behind this
			return 0
		}
		return min(max(v, -1), 1)
	}}
)

// formats is the order in which a card's formats are tried. Gain raises the noise of 16 bits to where it can be heard:
// with gain, the wide ones come first.
func formats(gain bool) []sampleFormat {
	if gain {
		return []sampleFormat{s24packed, s32, s24, float, s16}
	}
	return []sampleFormat{s16, s24packed, s32, s24, float}
}

// stereo writes the PCM frames of src to dst as left, right: the first two channels, or the first one on both sides
// where there is only one or mono is asked for. It returns the values written.
func (f sampleFormat) stereo(dst []float32, src []byte, channels int, mono bool) []float32 {
	frames := len(src) / (f.bytes * channels)
	dst = dst[:2*frames]
	second := f.bytes
	if mono || channels == 1 {
		second = 0
	}
	for i := range frames {
		frame := src[i*f.bytes*channels:]
		dst[2*i], dst[2*i+1] = f.value(frame), f.value(frame[second:])
	}
	return dst
}
