package relay

import (
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
)

func TestRefusals(t *testing.T) {
	r, _ := start(t)
	const bearer = "Bearer " + token
	offer := newSender(t, 1, 1).offer()
	for _, c := range []struct {
		name, method, path, token, contentType, body string
		want                                         int
	}{
		{"no token", "POST", "/whip/stage", "", typeSDP, offer, 401},
		{"wrong token", "POST", "/whip/stage", bearer + "x", typeSDP, offer, 401},
		{"token in another scheme", "POST", "/whip/stage", "Basic " + token, typeSDP, offer, 401},
		{"a probe with the token", "GET", "/whip/stage", bearer, "", "", 405},
		{"a probe without", "GET", "/whip/stage", "", "", "", 401},
		{"a viewer's GET", "GET", "/whep/stage", "", "", "", 405},
		{"no such channel", "POST", "/whip/other", bearer, typeSDP, offer, 404},
		{"JSON", "POST", "/whip/stage", bearer, "application/json", offer, 415},
		{"no type", "POST", "/whep/stage", "", "", offer, 415},
		{"nothing", "POST", "/whip/stage", bearer, typeSDP, "", 400},
		{"garbage", "POST", "/whep/stage", "", typeSDP, "v=0\r\nhello", 400},
		{"no media of ours", "POST", "/whip/stage", bearer, typeSDP, strings.NewReplacer("H264", "VP8", "opus", "PCMU").Replace(offer), 400},
		{"a publisher's offer to WHEP", "POST", "/whep/stage", "", typeSDP, offer, 400},
		{"a viewer's offer to WHIP", "POST", "/whip/stage", bearer, typeSDP, strings.ReplaceAll(offer, "sendonly", "recvonly"), 400},
		{"ICE-lite", "POST", "/whip/stage", bearer, typeSDP, strings.Replace(offer, "\r\nm=", "\r\na=ice-lite\r\nm=", 1), 400},
		{"no fingerprint", "POST", "/whip/stage", bearer, typeSDP, strings.ReplaceAll(offer, "a=fingerprint", "a=x"), 400},
		{"64 KiB and more", "POST", "/whep/stage", "", typeSDP, strings.Repeat("a", maxBody+1), 413},
		{"an unknown session", "DELETE", "/whep/stage/x", "", "", "", 404},
		{"an unknown session without token", "DELETE", "/whip/stage/x", "", "", "", 401},
		{"a GET of a session", "GET", "/whep/stage/x", "", "", "", 405},
		{"another page", "GET", "/favicon", "", "", "", 404},
	} {
		resp := request(t, c.method, "http://"+r.Addr().String()+c.path, c.body, "Authorization", c.token, "Content-Type", c.contentType)
		text, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != c.want || len(text) < 10 {
			t.Errorf("%s: %s %s is answered %s %q, want %d", c.name, c.method, c.path, resp.Status, text, c.want)
		}
		if c.want == 405 && resp.Header.Get("Allow") == "" || c.want == 401 && resp.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: the header is %v", c.name, resp.Header)
		}
		if strings.Contains(string(text), token) {
			t.Errorf("%s: the token is in the answer: %s", c.name, text)
		}
	}
	if got := r.Stats(); got.Publishing || got.Viewers != 0 {
		t.Errorf("something was left: %+v", got)
	}
}

// A body that says that it has 10 MB is answered without a byte of it.
func TestLargeBodyIsNotRead(t *testing.T) {
	r, _ := start(t)
	conn, err := net.Dial("tcp", r.Addr().String())
	check(t, err)
	defer conn.Close()
	check(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	fmt.Fprintf(conn, "POST /whep/stage HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n", 10<<20)
	answer, err := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 413 ") || err != nil {
		t.Errorf("answered %q, %v", answer, err)
	}
}

func TestSessionURL(t *testing.T) {
	r, _ := start(t)
	s := newSender(t, 1, 1)
	offer := s.offer()
	endpoint := "http://" + r.Addr().String() + "/whip/stage"
	auth := []string{"Authorization", "Bearer " + token}
	resp := request(t, "POST", endpoint, offer, append(auth, "Content-Type", typeSDP)...)
	etag, location := resp.Header.Get("ETag"), resp.Header.Get("Location")
	if resp.StatusCode != 201 || resp.Header.Get("Content-Type") != typeSDP || !strings.HasPrefix(etag, `"`) || len(location) < len("/whip/stage/")+26 {
		t.Fatalf("%s %v", resp.Status, resp.Header)
	}
	if exposed := resp.Header.Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "Location") || !strings.Contains(exposed, "ETag") {
		t.Errorf("exposed to pages of other origins: %q", exposed)
	}
	ufrag := regexp.MustCompile(`a=ice-ufrag:\S+`).FindString(offer)
	for _, c := range []struct {
		match, body string
		want        int
	}{
		{etag, ufrag + "\r\na=ice-pwd:x\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n", 204},
		{etag, "a=end-of-candidates\r\n", 204},
		{"", ufrag + "\r\n", 428},
		{`"other"`, ufrag + "\r\n", 412},
		{"*", "a=ice-ufrag:new1\r\na=ice-pwd:new2\r\n", 422},
		{etag, "a=ice-ufrag:new1\r\n", 422},
		{etag, "hello", 400},
		{etag, "", 400},
	} {
		resp := request(t, "PATCH", "http://"+r.Addr().String()+location, c.body, append(auth, "Content-Type", typeFrag, "If-Match", c.match)...)
		if resp.StatusCode != c.want {
			t.Errorf("PATCH with If-Match %s of %q: %s, want %d", c.match, c.body, resp.Status, c.want)
		}
	}
	if resp := request(t, "PATCH", "http://"+r.Addr().String()+location, ufrag, append(auth, "Content-Type", typeSDP)...); resp.StatusCode != 415 {
		t.Errorf("PATCH of SDP: %s", resp.Status)
	}
	if resp := request(t, "DELETE", "http://"+r.Addr().String()+strings.Replace(location, "whip", "whep", 1), ""); resp.StatusCode != 404 {
		t.Errorf("a publisher's session is found under WHEP: %s", resp.Status)
	}
	resp = request(t, "OPTIONS", endpoint, "")
	if resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(resp.Header.Get("Access-Control-Allow-Headers"), "Vigie-Box") {
		t.Errorf("OPTIONS: %s %v", resp.Status, resp.Header)
	}
}

