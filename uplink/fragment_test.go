package uplink

import (
	"slices"
	"strings"
	"testing"
)

const (
	oldUDP = "1 1 udp 2130706431 192.0.2.1 5000 typ host ufrag old"
	newUDP = "1 1 UDP 2130706431 192.0.2.2 5000 typ host"
	newTCP = "2 1 TCP 1671430143 192.0.2.2 5000 typ host tcptype passive"
	answer = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=ice-lite\r\n" +
		"m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:0\r\na=ice-ufrag:old\r\na=ice-pwd:oldpassword\r\na=candidate:" + oldUDP +
		"\r\na=end-of-candidates\r\na=fingerprint:sha-256 00\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\na=ice-ufrag:old\r\n" +
		"a=ice-pwd:oldpassword\r\na=candidate:" + oldUDP + "\r\n"
)

// A restart replaces the relay's whole side, and nothing else of its answer.
func TestWithICE(t *testing.T) {
	side := readICE("a=ice-ufrag:new\na=ice-pwd:newpassword\r\na=candidate:" + newUDP + "\r\na=candidate:" + newTCP + "\r\n")
	got := withICE(answer, side)
	want := strings.NewReplacer("a=ice-ufrag:old", "a=ice-ufrag:new", "oldpassword", "newpassword",
		"a=candidate:"+oldUDP+"\r\n", "", "a=end-of-candidates\r\n", "",
		"a=fingerprint:sha-256 00\r\n", "a=fingerprint:sha-256 00\r\na=candidate:"+newUDP+"\r\na=candidate:"+newTCP+"\r\n").Replace(answer)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCutTCP(t *testing.T) {
	both := iceSide{candidates: []string{newTCP, newUDP}}
	if first, tcp := both.cutTCP(); !slices.Equal(first.candidates, []string{newUDP}) || !slices.Equal(tcp, []string{newTCP}) {
		t.Errorf("%q, %q", first.candidates, tcp)
	}
	only := iceSide{candidates: []string{newTCP}}
	if first, tcp := only.cutTCP(); !slices.Equal(first.candidates, []string{newTCP}) || tcp != nil {
		t.Errorf("%q, %q: there is nothing to wait for", first.candidates, tcp)
	}
}

// Answers and fragments are the relay's to write.
func FuzzICE(f *testing.F) {
	f.Add(answer, "a=ice-ufrag:new\r\na=ice-pwd:newpassword\r\na=candidate:"+newUDP+"\r\na=candidate:"+newTCP+"\r\n")
	f.Fuzz(func(t *testing.T, answer, fragment string) {
		side := readICE(fragment)
		if len(side.candidates) > maxCandidates {
			t.Errorf("%d candidates", len(side.candidates))
		}
		if !strings.Contains(answer, "m=") || side.ufrag == "" || side.pwd == "" {
			return
		}
		got := readICE(withICE(answer, side))
		if got.ufrag != "" && got.ufrag != side.ufrag || got.pwd != "" && got.pwd != side.pwd {
			t.Errorf("%+v became %+v", side, got)
		}
		first, tcp := side.cutTCP()
		if len(first.candidates)+len(tcp) != len(side.candidates) {
			t.Errorf("%q and %q of %q", first.candidates, tcp, side.candidates)
		}
	})
}
