//go:build peers

package opus

import (
	"math"
	"math/cmplx"

	"vigie/capture"
)

// quality is how far sound is from the original, in dB.
type quality struct {
	segmental float64 // SNR of 20 ms each, on average: more is better
	spectral  float64 // difference of the bands' energies, on average: less is better
}

func measure(in, out []float32) quality {
	const size = 1024
	var q quality
	n := min(len(in), len(out))/2 - size
	segments, spectra := 0, 0
	for at := 0; at < n; at += frameSize {
		a, b := in[2*at:2*(at+size)], out[2*at:2*(at+size)]
		q.segmental += min(max(signalToNoise(a, b, 0), -10), 35)
		segments++
		for side := range 2 {
			q.spectral += spectralDistance(a, b, side)
			spectra++
		}
	}
	q.segmental /= float64(segments)
	q.spectral /= float64(spectra)
	return q
}

// spectralDistance is the RMS difference, in dB, of the energies in bands of a third of an octave, of those within
// 60 dB of the loudest.
func spectralDistance(a, b []float32, side int) float64 {
	ea, eb := bands(a, side), bands(b, side)
	loudest := 0.0
	for _, e := range ea {
		loudest = max(loudest, e)
	}
	sum, n := 0.0, 0
	for i := range ea {
		if ea[i] > loudest*1e-6 {
			d := 10 * math.Log10((eb[i]+1e-12)/(ea[i]+1e-12))
			sum, n = sum+d*d, n+1
		}
	}
	return math.Sqrt(sum / float64(max(n, 1)))
}

func bands(data []float32, side int) (energy []float64) {
	x := make([]complex128, len(data)/2)
	for i := range x {
		window := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(x)))
		x[i] = complex(float64(data[2*i+side])*window, 0)
	}
	spectrum := fourier(x)
	perBin := float64(capture.SampleRate) / float64(len(x))
	for low := 100.0; low < 16000; low *= math.Cbrt(2) {
		e := 0.0
		for k := int(low / perBin); k <= int(low*math.Cbrt(2)/perBin); k++ {
			e += real(spectrum[k])*real(spectrum[k]) + imag(spectrum[k])*imag(spectrum[k])
		}
		energy = append(energy, e)
	}
	return energy
}

// fourier is the discrete Fourier transform of a power of two of values.
func fourier(x []complex128) []complex128 {
	n := len(x)
	if n == 1 {
		return x
	}
	even, odd := make([]complex128, n/2), make([]complex128, n/2)
	for i := range even {
		even[i], odd[i] = x[2*i], x[2*i+1]
	}
	even, odd = fourier(even), fourier(odd)
	out := make([]complex128, n)
	for k := range even {
		turned := cmplx.Rect(1, -2*math.Pi*float64(k)/float64(n)) * odd[k]
		out[k], out[k+n/2] = even[k]+turned, even[k]-turned
	}
	return out
}
