package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"

	"vigie/device/config"
)

type relayCommand struct{ file }

// Run serves the embedded relay alone until a signal.
func (c relayCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(c.Config, os.Environ())
	if err != nil {
		return usageError{err}
	}
	log := newLog(cfg.Log.Level)
	token, err := publishingToken(*cfg, log)
	if err != nil {
		return err
	}
	r, err := newRelay(*cfg, token, log)
	if err != nil {
		return err
	}
	base := relayURL(*cfg, reachable(r.Addr().String()))
	log.Info("the relay listens", "whip", base+"/whip/"+cfg.Venue.Channel, "watch", base+"/"+cfg.Venue.Channel)
	if why := closedToBoxes(*cfg); why != "" {
		log.Warn("no box elsewhere can publish here, unless by a proxy: " + why)
	}
	return r.Run(ctx)
}

// closedToBoxes is why no other machine's box can publish to this relay, and what to do; "" where it can.
func closedToBoxes(c config.Config) string {
	switch {
	case c.Relay.Loopback():
		return "relay.listen is this computer alone; set it to an address of this machine, such as :8889"
	case c.Relay.TLS.Cert == "":
		return "a box sends its token by https:// alone; set relay.tls to a certificate, and the box's relay.ca_file to its CA"
	}
	return ""
}

// publishingToken is the configured one, or one that is made at the first start and kept.
func publishingToken(c config.Config, log *slog.Logger) (string, error) {
	if c.Relay.TokenFile != "" {
		token, err := config.ReadToken(c.Relay.TokenFile)
		if err != nil {
			return "", usageError{err}
		}
		return token, nil
	}
	dir, err := stateDirectory()
	if err != nil {
		return "", err
	}
	log.Info("publishing needs the token in " + filepath.Join(dir, "relay-token"))
	return keptSecret(dir, "relay-token")
}
