package alsa

import (
	"errors"
	"math"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// step waits for one run, at most 100 ms, and delivers it.
func (m *Microphone) step(f func(capture.PCM)) error {
	if ready, err := m.stream.Wait(100); err != nil || !ready {
		return err
	}
	sampled, err := m.sampled()
	if err != nil {
		return err
	}
	n, err := m.stream.Read(m.rawAny)
	if n > 0 {
		m.deliver(sampled, n, f)
	}
	if errors.Is(err, unix.EAGAIN) {
		return nil
	}
	return err
}

// sampled is when the next PCM frame to be read was sampled, by the card's account and the clock at that moment. If
// this process was put aside between the two, it asks again.
func (m *Microphone) sampled() (time.Duration, error) {
	const tries, quick = 3, 500 * time.Microsecond
	var best time.Duration
	least := time.Hour
	for range tries {
		before := m.now()
		delay, err := m.stream.Delay()
		if err != nil {
			return 0, err
		}
		took := m.now() - before
		if took < least {
			least = took
			best = before + took/2 - time.Duration(delay)*time.Second/time.Duration(m.rate)
		}
		if took < quick {
			break
		}
	}
	return best, nil
}

// deliver hands on the n PCM frames in raw, the first of which was sampled at sampled.
func (m *Microphone) deliver(sampled time.Duration, n int, f func(capture.PCM)) {
	pts, jumped := m.clock.stamp(sampled, n)
	if jumped {
		m.lost("the card stopped for a while")
	}
	data := m.format.stereo(m.run, m.raw[:n*m.format.bytes*m.channels], m.channels, m.mono)
	if m.resampler != nil {
		if jumped {
			m.resampler.reset()
		}
		var lead float64
		data, lead = m.resampler.process(m.out, data)
		pts += time.Duration(lead * m.clock.frame)
	}
	m.limiter.gain = math.Float32frombits(m.gain.Load())
	m.limiter.apply(data)
	if len(data) > 0 {
		f(capture.PCM{Data: data, PTS: pts})
	}
}
