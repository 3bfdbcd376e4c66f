// Package rate decides how many bits a second leave, and when each packet does. It is pure: feedback in, rate out. It
// has no clock, no I/O and no goroutine; time comes with the calls, and nothing is allocated once its rings have
// grown.
//
//	encoder <-- Picture -- Estimator <-- Sent, Feedback (transport-wide), Report (receiver reports), Tick
//	                           |
//	                   Target, Pace, Probe
//	                           v
//	pictures, sound, NACKs --> Pacer --> socket
//
// # What is measured
//
// The sender knows when each packet left, the relay tells when it arrived. The clocks differ, so that a delay alone
// means nothing; the shortest of the last 10 to 20 s is taken for an empty queue, and what is longer for a queue
// (path). A queue stands if every group of packets of the last 120 ms saw it: radio delays some packets, a queue
// delays all. The slope of a least-squares line through 300 ms of delays tells whether the queue grows: where half
// more is sent than the link takes, it grows by half a second a second.
//
// Part of a queue is of our own making: an IDR is eight pictures in one, and waits wherever it is sent from. So each
// packet is also sent through an imagined link that takes just the target (ownQueue). Only what the real queue has in
// excess of that one says that the target is too high. Without it IDRs near the capacity count as congestion, which
// costs 4 % of it.
//
// What arrived in the last 300 to 500 ms is what the path delivered; while the queue grows, that is its capacity,
// which is remembered (link). Loss is counted by when packets were sent, and the loss that a path has whatever is
// sent is learned (losses.calm). A feedback that was lost itself says nothing of its packets: they count as
// delivered, not as lost.
//
// # What decides
//
// After each feedback, in this order (decide):
//
//   - A queue in excess of 40 ms, or one that drops at its end: the target falls to 0.85 of what was delivered. That
//     empties a queue of 300 ms in 2 s. Until packets tell of it that were sent after the decrease, it falls again only
//     if less arrives than was thought: one congestion is paid for once.
//   - A queue that follows no two such decreases though clearly less is sent is filled by others, or the path has
//     become a longer one. It is accepted as it is, and for 25 s the target is lowered by its losses alone, by 0.92, and grows
//     by 5 % a second: with less a TCP, which fills every queue, would leave us nothing, and with more have nothing.
//   - Loss without a queue is radio's, up to 10 % and more, unless it is new: then the target falls once by 15 %. If the
//     loss falls with it, the path has no room for a queue; if it stays, it is the path's nature and is learned.
//   - Else the target grows, if three quarters of it were sent in the last second: by 15 % a second far from the known
//     capacity, by 60 kb/s a second (an amount, not a share, so that two senders become equal) near it, faster the longer
//     nothing is wrong.
//
// Growth is for what changes slowly. What changes at once is found by probes: a burst of some 30 ms at twice the
// target, 1.5 times near the known capacity. If it arrives as fast as it left, the target is raised to 95 % of it and
// the next probe follows; if it arrives slower, the path's capacity has been measured. After a start, a silence or a
// dip that takes parts of a second. Probes that show nothing become rare, one in 4 s.
//
// Without feedback for 500 ms while packets are out the target is halved, after 2 s it is at its floor; when feedback
// comes again, a probe tries what was before.
//
// Where a relay sends receiver reports alone (RFC 3550, 6.4.2), a Controller decides by their loss and round trip. Its
// pace is that of the reports, since nothing that was changed can be seen before a round trip and the next one.
//
// # What cannot happen
//
// The floor is the organiser's minimum of the picture, with sound and headers on top, and nothing is combined after
// it. Nothing grows while it is not used. The pacer holds an IDR's worth of picture and no more. Retransmissions earn
// by time, a fifth of the target, and neither packets nor NACKs earn anything. 8192 packets are remembered.
//
// ratetest is a simulator for all this, and the tests of this package play its scenes: `go test -v -run Scene` prints
// them.
package rate
