package uplink

import (
	"math/rand/v2"
	"slices"

	"vigie/capture"
	"vigie/capture/capturetest"
)

// What the benchmarks send: 4 Mb/s in 30 pictures a second, an IDR every two seconds.
const (
	filmRate = 4_000_000
	filmFPS  = 30
	filmGOP  = 60
)

// film is coded pictures of realistic sizes, without a picture in them: an IDR of six times the mean, and others that
// differ by half of theirs.
type film struct {
	units [][]byte
	n     int
	pool  capture.UnitPool
}

func newFilm() *film {
	const second = filmRate / 8
	const mean = second / filmFPS
	random := rand.New(rand.NewPCG(1, 2))
	f := &film{}
	left := second * filmGOP / filmFPS
	for i := range filmGOP {
		unit, size := []byte{0, 0, 0, 1, 0x41}, left/(filmGOP-i)
		if i == 0 {
			unit, size = slices.Concat([]byte{0, 0, 0, 1}, testSPS, []byte{0, 0, 0, 1}, testPPS, []byte{0, 0, 0, 1, 0x65}), 6*mean
		} else if i < filmGOP-1 {
			size += random.IntN(mean) - mean/2
		}
		left -= size
		for len(unit) < size {
			unit = append(unit, byte(1+random.IntN(255))) // no start code
		}
		f.units = append(f.units, unit)
	}
	return f
}

var (
	testSPS = []byte{0x67, 0x42, 0xe0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe4}
	testPPS = []byte{0x68, 0xce, 0x3c, 0x80}
)

// next is the next coded picture; an IDR begins the film again.
func (f *film) next(idr bool) []byte {
	if idr {
		f.n = 0
	}
	unit := f.units[f.n%filmGOP]
	f.n++
	return unit
}

// Name, Encode, SetBitrate and Close make film an encoder that has coded everything before.
func (f *film) Name() string { return "film" }

func (f *film) Encode(picture *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	u := f.pool.Get()
	data := f.next(idr)
	u.Data = append(u.Data, data...)
	u.PTS, u.IDR, u.Coded = picture.PTS, f.n == 1 || (f.n-1)%filmGOP == 0, capture.Now()
	return u, nil
}

func (f *film) SetBitrate(int) error { return nil }
func (f *film) Close() error         { return nil }

var _ capture.Encoder = (*film)(nil)

// testCamera is the test picture, small, at the film's rate: the pace of both senders.
func testCamera() *capturetest.Camera {
	return capturetest.NewCamera(capturetest.CameraOptions{Width: 160, Height: 90, FPS: filmFPS, Channel: "Benchmark"})
}
