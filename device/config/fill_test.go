package config

import (
	"os"
	"strings"
	"testing"
)

// TestFill holds that the shipped file takes other values, keeps its comments, and reads as what was meant.
func TestFill(t *testing.T) {
	shipped, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data, err := Fill(shipped, map[string]string{
		"venue.name": `Salle "des fêtes": #1`, "venue.channel": "true", "broadcast.title": "a", "relay.url": "https://r.example/whip/x",
		"camera.device": "/dev/v4l/by-id/usb-a-very-long-name-that-does-not-fit-before-its-comment-index0", "status.listen": ":8080",
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("filled", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Venue.Name != `Salle "des fêtes": #1` || c.Venue.Channel != "true" || c.Relay.URL != "https://r.example/whip/x" ||
		!strings.HasSuffix(c.Camera.Device, "index0") || c.Status.Listen != ":8080" || c.Broadcast.Title != "a" {
		t.Errorf("%+v", c)
	}
	if strings.Count(string(data), "#") < strings.Count(string(shipped), "#") || strings.Count(string(data), "\n") != strings.Count(string(shipped), "\n") {
		t.Errorf("comments are lost:\n%s", data)
	}
	if !strings.Contains(string(data), "\n  channel: \"true\"            # the last part") {
		t.Errorf("a comment moved though there is room:\n%s", data)
	}
	for path, value := range map[string]string{"venue.nmae": "x", "venue": "x", "venue.name": "a\nb"} {
		if _, err := Fill(shipped, map[string]string{path: value}); err == nil {
			t.Errorf("%s: %q was filled in", path, value)
		}
	}
}

func TestCheck(t *testing.T) {
	for path, want := range map[string]string{"venue.channel": "lower-case", "relay.url": "https://", "nothing": "no key", "relay.backup": "no key"} {
		if err := Check(path, "A b"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := Check("camera.device", "auto"); err != nil {
		t.Error(err)
	}
}
