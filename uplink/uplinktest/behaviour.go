package uplinktest

import "time"

// Behaviour is what the relay does wrong, or otherwise. The zero value is a relay as it should be.
type Behaviour struct {
	Status       int    // answer requests with this, and do nothing; 0 for the right answer
	RetryAfter   string // sent with Status
	Redirect     string // the Location of a redirect
	RedirectCode int    // 307 if 0

	Hang bool // never answer a request
	Page bool // answer requests with a web page, as a captive portal does

	// Of the answer to a POST.
	Absolute     bool                       // the Location is a whole URL
	NoLocation   bool                       // there is none
	ETag         string                     // as it is sent; "" for a strong one, None for none at all
	Links        []string                   // Link header fields
	Endless      bool                       // the body never ends
	Drip         bool                       // nor does it, and there is a byte of it now and then
	Truncate     bool                       // the body is shorter than its Content-Length
	Garbage      bool                       // the body is not SDP
	Huge         bool                       // the body is 5 MB
	NoCandidates bool                       // the SDP names no address
	Codec        string                     // takes the place of H264 in the SDP
	NoAudio      bool                       // the SDP rejects the sound
	Rewrite      func(answer string) string // what becomes of the SDP
	Extensions   []string                   // header extensions, by URI, that the SDP takes for the picture
	RTX          bool                       // the SDP takes retransmissions as a stream of their own

	PatchStatus int // answer each PATCH with this; 0 for the right answer

	// Of what comes after.
	NoMedia   bool   // the session is gone when its answer goes out: no ICE
	NoUDP     bool   // datagrams are lost, TCP is not
	OnlyFrom  string // a firewall lets datagrams of this address alone through, and no TCP
	NoDTLS    bool   // ICE alone
	NoConsent bool   // checks are not answered; media and RTCP go on
	HangUp    bool   // close the session as soon as it is connected
	Lose      int    // of how many RTP packets one is lost, at random; those missing are asked for each 100 ms. 0: none

	Reports     Reports
	ReportEvery time.Duration // 1 s if 0
}

// None is the ETag of a relay that sends none.
const None = "none"

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
	RTX         bool // it came in the stream of retransmissions
	Payload     []byte
	PayloadType uint8
	Extensions  map[uint8][]byte // the values of its header extensions by their IDs
	At          time.Time
}
