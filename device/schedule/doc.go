// Package schedule knows when shows are planned, and what is to be done about that now.
//
//	entries of config.yaml --+
//	                         +--> []Show, in order --> Keeper.Step(now, ...) --> begin, end, remind, the next one
//	iCalendar --> Calendar --+
//
// A Calendar (RFC 5545) is read from bytes that somebody else wrote: it is limited in size and in what it may ask for,
// and what is wrong with it is an error that names the line. Fetch reads them, from a file or by https.
//
// Keeper decides and is pure: no clock, no I/O, no goroutine. It never puts a stage on air against staff: what they
// ended does not begin again, and what they began is not ended. It remembers which shows are over by their names, so that a
// wall clock that steps back makes nothing happen twice, and when staff last ended one, so that no other name has it begin
// again.
package schedule
