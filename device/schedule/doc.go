// Package schedule knows when shows are planned, and what is to be done about that now.
//
//	entries of config.yaml --+
//	                         +--> []Show, in order --> Keeper.Step(now, ...) --> begin, end, remind, the next one
//	iCalendar --> Calendar --+
//
// A Calendar (RFC 5545) is read from bytes that somebody else wrote: it is limited in size and in what it may ask for,
// and what is wrong with it is an error that names the line. A Source fetches those bytes again and again and keeps the
// last good ones.
//
// Keeper decides and is pure: no clock, no I/O, no goroutine. It never puts a stage on air against staff: what they
// ended does not begin again, and what they began is not ended. It remembers which shows are over by their names and not by the
// time, so that a wall clock that steps back makes nothing happen twice.
package schedule
