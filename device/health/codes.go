package health

// The codes of the conditions that the station knows of itself.
const (
	ConfigBroken     = "config_broken"
	ConfigLastGood   = "config_last_good"
	NoCamera         = "no_camera"
	TestPicture      = "test_picture"
	NoMicrophone     = "no_microphone"
	TestSound        = "test_sound"
	RelayUnreachable = "relay_unreachable"
	RelayRefuses     = "relay_refuses"
	ShowDue          = "show_due"
	RelayBackup      = "relay_backup"
	ButtonStuck      = "button_stuck"
	PanelFailed      = "panel_failed"
	LightsFailed     = "lights_failed"
	PressRefused     = "press_refused"
)

// The codes of those that only who reads the configuration and its calendar knows of, and tells the station.
const (
	CalendarFailed = "calendar_failed"
	ConfigWaits    = "config_waits"
)

// The codes of those that a Monitor finds.
const (
	PictureBlack        = "picture_black"
	PictureFrozen       = "picture_frozen"
	Silence             = "silence"
	Clipping            = "clipping"
	RateFloor           = "rate_floor"
	Undervoltage        = "undervoltage"
	Throttled           = "throttled"
	Hot                 = "hot"
	DiskLow             = "disk_low"
	DiskFailed          = "disk_failed"
	ClockNotSet         = "clock_not_set"
	ClockUnsynchronised = "clock_unsynchronised"
)

// The codes of those that the program around the station finds.
const (
	PageFailed      = "page_failed"
	CertificateEnds = "certificate_ends"
)

// Codes returns all of them, in the order in which staff would mend what they mean. docs/runbook.md explains each.
func Codes() []string {
	return []string{
		ConfigBroken, ConfigLastGood, NoCamera, TestPicture, NoMicrophone, TestSound, RelayUnreachable, RelayRefuses,
		ShowDue, RelayBackup, ButtonStuck, PanelFailed, LightsFailed,
		PictureBlack, PictureFrozen, Silence, Clipping, RateFloor, Undervoltage, Throttled, Hot, DiskLow, DiskFailed,
		ClockNotSet, ClockUnsynchronised,
		PageFailed, CertificateEnds, CalendarFailed, ConfigWaits, PressRefused,
	}
}
