package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"vigie/capture"
	"vigie/capture/picture"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/station"
	"vigie/device/status"
)

// holdTime is how long the soft panel's hold is: panel's own.
const holdTime = 2 * time.Second

// statusServer returns what binds the status page.
func (b *box) statusServer(stateDir string, s setup) func() (*status.Server, error) {
	phrase := boxPassphrase(stateDir, b.log)
	phrase() // it is made at the first start, whoever may come in then
	o := status.Options{
		Listen: b.config.Status.Listen, Snapshot: b.snapshot, Press: b.press, Preview: b.preview,
		Passphrase: phrase, Settings: b.settings, Pieces: b.pieces(), Journal: s.journal, Visitors: s.visitors,
		Zone:       func() *time.Location { return b.live.Load().Venue.Zone() },
		Conditions: health.Codes(), Collectors: b.collectors(), Sockets: sockets, Log: b.log,
	}
	if !b.config.Status.Loopback() {
		o.Certificate = pageCertificate(b.config.Status, stateDir, b.log)
		if b.config.Status.TLS.Cert != "" {
			b.certificates["status.tls"] = func() *x509.Certificate {
				if c, err := o.Certificate(); err == nil {
					return c.Leaf
				}
				return nil
			}
		}
	}
	return func() (*status.Server, error) {
		if o.Certificate != nil {
			if _, err := o.Certificate(); err != nil {
				return nil, fmt.Errorf("the status page's certificate: %w", err)
			}
		}
		return status.New(o)
	}
}

// pageURL is where a status page on that address is, for the log.
func (b *box) pageURL(at net.Addr) string {
	host := at.String()
	if b.config.Status.Loopback() {
		return "http://" + host + "/"
	}
	return "https://" + reachable(host) + "/; vigie passphrase prints what it asks for, vigie doctor the fingerprint of its certificate"
}

// snapshot translates the station for the status page.
func (b *box) snapshot() status.Snapshot {
	s, c := b.station.Snapshot(), b.live.Load()
	out := status.Snapshot{
		Heard: s.At,
		State: s.Machine.State, Since: time.Since(s.Since).Seconds(), Wanted: s.Machine.Wanted, Cut: s.Machine.Cut,
		Lights: s.Lights, Venue: c.Venue.Name, Channel: c.Venue.Channel, Title: c.Broadcast.Title,
		WatchURL: b.watchURL(), Version: version, Time: time.Now().In(c.Venue.Zone()),
	}
	if b.relay != nil {
		viewers := b.relay.Stats().Viewers
		out.Viewers = &viewers
	}
	if s.Machine.Counting() {
		out.Countdown = max(0, (holdTime - time.Since(s.Pressed)).Seconds())
	}
	for _, w := range s.Warnings {
		out.Warnings = append(out.Warnings, status.Warning{
			Code: w.Code, Severity: w.Severity, Text: w.Text, Advice: w.Advice, Since: time.Since(w.Since).Seconds(),
		})
	}
	if !s.OnAir.IsZero() {
		out.OnAir = time.Since(s.OnAir).Seconds()
	}
	out.Next = b.planner.seen()
	b.mu.Lock()
	out.ConfigErrors = b.configErrors
	b.mu.Unlock()
	out.Video, out.Audio, out.Uplink = b.videoStatus(s), b.audioStatus(s), b.uplinkStatus(s)
	return out
}

func (b *box) videoStatus(s station.Snapshot) status.Video {
	v := status.Video{FPS: s.FPS, Bitrate: int(s.VideoBitrate)}
	if s.Video != nil {
		v.Camera, v.Encoder, v.Way, v.Limits = s.Video.Camera, s.Video.Encoder, s.Video.Way, s.Video.Missing
		if f := s.Video.Format; s.Video.Camera != "" {
			v.Format = fmt.Sprintf("%dx%d %s", f.Width, f.Height, f.FourCC)
		}
		v.Pictures, v.Dropped = s.Video.Pictures, s.Video.Lost+s.Video.Skipped // what the device dropped or damaged is skipped too
	}
	if s.Uplink != nil {
		v.Target = s.Uplink.Target
	}
	return v
}

func (b *box) audioStatus(s station.Snapshot) status.Audio {
	level := b.station.Level()
	a := status.Audio{Bitrate: int(s.AudioBitrate), LevelDB: level.RMS, PeakDB: level.Peak}
	if s.Audio != nil {
		a.Microphone = s.Audio.Microphone
	}
	return a
}

// press does on the station what staff did on the page.
func (b *box) press(p status.Press) error {
	switch p.Button + " " + p.Gesture {
	case "go_live press":
		b.station.Press(golive.GoLiveTapped{In: p.State})
	case "go_live hold":
		b.station.Press(golive.EndAsked{})
	case "cut press":
		if p.Cut == nil {
			b.station.Press(golive.CutDown{})
		} else {
			b.station.Press(golive.CutAsked{Cut: !*p.Cut})
		}
	default:
		return fmt.Errorf("the %s button has no %s", p.Button, p.Gesture)
	}
	return nil
}

// previewWidth is enough to see who is in the picture, and little enough for a phone's network.
const previewWidth = 480

// preview is what the camera sees now, as a JPEG.
func (b *box) preview(ctx context.Context) ([]byte, error) {
	var jpeg bytes.Buffer
	var failed error
	err := b.station.Look(ctx, func(f *capture.RawFrame) {
		var c picture.Converter
		failed = c.Preview(&jpeg, f, previewWidth)
	})
	return jpeg.Bytes(), errors.Join(err, failed)
}

func (b *box) uplinkStatus(s station.Snapshot) status.Uplink {
	first := b.clients[0].Endpoint
	u := status.Uplink{State: "idle", Relay: first.Scheme + "://" + first.Host}
	if s.Uplink == nil {
		return u
	}
	n := s.Uplink
	if n.Relay != "" {
		u.Backup, u.Relay = n.Backup, n.Relay
	}
	u.Pair, u.Answer = n.Pair, n.Answer
	u.Recoveries, u.Restarts, u.LastRecovery = n.Recoveries, n.Restarts, n.LastRecovery
	u.State = "connecting"
	if n.Connected {
		u.State = "connected"
	}
	if n.Confirmed {
		u.State = "confirmed"
	}
	u.Attempt, u.LastError = n.Attempt, n.Error
	u.RTTMS, u.Loss, u.SentBPS = n.RTT*1000, n.Loss, n.Rate
	u.EstimateBPS, u.AcknowledgedBPS, u.Cause, u.QueueMS = n.Estimate, n.Acknowledged, n.Cause, n.Queue*1000
	u.Queued = n.QueuedVideo + n.QueuedAudio
	u.Dropped = n.Drops.Overflow + n.Drops.AwaitingIDR
	u.Drops = status.Drops{Offline: n.Drops.Offline, Overflow: n.Drops.Overflow, AwaitingIDR: n.Drops.AwaitingIDR,
		Flushed: n.Drops.Flushed, Failed: n.SendFailures}
	u.Retransmitted = n.Retransmitted
	if n.ConfirmedAge >= 0 {
		age := int64(n.ConfirmedAge * 1000)
		u.ConfirmedMSAgo = &age
	}
	return u
}
