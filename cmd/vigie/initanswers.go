package main

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"vigie/device/config"
)

// interview is the questions on their way. Each is asked until its answer goes with those before and with the rest of the
// file: nobody answers six to hear that the second was wrong. After an error nothing more is asked.
type interview struct {
	asker
	ctx  context.Context
	from beginning
	now  map[string]string // the texts of the keys that are asked for, as the file has them

	values map[string]string // as they are answered
	err    error
}

func newInterview(ctx context.Context, a asker, from beginning) *interview {
	c := from.config
	now := map[string]string{
		"venue.name": c.Venue.Name, "venue.channel": c.Venue.Channel, "relay.url": c.Relay.URL, "relay.token_file": c.Relay.TokenFile,
		"relay.listen": c.Relay.Listen, "camera.device": c.Camera.Device, "microphone.device": c.Microphone.Device,
		"status.listen": c.Status.Listen,
	}
	return &interview{asker: a, ctx: ctx, from: from, now: now, values: maps.Clone(now)}
}

// different is the answers that the file does not have already.
func (q *interview) different() map[string]string {
	all := maps.Clone(q.values)
	if all["relay.url"] != q.now["relay.url"] {
		all["relay.token_file"] = "" // no relay gets another one's
	}
	maps.DeleteFunc(all, func(key, value string) bool { return value == q.now[key] })
	return all
}

// clash is what is wrong with the file that the answers make; nil for nothing.
func (q *interview) clash() error {
	_, err := q.from.filled(q.different())
	if all := (config.Errors)(nil); errors.As(err, &all) {
		err = fmt.Errorf("%s: %s", all[0].Key, all[0].Text) // without a line of a file that nobody has seen
	}
	if err != nil {
		return fmt.Errorf("does not go with the rest: %w", err)
	}
	return nil
}

func (q *interview) text(key, question string) {
	if q.err != nil {
		return
	}
	q.values[key], q.err = q.asker.text(q.ctx, question, q.now[key], settingOf(q.from.config, key), func(s string) error {
		if err := config.Check(key, s); err != nil {
			return err
		}
		q.values[key] = s
		return q.clash()
	})
}

func (q *interview) choose(key, question string, choices ...choice) {
	for fallback := q.values[key]; q.err == nil; {
		q.values[key], q.err = q.oneOf(q.ctx, question, fallback, choices...)
		if q.err != nil {
			return
		}
		clash := q.clash()
		if clash == nil {
			return
		}
		fmt.Fprintf(q.out, "That cannot be: it %v\n", clash)
	}
}

// token asks for that of the relay; empty is none, or the one that the file names.
func (q *interview) token(question string) string {
	empty := "empty for none"
	if was := q.from.config.Relay; was.URL == q.values["relay.url"] && was.TokenFile != "" {
		empty = "empty keeps the one in " + was.TokenFile
	}
	for q.err == nil {
		var token string
		token, q.err = q.secret(q.ctx, question+" (it is not shown; "+empty+"):")
		if q.err != nil || token == "" {
			return ""
		}
		bad := config.CheckToken(token, q.values["relay.url"])
		if bad == nil {
			return token
		}
		fmt.Fprintf(q.out, "That cannot be: it %v. Press Enter to go on without one, Ctrl-C to begin anew.\n", bad)
	}
	return ""
}

// settingOf is a value as it may be shown: of a URL the host alone.
func settingOf(c *config.Config, key string) string {
	for _, s := range config.Settings(c) {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