// Media is on the address of Listen alone, on the one port, and where the operator says that it is forwarded.
func TestCandidates(t *testing.T) {
	public := netip.MustParseAddr("192.0.2.7")
	r, _ := start(t, func(o *Options) { o.PublicAddresses = []netip.Addr{public} })
	resp := request(t, "POST", "http://"+r.Addr().String()+"/whip/stage", newSender(t, 1, 1).offer(), "Authorization", "Bearer "+token, "Content-Type", typeSDP)
	answer, err := io.ReadAll(resp.Body)
	check(t, err)
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^a=candidate:\S+ 1 (\S+) \d+ (\S+) (\d+) `).FindAllStringSubmatch(string(answer), -1) {
		found[strings.Join(m[1:], " ")] = true
	}
	for _, protocol := range []string{"udp", "tcp"} {
		for _, address := range []string{"127.0.0.1", public.String()} {
			c := fmt.Sprintf("%s %s %d", protocol, address, r.MediaPort())
			if !found[c] {
				t.Errorf("no candidate %s", c)
			}
			delete(found, c)
		}
	}
	if len(found) != 0 {
		t.Errorf("candidates elsewhere: %v", found)
	}
	if strings.Contains(string(answer), "VP8") {
		t.Errorf("the answer is\n%s", answer)
	}
}

// Whoever has no token meets an agent that sends nothing to an address that did not speak to it first; a publisher is
// met half way.
func TestRolesOfAnswers(t *testing.T) {
	r, _ := start(t)
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	check(t, err)
	defer func() { check(t, pc.GracefulClose()) }()
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	check(t, err)
	viewer, err := pc.CreateOffer(nil)
	check(t, err)
	publisher := newSender(t, 1, 1).offer()
	for _, c := range []struct {
		path, offer, setup string
		lite               bool
	}{
		{"/whip/stage", publisher, "a=setup:active", false},
		// RFC 9725, 4.4.4: a publisher that is a DTLS client alone.
		{"/whip/stage", strings.ReplaceAll(publisher, "a=setup:actpass", "a=setup:active"), "a=setup:passive", false},
		{"/whep/stage", viewer.SDP, "a=setup:passive", true},
	} {
		resp := request(t, "POST", "http://"+r.Addr().String()+c.path, c.offer, "Authorization", "Bearer "+token,
			"Content-Type", typeSDP, "Vigie-Box", "one")
		answer, err := io.ReadAll(resp.Body)
		check(t, err)
		if strings.Contains(string(answer), "a=ice-lite") != c.lite || !strings.Contains(string(answer), c.setup) {
			t.Errorf("%s: the answer is\n%s", c.path, answer)
		}
	}
}

func TestHalfOpenIsBounded(t *testing.T) {
	r, ahead := start(t)
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	check(t, err)
	defer func() { check(t, pc.GracefulClose()) }()
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	check(t, err)
	offer, err := pc.CreateOffer(nil)
	check(t, err)
	for i := range maxHalfOpen + 1 {
		resp := request(t, "POST", "http://"+r.Addr().String()+"/whep/stage", offer.SDP, "Content-Type", typeSDP)
		if full := i == maxHalfOpen; full != (resp.StatusCode == 503) || full != (resp.Header.Get("Retry-After") != "") {
			t.Errorf("viewer %d is answered %s", i, resp.Status)
		}
	}
	publish(t, r, "box", 1, 1) // who has the token is let in
	ahead.Add(int64(giveWay))
	post := func() int {
		return request(t, "POST", "http://"+r.Addr().String()+"/whep/stage", offer.SDP, "Content-Type", typeSDP).StatusCode
	}
	if got := post(); got != 201 {
		t.Errorf("a newcomer is answered %d while another does not connect for %v, want 201", got, giveWay)
	}
	for range maxHalfOpen - 1 {
		post()
	}
	if got := post(); got != 503 {
		t.Errorf("a newcomer is answered %d while all others are as new, want 503", got)
	}
}

func TestPage(t *testing.T) {
	r, _ := start(t)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r.routes().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	w := get("/stage")
	page := w.Body.String()
	for _, want := range []string{"&lt;b&gt;A &amp; B&lt;/b&gt;", "#music", "Pier 4", `data-state="waiting"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q:\n%s", want, page)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("the policy is %q", csp)
	}
	for _, file := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if got := get(file[1]); got.Code != 200 || got.Body.Len() == 0 {
			t.Errorf("%s is answered %d", file[1], got.Code)
		}
	}
	r.SetShow(Show{Title: "Second night"})
	if page := get("/stage").Body.String(); !strings.Contains(page, "Second night") || strings.Contains(page, "Pier 4") {
		t.Errorf("the page of another show:\n%s", page)
	}
	if w := get("/"); w.Header().Get("Location") != "/stage" {
		t.Errorf("/ is answered %d %v", w.Code, w.Header())
	}
}
