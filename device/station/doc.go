// Package station is the box at work: one loop owns the state, children do the rest.
//
// The loop takes events (a gesture, a device found or lost, the uplink's reports), asks golive.Step what they mean,
// and carries the commands out. Nothing else touches the machine, so nothing can happen between a decision and its
// doing. The children, each a goroutine that the station starts and waits for:
//
//	camera, microphone   opens the device, runs its pipeline, opens it again when it was lost
//	uplink               one for each show: runs it until the show is over
//	buttons, lights      package panel
//	probe                in Standby, asks the relay each minute whether it is there
//	lookout              each second, looks for dead air and at the board (package health)
//
// Devices and codecs are injected (Options): this package knows no V4L2, ALSA or YAML.
package station
