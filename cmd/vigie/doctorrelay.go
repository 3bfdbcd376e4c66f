package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"vigie/device/config"
	"vigie/uplink"
	"vigie/uplink/whip"
)

// relaySteps looks at the way to the first relay and to each backup, a step at a time: its name, its certificate, its WHIP
// endpoint.
func relaySteps(c *config.Config, b *runningBox) []step {
	r := c.Relay
	if r.URL == config.Embedded {
		return []step{{"relay", stepTime, relayAdvice, func(context.Context) []finding { return []finding{embedded(c, b)} }}}
	}
	to := func(part string, at config.Backup) step {
		return step{part, relayTime, relayAdvice, func(ctx context.Context) []finding { return lookAtRelay(ctx, r, part, at) }}
	}
	all := []step{to("relay", config.Backup{URL: r.URL})}
	for i, at := range r.Backup {
		all = append(all, to(fmt.Sprintf("backup %d", i+1), at))
	}
	return all
}

// embedded has the relay inside vigie take its ports for a moment, where no vigie runs that has them.
func embedded(c *config.Config, b *runningBox) finding {
	f := finding{"relay", "green", fmt.Sprintf("embedded, on %s, with media on port %d", c.Relay.Listen, c.Relay.Media), ""}
	if b != nil && b.State == "fault" {
		f.Light, f.Text = "amber", f.Text+": not tried, since the vigie that runs is in fault and may have them"
		f.Advice = "mend what it says above first"
		return f
	}
	if b != nil {
		f.Text += ": the vigie that runs has them"
		return f
	}
	r, err := newRelay(*c, rand.Text(), slog.New(slog.DiscardHandler))
	if err == nil {
		err = (&box{relay: r}).closeRelay()
	}
	if err != nil {
		return finding{"relay", "red", err.Error(), "`sudo ss -lntup` names who has a port: another program, vigie-relay.service, or a vigie " +
			"whose status page is not at status.listen"}
	}
	return f
}

// relayAdvice is for what hangs; an error of the probe brings its own.
const relayAdvice = "look at the network"

// lookAtRelay ends with the first step that fails. What is wrong is said in the words of the probe, which has them for people.
func lookAtRelay(ctx context.Context, r config.Relay, part string, to config.Backup) []finding {
	client, err := publisherTo(r, to.URL, to.TokenFile, "")
	if err != nil {
		return []finding{{part, "red", err.Error(), "relay.token_file and relay.ca_file in config.yaml; run doctor as root"}}
	}
	probed := client.Probe(ctx)
	failed := func(step string, err error) finding {
		if probed != nil {
			return finding{part + " " + step, "red", probed.Error(), uplink.Advice(probed)}
		}
		return finding{part + " " + step, "red", err.Error(), relayAdvice}
	}
	var found []finding
	if proxy, _ := http.ProxyFromEnvironment(&http.Request{URL: client.Endpoint}); proxy != nil {
		found = append(found, finding{part + " name", "green", "left to the proxy " + proxy.Host, "media does not go by it"})
	} else {
		name, err := resolve(ctx, client.Endpoint.Hostname())
		if err != nil {
			return append(found, failed("name", err))
		}
		found = append(found, finding{part + " name", "green", name, ""})
		f, err := handshake(ctx, r, client.Endpoint)
		if err != nil {
			return append(found, failed("TLS", err))
		}
		f.Part = part + " TLS"
		found = append(found, f)
	}
	if probed != nil {
		return append(found, failed("WHIP", probed))
	}
	return append(found, finding{part + " WHIP", "green", client.Endpoint.Host + " lets us in" + options(ctx, client), ""})
}

// options is what the endpoint says to OPTIONS (RFC 9110, 9.3.7), which some relays have for browsers. The token is not
// sent with it.
func options(ctx context.Context, client *whip.Client) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodOptions, client.Endpoint.String(), nil)
	if err != nil {
		return ""
	}
	h := client.HTTP
	if h == nil {
		h = whip.HTTPClient(nil)
	}
	once := *h
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := once.Do(req)
	if err != nil {
		return "; no answer to OPTIONS"
	}
	defer resp.Body.Close()
	text := fmt.Sprintf("; %d to OPTIONS", resp.StatusCode)
	if resp.Header.Get("Accept-Post") == "application/sdp" {
		text += ", and it takes SDP"
	}
	return text
}
