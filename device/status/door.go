package status

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// door lets in who is on this computer, who has a session, and programs that give the passphrase with each request.
// Only what tells nothing of the box is open to everyone.
type door struct {
	near       func(netip.Addr) bool // this computer
	passphrase func() string         // nil, or empty when bare: nobody gets in by it
	*Visitors
	counts counts
	log    *slog.Logger
}

// cookieName: browsers take a cookie with this prefix only over TLS, for this host alone and all of its paths (RFC 6265bis,
// 4.1.3.2).
const cookieName = "__Host-vigie"

// wrap holds back who is not let in: people are sent to the login, programs get 401.
func (d *door) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case d.near(peer(r)), d.known(r), public(r):
			next.ServeHTTP(w, r)
		case r.Header.Get("Authorization") != "":
			if d.program(w, r) {
				next.ServeHTTP(w, r)
			}
		case r.Method == http.MethodGet && (r.URL.Path == "/" || r.URL.Path == "/kiosk"):
			http.Redirect(w, r, "/login?"+loginQuery(r.URL.Path, r.URL.Query().Get("lang")), http.StatusSeeOther)
		default:
			refuse(w, "log in at /login, or send the box's passphrase as a bearer token")
		}
	})
}

// public is what everyone may see: that the box is there, how it looks, and where to log in.
func public(r *http.Request) bool {
	return r.URL.Path == "/healthz" || r.URL.Path == "/login" || strings.HasPrefix(r.URL.Path, "/page/")
}

// known tells whether the request is of a session.
func (d *door) known(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	if err != nil || !d.sessions.use(c.Value) {
		return false
	}
	d.guests.add(peer(r))
	return true
}

// program looks at the Authorization of a request, and answers it where that is not right.
func (d *door) program(w http.ResponseWriter, r *http.Request) bool {
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") { // RFC 9110, 11.1
		given = ""
	}
	if _, password, ok := r.BasicAuth(); ok {
		given = password
	}
	right, wait := d.try(peer(r), given)
	switch {
	case wait > 0:
		setWait(w, wait)
		fail(w, http.StatusTooManyRequests, "too many wrong passphrases; wait")
	case !right:
		refuse(w, "this is not the box's passphrase; vigie passphrase prints it")
	}
	return right
}

// refuse asks for the passphrase. Basic is taken too, but not asked for: browsers would put a window of their own over
// the page.
func refuse(w http.ResponseWriter, why string) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="Vigie"`)
	fail(w, http.StatusUnauthorized, why)
}

// try tells whether the passphrase is right. A wait that is not 0 means that it was not even looked at.
func (d *door) try(from netip.Addr, given string) (right bool, wait time.Duration) {
	wrong, wait := d.tries.take(from)
	if wait > 0 {
		d.counts.refused.WithLabelValues("tries").Inc()
		return false, wait
	}
	want := d.bare()
	a, b := sha256.Sum256([]byte(bare(given))), sha256.Sum256([]byte(want))
	if want != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1 {
		d.tries.right(from)
		d.guests.add(from)
		return true, 0
	}
	d.counts.refused.WithLabelValues("passphrase").Inc()
	if wrong%freeTries == 0 && d.tries.tell() {
		d.log.Warn("somebody tries passphrases of the status page", "from", from, "wrong", wrong)
	}
	return false, 0
}

// bare is the box's passphrase as it counts.
func (d *door) bare() string {
	if d.passphrase == nil {
		return ""
	}
	return bare(d.passphrase())
}

// bare is a passphrase as it counts: people write its groups with spaces, phones begin with a capital, and mail programs
// make dashes of its hyphens.
func bare(passphrase string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, passphrase)
}

func setWait(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// peer is whom the connection is with.
func peer(r *http.Request) netip.Addr {
	a, _ := netip.ParseAddrPort(r.RemoteAddr) // what is no address is not near
	return a.Addr()
}

// isLoopback tells whether an address is this computer's own for itself.
func isLoopback(a netip.Addr) bool { return a.Unmap().IsLoopback() }
