//go:build race

package rate_test

// The race detector costs ten times the time, and there is no goroutine here.
const (
	venues  = 50
	repeats = 3
)
