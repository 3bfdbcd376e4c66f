package status

import (
	"encoding/json"
	"testing"
)

// What decodePress takes is JSON that says the same to everybody: the contract's two fields and no more.
func FuzzDecodePress(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePress(body)
		if err != nil {
			if p != (press{}) {
				t.Fatalf("an error and %v", p)
			}
			return
		}
		var fields map[string]string
		if err := json.Unmarshal(body, &fields); err != nil {
			t.Fatalf("%q was taken: %v", body, err)
		}
		if len(fields) != 2 || fields["button"] != p.button || fields["gesture"] != p.gesture {
			t.Fatalf("%q was taken as %v", body, p)
		}
	})
}
