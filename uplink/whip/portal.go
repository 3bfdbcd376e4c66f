package whip

import (
	"net/http"
	"strings"
)

// errPortal is what stands between venue and Internet where the network's guests have to log in first.
var errPortal = &failure{kind: ofPortal,
	text: "answered with a web page: so does a network that wants a log-in first (a captive portal)"}

func isPage(resp *http.Response) bool {
	return strings.HasPrefix(strings.ToLower(resp.Header.Get("Content-Type")), "text/html")
}

// leadsAway tells of a redirect to another host.
func leadsAway(resp *http.Response) bool {
	to, err := resolve(resp.Request.URL, resp.Header.Get("Location"))
	return err != nil || !strings.EqualFold(to.Hostname(), resp.Request.URL.Hostname())
}
