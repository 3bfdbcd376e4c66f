// Package alsa delivers the sound of a microphone: whatever the sound card speaks comes out as 48 kHz interleaved
// stereo float32 with the media time of its first PCM frame.
//
// It speaks to the kernel directly (/dev/snd, through gen2brain/alsa, which needs no C): no alsa-lib, no plugins, no
// sound server in between, so what is negotiated is what the hardware does.
//
//	PCM of the card -> convert (two sides, float32) -> resampler (if not 48 kHz) -> gain, limiter -> capture.PCM
//	      \-> delay + CLOCK_MONOTONIC -> sampleClock -> PTS
//
// # Time
//
// A PTS is when the first PCM frame of the run was sampled, CLOCK_MONOTONIC. The kernel's own stamp
// (SNDRV_PCM_TSTAMP_TYPE_MONOTONIC) is not what this is made of: the library reads it from a page that the kernel
// writes at the same moment, without the stream's lock, so that stamp and position can be of two different periods,
// and on 32-bit ARM it is a 32-bit time. SNDRV_PCM_IOCTL_DELAY takes the stream's lock and updates the position; the
// clock read just before and just after it tells when. So: sampled = now - delay / rate.
//
// That is late by as much as the card reports its position late (a USB packet, 1 to 8 ms, or a timer tick), and jitters
// by it. sampleClock turns these observations into a clock that advances with the card's crystal: see there. PTS jumps
// at one occasion alone, when sound was lost.
//
// # Silence
//
// A microphone that delivers zeros is not an error, and neither is one that delivers nothing for a while: Stream keeps
// waiting, and looks at its context at least every 100 ms.
package alsa
