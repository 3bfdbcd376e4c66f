package relay

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"regexp"
	"time"
)

// Options is what a relay is made from.
type Options struct {
	// Listen is host:port of the web server. Its host is also where media is received: a specific address means that
	// one alone, an empty or unspecified one (0.0.0.0, ::) every address of the machine.
	Listen string
	// Sockets binds Listen and Media.
	Sockets net.ListenConfig
	// Media is the port for media, UDP and TCP; 0 takes any that is free for both.
	Media int
	// Token is what publishers must show as Bearer (RFC 6750).
	Token string
	// Cert and Key are PEM files for HTTPS; both empty means HTTP.
	Cert, Key string
	// PublicAddresses are announced besides the machine's own, for a relay behind a port forwarding.
	PublicAddresses []netip.Addr
	Channel         string // the name in URLs: letters, digits, '-', '_'
	Show            Show
	Log             *slog.Logger // nil discards
}

// Show is what the watch page says about the broadcast. Any of it may be empty.
type Show struct {
	Venue, Title string
	Hashtags     []string // without '#'
	Place        string
}

// The limits of one relay.
const (
	maxViewers  = 200
	maxHalfOpen = 16             // viewers' sessions whose ICE or DTLS is not up yet
	maxWatchers = 400            // pages that listen for events
	maxConns    = 1000           // of the web server; more wait in the kernel's queue
	maxTCP      = 2 * maxViewers // connections to the media port
	maxBody     = 64 << 10

	connectTime = 15 * time.Second // from answer to connected
	freshMedia  = 3 * time.Second  // media younger than this is live, and keeps other publishers out
	silentTime  = 10 * time.Second // a publisher without media for this long is gone
	lostTime    = 2 * time.Minute  // a show whose publisher does not come back in this time is over
	giveWay     = 2 * time.Second  // a viewer that is not connected after this long may lose its place to a newcomer
	pliInterval = 500 * time.Millisecond
	pliHeed     = 2 * time.Second // of the PLIs of one viewer, one in this time is passed on
	pliAgain    = time.Second     // a viewer that still waits for an IDR asks again
	tendTime    = 250 * time.Millisecond
	closeTime   = 5 * time.Second // all sessions at shutdown
	answerTime  = time.Second     // of that, for requests that are being answered
)

var channelName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func (o Options) check() error {
	switch {
	case o.Token == "":
		return errors.New("relay token: empty; publishing needs one, set relay.token_file")
	case !channelName.MatchString(o.Channel) || o.Channel == "whip" || o.Channel == "whep":
		return fmt.Errorf("venue.channel: %q cannot be in a URL here; use letters, digits, - and _", o.Channel)
	case o.Media < 0 || o.Media > 65535:
		return fmt.Errorf("relay.media: %d is not a port", o.Media)
	case (o.Cert == "") != (o.Key == ""):
		return errors.New("relay.tls: cert and key are needed together")
	}
	return nil
}
