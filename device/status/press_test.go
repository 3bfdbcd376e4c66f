package status

import (
	"encoding/json"
	"maps"
	"testing"

	"vigie/device/golive"
)

// What decodePress takes is JSON that says the same to everybody: the contract's fields and no more.
func FuzzDecodePress(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePress(body)
		if err != nil {
			if p != (Press{}) {
				t.Fatalf("an error and %v", p)
			}
			return
		}
		var fields map[string]any
		if err := json.Unmarshal(body, &fields); err != nil {
			t.Fatalf("%q was taken: %v", body, err)
		}
		said := map[string]any{"button": p.Button, "gesture": p.Gesture}
		if p.State != golive.AnyState {
			said["state"] = p.State.String()
		}
		if p.Cut != nil {
			said["cut"] = *p.Cut
		}
		if !maps.Equal(fields, said) {
			t.Fatalf("%q was taken as %v", body, p)
		}
	})
}
