package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"vigie/capture"
)

func TestPreview(t *testing.T) {
	f := jpegFrame(t, colours(1280, 720))
	var c Converter
	var b bytes.Buffer
	if err := c.Preview(&b, f, 320); err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, 320, 180) {
		t.Fatalf("size %v", img.Bounds())
	}
	// Full range again: white is white.
	near(t, img.(*image.YCbCr), 40, 40, color.YCbCr{Y: 255, Cb: 128, Cr: 128})
	near(t, img.(*image.YCbCr), 280, 150, color.YCbCr{Y: 29, Cb: 255, Cr: 107})
}

func TestPreviewNeverEnlarges(t *testing.T) {
	for _, size := range []image.Point{{64, 48}, {63, 47}, {2, 400}, {400, 2}} {
		var c Converter
		var b bytes.Buffer
		if err := c.Preview(&b, rawFrame(capture.YUYV, size.X, size.Y, 0), 320); err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		config, err := jpeg.DecodeConfig(&b)
		if err != nil || config.Width > size.X || config.Height > size.Y {
			t.Errorf("%v: got %d×%d, %v", size, config.Width, config.Height, err)
		}
	}
	var c Converter
	if err := c.Preview(new(bytes.Buffer), rawFrame(capture.YUYV, 1, 1, 0), 320); err == nil {
		t.Error("1×1: no error")
	}
}

// lit counts the pixels of a region that are nearly white.
func lit(img *image.YCbCr, r image.Rectangle) (n int) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if img.YCbCrAt(x, y).Y > 200 {
				n++
			}
		}
	}
	return n
}

func TestSlate(t *testing.T) {
	f := Slate(1281, 721, "Main stage", "Paused by the crew, back in a moment")
	var c Converter
	img, err := c.Convert(f)
	if err != nil {
		t.Fatal(err)
	}
	if f.Width != 1280 || f.Height != 720 {
		t.Fatalf("size %d×%d", f.Width, f.Height)
	}
	if got := img.YCbCrAt(0, 0); got != night {
		t.Errorf("the corner is %v", got)
	}
	for name, r := range map[string]image.Rectangle{
		"title": image.Rect(300, 245, 980, 374), "line": image.Rect(300, 389, 980, 460),
	} {
		if n := lit(img, r); n < 1000 {
			t.Errorf("%s: %d white pixels", name, n)
		}
	}
}

// TestSlateLines holds that each line is there, below the one before, and that an empty one takes no room.
func TestSlateLines(t *testing.T) {
	for _, c := range []struct {
		lines []string
		rows  [2]bool
	}{
		{[]string{"", "Camera lost"}, [2]bool{true, false}},
		{[]string{"Friday's concert", ""}, [2]bool{true, false}},
		{[]string{"Friday's concert", "Camera lost"}, [2]bool{true, true}},
	} {
		var v Converter
		img, err := v.Convert(Slate(640, 360, "Main stage", c.lines...))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.rows {
			row := image.Rect(0, 360*(54+14*i)/100, 640, 360*(64+14*i)/100)
			if got := lit(img, row) > 100; got != want {
				t.Errorf("%q: row %d is there: %v, want %v", c.lines, i, got, want)
			}
		}
	}
}

// Text that is too long gets smaller: nothing is outside its rectangle, and both ends are there.
func TestTextFits(t *testing.T) {
	c := NewCanvas(400, 100)
	r := image.Rect(20, 20, 380, 80)
	c.Text(r, "Ünter den großen Bäumen, Bühne am Fluß – Привет")
	img := &c.img
	if inside, all := lit(img, r), lit(img, c.Bounds()); inside == 0 || inside != all {
		t.Errorf("%d white pixels inside, %d in all", inside, all)
	}
	if lit(img, image.Rect(20, 20, 60, 80)) == 0 || lit(img, image.Rect(340, 20, 380, 80)) == 0 {
		t.Error("an end of the text is missing")
	}
	if lit(img, image.Rect(20, 20, 380, 36)) > 0 {
		t.Error("the text is cut, not made smaller")
	}
}

func TestDrawingIsClipped(t *testing.T) {
	c := NewCanvas(20, 20)
	c.Fill(image.Rect(-5, -5, 100, 100), White)
	c.Fill(image.Rect(30, 30, 40, 40), Black)
	c.Text(image.Rect(-10, 5, 50, 15), "x")
	c.Text(image.Rect(5, 5, 6, 6), "a long line in a pixel")
	if got := c.img.YCbCrAt(19, 19); got != White {
		t.Errorf("the corner is %v", got)
	}
}

func BenchmarkPreview(b *testing.B) {
	f := rawFrame(capture.YUYV, 1280, 720, 0)
	var c Converter
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := c.Preview(&out, f, 320); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSlate(b *testing.B) {
	for b.Loop() {
		Slate(1280, 720, "Main stage", "Back in a moment")
	}
}
