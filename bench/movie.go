//go:build bench

package bench

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"time"

	"vigie/capture"
	"vigie/capture/openh264"
)

// movie is a second of pictures that is shown again and again, each made when it is first shown. One of H.264 begins
// with its only IDR picture.
type movie struct {
	shown
	tables   bool // Huffman tables are in the JPEGs
	encoder  *openh264.Encoder
	pictures [][]byte
}

// picture returns the n-th one since the movie began, as the camera's format has it.
func (m *movie) picture(n int) ([]byte, error) {
	n %= m.fps
	if n < len(m.pictures) {
		return m.pictures[n], nil
	}
	p, err := m.make(n)
	if err == nil {
		m.pictures = append(m.pictures, p)
	}
	return p, err
}

func (m *movie) make(n int) ([]byte, error) {
	img := m.draw(n)
	switch m.fourCC {
	case capture.MJPEG:
		return m.jpeg(img)
	case capture.YUYV:
		return packed(img), nil
	case "H264":
		return m.h264(n, img)
	}
	return nil, fmt.Errorf("there are no pictures of %q", m.fourCC)
}

// The luma of the bar, and the most that the ground has.
const (
	barLuma    = 220
	groundLuma = 150
)

// draw is the n-th picture: a ground that is brighter further down, and a bar an eighth as wide as the picture that
// crosses it in a second.
func (m *movie) draw(n int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, m.width, m.height), image.YCbCrSubsampleRatio420)
	left := m.width * n / m.fps
	for y := range m.height {
		row := img.Y[y*img.YStride:][:m.width]
		for x := range row {
			row[x] = byte(40 + (groundLuma-40)*y/m.height)
			if x >= left && x < left+m.width/8 {
				row[x] = barLuma
			}
		}
	}
	for i := range img.Cb {
		x, y := i%img.CStride, i/img.CStride
		img.Cb[i], img.Cr[i] = byte(80+96*x/img.CStride), byte(176-96*2*y/m.height)
	}
	return img
}

func (m *movie) jpeg(img *image.YCbCr) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil || m.tables {
		return b.Bytes(), err
	}
	return withoutTables(b.Bytes()), nil
}

// withoutTables leaves the Huffman tables out of a JPEG, which are those that everybody knows (T.81, K.3).
func withoutTables(data []byte) []byte {
	const sos, dht = 0xda, 0xc4
	bare := bytes.Clone(data[:2])
	for at := 2; ; {
		marker, length := data[at+1], 2+int(data[at+2])<<8+int(data[at+3])
		if marker == sos {
			return append(bare, data[at:]...)
		}
		if marker != dht {
			bare = append(bare, data[at:at+length]...)
		}
		at += length
	}
}

func packed(img *image.YCbCr) []byte {
	out := make([]byte, 0, 2*len(img.Y))
	for i := 0; i < len(img.Y); i += 2 {
		x, y := i%img.YStride, i/img.YStride
		c := y/2*img.CStride + x/2
		out = append(out, img.Y[i], img.Cb[c], img.Y[i+1], img.Cr[c])
	}
	return out
}

func (m *movie) h264(n int, img *image.YCbCr) ([]byte, error) {
	f := &capture.RawFrame{
		VideoFormat: capture.VideoFormat{FourCC: capture.YU12, Width: m.width, Height: m.height, Stride: img.YStride, FPS: float64(m.fps)},
		Data:        bytes.Join([][]byte{img.Y, img.Cb, img.Cr}, nil),
		PTS:         time.Duration(n) * time.Second / time.Duration(m.fps),
	}
	if m.encoder == nil {
		e, err := openh264.New(openh264.Options{Format: f.VideoFormat, Bitrate: 4 * m.width * m.height})
		if err != nil {
			return nil, err
		}
		m.encoder = e
	}
	u, err := m.encoder.Encode(f, n == 0)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, errors.New("OpenH264 skipped a picture of the webcam's")
	}
	defer u.Release()
	return bytes.Clone(u.Data), nil
}

func (m *movie) close() {
	if m.encoder != nil {
		_ = m.encoder.Close()
	}
}
