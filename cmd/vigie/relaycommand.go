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
	log.Info("the relay listens", "whip", relayURL(*cfg, r.Addr().String())+"/whip/"+cfg.Venue.Channel,
		"watch", relayURL(*cfg, r.Addr().String())+"/"+cfg.Venue.Channel)
	return r.Run(ctx)
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
