package status

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// press is the body of POST /api/v1/press.
type press struct{ button, gesture string }

var (
	buttons  = []string{"go_live", "cut"}
	gestures = []string{"press", "hold"}
)

// decodePress reads a body, and is strict: a press that was not meant is on air. So, unlike encoding/json left
// alone, it takes each key once and only as it is written in the contract.
func decodePress(body []byte) (press, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return press{}, errors.New(`the body must be a JSON object such as {"button":"go_live","gesture":"press"}`)
	}
	fields := map[string]string{}
	for d.More() {
		key, value, err := field(d)
		if err != nil {
			return press{}, err
		}
		if _, twice := fields[key]; twice {
			return press{}, fmt.Errorf("%q is there twice", key)
		}
		fields[key] = value
	}
	if _, err := d.Token(); err != nil {
		return press{}, errors.New("the JSON object does not end")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return press{}, errors.New("there is more after the JSON object")
	}
	p := press{button: fields["button"], gesture: fields["gesture"]}
	if !slices.Contains(buttons, p.button) {
		return press{}, fmt.Errorf("button is %q, not one of %q", p.button, buttons)
	}
	if !slices.Contains(gestures, p.gesture) {
		return press{}, fmt.Errorf("gesture is %q, not one of %q", p.gesture, gestures)
	}
	return p, nil
}

// field reads one key and its value.
func field(d *json.Decoder) (key, value string, err error) {
	t, err := d.Token()
	if err != nil {
		return "", "", fmt.Errorf("the body is not JSON: %w", err)
	}
	key, _ = t.(string) // inside an object the decoder takes only strings as keys
	if key != "button" && key != "gesture" {
		return "", "", fmt.Errorf("unknown field %q", key)
	}
	if t, err = d.Token(); err != nil {
		return "", "", fmt.Errorf("the body is not JSON: %w", err)
	}
	value, ok := t.(string)
	if !ok {
		return "", "", fmt.Errorf("%s must be a string", key)
	}
	return key, value, nil
}
