// Package health notices what is wrong although everything runs: dead air, and a board that is not well.
//
// What is wrong is a Condition: a code for programs, and for people what it is, since when, and what to do. Conditions
// light amber, are on the status page, in /metrics and in the journal. The station adds what it knows itself (no camera, a
// relay that refuses) to those that this package finds; none of these ends a show or keeps one from beginning:
//
//	picture   black, frozen              a look at some thousand points of it
//	sound     silence, clipping          the microphone's level
//	rate      at its floor               what the uplink asks of the encoder
//	power     undervoltage, throttled    sysfs, of a Raspberry Pi
//	heat      too hot                    sysfs, the thermal zones
//	disk      nearly full, failed        the state directory's: asked on a goroutine of its own, since it may hang
//	clock     not set, not synchronised  the kernel's word, or systemd-timesyncd's
//
// A Monitor judges all of these once a second from what was Seen. Each has hysteresis: it comes when its cause has
// lasted for some seconds without a break and goes when that has been away for some, so that amber does not flicker and
// the journal has one line for each coming and going. What this board does not have, a sensor or a microphone, is not
// judged and never a condition. A hall that is dark and quiet before a show is as it is to be: BeforeShow says so.
//
// It costs well below 1 % of a core: the benchmarks print how much.
package health
