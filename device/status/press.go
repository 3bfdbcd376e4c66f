package status

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"vigie/device/golive"
)

// Press is what somebody did on a page.
type Press struct {
	Button  string // "go_live" or "cut"
	Gesture string // "press": down and up; "hold": held for 2 s
	// What the page showed of what the button does, as the Snapshot has it, so that two who press at once do not undo each
	// other. AnyState, nil: it does not say.
	State golive.State
	Cut   *bool
}

var (
	buttons  = []string{"go_live", "cut"}
	gestures = []string{"press", "hold"}
)

// decodePress reads a body, and is strict: a press that was not meant is on air. So, unlike encoding/json left
// alone, it takes each key once and only as it is written in the contract.
func decodePress(body []byte) (Press, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return Press{}, errors.New(`the body must be a JSON object such as {"button":"go_live","gesture":"press"}`)
	}
	fields := map[string]any{}
	for d.More() {
		key, value, err := field(d)
		if err != nil {
			return Press{}, err
		}
		if _, twice := fields[key]; twice {
			return Press{}, fmt.Errorf("%q is there twice", key)
		}
		fields[key] = value
	}
	if _, err := d.Token(); err != nil {
		return Press{}, errors.New("the JSON object does not end")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Press{}, errors.New("there is more after the JSON object")
	}
	return takePress(fields)
}

func takePress(fields map[string]any) (Press, error) {
	p := Press{State: golive.AnyState}
	p.Button, _ = fields["button"].(string)
	if !slices.Contains(buttons, p.Button) {
		return Press{}, fmt.Errorf("button is %q, not one of %q", p.Button, buttons)
	}
	p.Gesture, _ = fields["gesture"].(string)
	if !slices.Contains(gestures, p.Gesture) {
		return Press{}, fmt.Errorf("gesture is %q, not one of %q", p.Gesture, gestures)
	}
	if state, ok := fields["state"].(string); ok {
		if err := p.State.UnmarshalText([]byte(state)); err != nil {
			return Press{}, fmt.Errorf("state: %w", err)
		}
	}
	if cut, ok := fields["cut"].(bool); ok {
		p.Cut = &cut
	}
	return p, nil
}

// field reads one key and its value.
func field(d *json.Decoder) (key string, value any, err error) {
	t, err := d.Token()
	if err != nil {
		return "", nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	key, _ = t.(string) // inside an object the decoder takes only strings as keys
	if !slices.Contains([]string{"button", "gesture", "state", "cut"}, key) {
		return "", nil, fmt.Errorf("unknown field %q", key)
	}
	if t, err = d.Token(); err != nil {
		return "", nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	_, isBool := t.(bool)
	if _, isString := t.(string); key == "cut" && !isBool || key != "cut" && !isString {
		return "", nil, fmt.Errorf("%s must be a %s", key, map[bool]string{true: "boolean", false: "string"}[key == "cut"])
	}
	return key, t, nil
}
