// Package ratetest is a network in a loop: a deterministic simulator for uplink/rate. It has no goroutine and no clock;
// a minute of a venue's network takes some milliseconds, and the same seed gives the same minute.
//
//	encoder --> Pacer --> bottleneck (rate, droptail queue) --> delay, jitter, loss --> relay
//	   ^          ^             ^                                                         |
//	   +--- Estimator       Download, another Box                                         |
//	              ^                                                                       |
//	              +---- transport-wide feedback, NACK, PLI <---- delay, loss -------------+
//
// A Scene is one bottleneck with what is sent through it: boxes of ours and downloads of others. Run plays it and
// returns a Trace for each: what was sent, delivered and lost in each tenth of a second, the target, the queue, and
// whether the picture moved.
//
// The encoder obeys its bitrate as real ones do, on average: sizes vary, an IDR is five to eight pictures' size, and
// what it cost is saved afterwards. The relay behaves as pion's: a feedback each 50 to 100 ms that covers all that came
// since the last one, NACKs for what is missing, a PLI when the picture stands.
package ratetest
