package whip

import (
	"errors"
	"net/http"
	"strings"
)

// errPortal is what stands between venue and Internet where the network's guests have to log in first.
var errPortal = errors.New("answered with a web page: does this network want a log-in first (a captive portal)? " +
	"Else check relay.url")

func isPage(resp *http.Response) bool {
	return strings.HasPrefix(strings.ToLower(resp.Header.Get("Content-Type")), "text/html")
}

// leadsAway tells of a redirect to another host.
func leadsAway(resp *http.Response) bool {
	to, err := resolve(resp.Request.URL, resp.Header.Get("Location"))
	return err != nil || !strings.EqualFold(to.Hostname(), resp.Request.URL.Hostname())
}
