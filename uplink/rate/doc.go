// Package rate decides how many bits a second the encoder may spend: feedback in, rate out. It has no clock, no I/O
// and no goroutine; time comes with the feedback.
//
// What it decides from is receiver reports alone (RFC 3550, 6.4.2), which every relay sends: the share of packets
// that were lost since the last one, and the round trip. Its pace comes from the reports' interval, since nothing that
// was changed can be seen before a round trip and the next report.
package rate
