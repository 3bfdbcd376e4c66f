//go:build !race

package rate_test

const (
	venues  = 1000
	repeats = 20
)
