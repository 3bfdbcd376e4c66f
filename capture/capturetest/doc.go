// Package capturetest has a simulated camera and microphone: for tests, and for the test picture that a box shows when
// it is told to.
//
// Camera draws colour bars, a moving block, the channel's name, the wall clock and a count of pictures. The two are
// made so that sound and picture can be measured against each other anywhere downstream: at each whole second of
// media time (the PTS is a multiple of one second) the picture flashes and the microphone beeps, for the same time.
//
//	       0          flash           1          flash           2   s of media time
//	       |=== 100 ms                |=== 100 ms                |===
//	luma   235                  16    235                  16    235        in FlashRect
//	sound  1 kHz, -20 dBFS   silence  1 kHz              silence 1 kHz
//
// Neither needs a device or a thread of its own: Stream works on the caller's goroutine, paced by package time, so
// that it runs in fake time (testing/synctest) with a Now of the test's. PTS are on an exact grid: they do not
// drift, and a picture that came too late is left out and shows as a gap in Sequence.
//
// A Script makes them fail on time: vanish, stall, freeze, drop.
package capturetest
