package status

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"vigie/device/golive"
)

// Snapshot is what the box does at one moment, and the JSON of GET /api/v1/status. What Options.Snapshot returned
// belongs to this package: its slices are read later and by several goroutines, and are not to be written to again.
type Snapshot struct {
	// Heard is when the station's loop last worked; after three seconds it counts as hanging, and nothing that it said
	// is shown any more. Zero: this moment.
	Heard time.Time `json:"-"`

	State     golive.State  `json:"state"`
	Since     float64       `json:"since"`     // seconds in State, by the monotonic clock
	OnAir     float64       `json:"on_air"`    // seconds since the relay first confirmed this show; 0 outside one
	Countdown float64       `json:"countdown"` // seconds that the button must still be held to end the show; 0: not held
	Wanted    bool          `json:"wanted"`
	Cut       bool          `json:"cut"`
	Lights    golive.Lights `json:"lights"`
	Warnings  []Warning     `json:"warnings"`
	// ConfigErrors are why the box is in Fault, a line each: "config.yaml:12:5: video.bitrate.max: ...".
	ConfigErrors []string `json:"config_errors"`

	Video     Video     `json:"video"`
	Audio     Audio     `json:"audio"`
	Uplink    Uplink    `json:"uplink"`
	Recording Recording `json:"recording"`

	// Time is now, by the clocks of the venue.
	Time time.Time `json:"time"`
	// Viewers are those of the embedded relay; null where another one serves them.
	Viewers *int `json:"viewers"`

	Next *Show `json:"next"` // the planned show that is on or comes next; null where there is none

	Venue    string `json:"venue"`
	Channel  string `json:"channel"`
	Title    string `json:"title"`
	WatchURL string `json:"watch_url"` // where viewers go; empty where the relay does not say
	Version  string `json:"version"`
}

