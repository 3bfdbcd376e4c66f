package status

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Options is what a Server needs. Snapshot and Press are called by one goroutine at a time each.
type Options struct {
	Listen  string           // host:port; port 0 takes a free one
	Sockets net.ListenConfig // binds Listen
	// Passphrase and Certificate are for those who come from another computer; where Listen is not loopback, both are
	// needed. Certificate is called for each connection, Passphrase for each who wants to come in.
	Passphrase  func() string
	Certificate func() (*tls.Certificate, error)
	Visitors    *Visitors // nil: those of this Server alone
	// Snapshot says what the box does. It is to return within milliseconds; after two seconds the station counts as
	// hanging.
	Snapshot func() Snapshot
	// Press does what the button does. It returns when the station took the gesture, at once; an error is the reason why it
	// did not, for people.
	Press func(Press) error
	// Preview returns the camera's newest picture as a JPEG of some hundred pixels. It is called about twice a second
	// while somebody looks, and gives up when ctx is done. Nil: there is no preview.
	Preview    func(ctx context.Context) ([]byte, error)
	Conditions []string               // the codes that a Warning may have: /metrics has each, 0 while it is not in force
	Collectors []prometheus.Collector // served on /metrics besides our own
	Settings   func() []Setting       // the running configuration, without secrets; nil: none is shown
	Pieces     []Piece                // of the support bundle, besides our own
	Journal    *Journal               // nil: there is no log to be seen
	Zone       func() *time.Location  // of the venue; nil: the system's
	Log        *slog.Logger           // nil: slog.Default()
}

// Setting is a key of the configuration and its value, for people.
type Setting struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Default bool   `json:"default"` // nobody has set it
}
