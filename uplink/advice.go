package uplink

import "errors"

// Advice is what people can do about an error on the way to the relay, as a sentence.
func Advice(err error) string {
	var known interface{ Advice() string }
	if errors.As(err, &known) {
		return known.Advice()
	}
	return "Look at the network."
}
