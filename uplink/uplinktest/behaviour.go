package uplinktest

import "time"

// Behaviour is what the relay does wrong. The zero value is a relay as it should be.
type Behaviour struct {
	Status     int    // answer requests with this, and do nothing; 0 for the right answer
	RetryAfter string // sent with Status

	Hang       bool // never answer a request
	Endless    bool // the answer's body never ends
	Truncate   bool // the answer is shorter than its Content-Length
	Garbage    bool // the answer is not SDP
	NoLocation bool // the 201 has no Location
	NoMedia    bool // the session is gone when its answer goes out: no ICE
	HangUp     bool // close the session as soon as it is connected
	NoAudio    bool // reject the sound
	Redirect   string

	Reports     Reports
	ReportEvery time.Duration // 1 s if 0
}

// Reports is what the relay says of the packets that it gets.
type Reports int

// The kinds of reports.
const (
	Receiver  Reports = iota // receiver reports, as they should be
	NoReports                // no RTCP at all
	Stale                    // receiver reports that say that nothing ever came
	Frozen                   // receiver reports that repeat the last true one
	Feedback                 // transport-wide feedback, and no receiver reports
)

// Packet is one RTP packet that arrived.
type Packet struct {
	Video       bool
	SSRC        uint32
	Sequence    uint16
	Timestamp   uint32
	Marker      bool
	Retransmit  bool // not newer than what came before it
	Payload     []byte
	PayloadType uint8
	At          time.Time
}
