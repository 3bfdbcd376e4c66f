// Package golive decides what the box does: a state machine without clock, I/O or goroutine.
//
//	            Booted                press                Confirmed
//	Starting ----------> Standby ----------> Cueing ------------------> Live
//	                       ^  ^                | press                  |  ^
//	                       |  +----------------+             unconfirmed|  |Confirmed
//	                       |     hold                hold               v  |
//	                       +---------- Ending <--------------------- Recovering
//
//	any ---- nothing works ----> Fault ---- its cause is gone ----> Standby, or Cueing when the show is still wanted
//
// Step takes a Machine and what happened (an Event, past tense) and returns the next Machine and what is to be done
// about it (Commands, imperative), in order. package station feeds it and carries the commands out.
package golive