// Show is a planned show. Its times are in the zone of the venue.
type Show struct {
	Title string    `json:"title"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Auto  bool      `json:"auto"` // it begins and ends by itself
}

// Warning is something that staff should know of: a condition of the box. Each code is there once at most.
type Warning struct {
	Code     string          `json:"code"`
	Text     string          `json:"text"`     // what is wrong, in sentences for people
	Severity golive.Severity `json:"severity"` // "warning" or "cannot_go_live"; "fine": not on amber
	Since    float64         `json:"since"`    // seconds that it has lasted, by the monotonic clock; 0 where that is not known
	Advice   string          `json:"advice"`   // what to do, in sentences for people
}

// Video is the way of the picture.
type Video struct {
	Camera  string `json:"camera"`  // for people; empty where there is none
	Encoder string `json:"encoder"` // "openh264"
	Format  string `json:"format"`  // "1280x720 YUYV"
	Way     string `json:"way"`     // from the camera to the coded bytes, and who copies what
	// Limits is what this way cannot do, in sentences.
	Limits   []string `json:"limits"`
	FPS      float64  `json:"fps"`     // measured, pictures a second
	Bitrate  int      `json:"bitrate"` // measured, bits a second
	Target   int      `json:"target"`  // asked of the encoder, bits a second
	Pictures uint64   `json:"pictures"`
	Dropped  uint64   `json:"dropped"` // pictures lost in the driver, the encoder or before it
}

// Audio is the way of the sound.
type Audio struct {
	Microphone string     `json:"microphone"` // for people; empty where there is none
	LevelDB    [2]float64 `json:"level_db"`   // left, right: RMS, dBFS
	PeakDB     [2]float64 `json:"peak_db"`    // left, right: since the last Snapshot, dBFS
	Bitrate    int        `json:"bitrate"`    // bits a second
}

// Uplink is the way to the relay.
type Uplink struct {
	State     string  `json:"state"`
	Relay     string  `json:"relay"`   // its URL; user, password and query are taken out before it is shown
	Backup    bool    `json:"backup"`  // it is another one than the first
	Pair      string  `json:"pair"`    // of candidates: the way that media takes; empty where there is none
	Answer    string  `json:"answer"`  // the relay's last one to a request, in words
	Attempt   int     `json:"attempt"` // of connecting, counted from 1
	LastError string  `json:"last_error"`
	RTTMS     float64 `json:"rtt_ms"` // 0: not known
	Loss      float64 `json:"loss"`   // share of packets that the relay missed, 0 to 1
	SentBPS   int     `json:"sent_bps"`
	// EstimateBPS is what the network is thought to take, with all headers, AcknowledgedBPS what arrived in the last
	// second; 0 where it is not known. Cause is why the estimate moved last: began, grew, probed, queue, loss, no feedback
	// or receiver report.
	EstimateBPS     int     `json:"estimate_bps"`
	AcknowledgedBPS int     `json:"acknowledged_bps"`
	Cause           string  `json:"cause"`
	QueueMS         float64 `json:"queue_ms"` // what a packet waits on the way to the relay
	Queued          int     `json:"queued"`   // access units and audio packets that wait here
	Dropped         uint64  `json:"dropped"`  // of them, in this show: too many, or of no use after those
	Drops           Drops   `json:"drops"`
	// ConfirmedMSAgo is the age of the relay's last proof that it received us; nil when there was none.
	ConfirmedMSAgo *int64 `json:"confirmed_ms_ago"`
	Retransmitted  uint64 `json:"retransmitted"` // packets
	// Recoveries are the times that media got through again after it no longer did, LastRecovery what the last one took,
	// in seconds, and Restarts the ICE restarts among what was tried.
	Recoveries   uint64  `json:"recoveries"`
	LastRecovery float64 `json:"last_recovery_seconds"`
	Restarts     uint64  `json:"restarts"`
}

// Drops are access units and audio packets that were thrown away, by reason.
type Drops struct {
	Offline     uint64 `json:"offline"`      // there was no session
	Overflow    uint64 `json:"overflow"`     // too much waited
	AwaitingIDR uint64 `json:"awaiting_idr"` // of no use before the next IDR
	Flushed     uint64 `json:"flushed"`      // by a cut
	Failed      uint64 `json:"failed"`       // RTP packets that the socket did not take
}

// Recording is the way to the disk.
type Recording struct{}

// floorDB stands for silence, whose level in dBFS is minus infinity: JSON has no word for that.
const floorDB = -120

// tidy makes a snapshot fit to be shown: lists that are there when empty, numbers that JSON has, no secret in a URL.
func tidy(s Snapshot) Snapshot {
	if s.Warnings == nil {
		s.Warnings = []Warning{}
	}
	if s.ConfigErrors == nil {
		s.ConfigErrors = []string{}
	}
	if s.Video.Limits == nil {
		s.Video.Limits = []string{}
	}
	for i := range s.Audio.LevelDB {
		s.Audio.LevelDB[i] = atLeast(floorDB, s.Audio.LevelDB[i])
		s.Audio.PeakDB[i] = atLeast(floorDB, s.Audio.PeakDB[i])
	}
	for _, f := range []*float64{&s.Since, &s.OnAir, &s.Countdown, &s.Video.FPS, &s.Uplink.RTTMS, &s.Uplink.QueueMS, &s.Uplink.Loss,
		&s.Uplink.LastRecovery} {
		*f = atLeast(0, *f)
	}
	s.Uplink.Relay = bareURL(s.Uplink.Relay)
	return s
}

// atLeast is f, or low where f is lower or no finite number.
func atLeast(low, f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) || f < low {
		return low
	}
	return f
}

// bareURL is raw without what may be a secret: user, password, query and fragment.
func bareURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		// It may hold anything, and it is not worth showing.
		return ""
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return strings.TrimSuffix(u.String(), "?")
}

// still is s without what moves by itself: two snapshots that differ in it are a change worth telling at once.
func (s Snapshot) still() Snapshot {
	s.Time = time.Time{}
	s.OnAir = 0
	s.Since, s.Audio.LevelDB, s.Audio.PeakDB, s.Audio.Bitrate = 0, [2]float64{}, [2]float64{}, 0
	s.Video.FPS, s.Video.Bitrate, s.Video.Pictures, s.Video.Dropped = 0, 0, 0, 0
	s.Video.Target = 0
	s.Warnings = slices.Clone(s.Warnings)
	for i := range s.Warnings {
		s.Warnings[i].Since = 0
	}
	u := s.Uplink
	s.Uplink = Uplink{
		State: u.State, Relay: u.Relay, Backup: u.Backup, Pair: u.Pair, Answer: u.Answer, Attempt: u.Attempt,
		LastError: u.LastError, Recoveries: u.Recoveries,
	}
	return s
}
