package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRules(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	relay := func(url string) string { return fmt.Sprintf("relay:\n  url: %s\n  token_file: %s", url, token) }
	ca, _ := writePair(t)
	const fine = ""
	for name, c := range map[string]struct{ data, want string }{
		"passthrough of test": {"camera: {device: test}\nvideo: {encoder: passthrough}", "2:9: video.encoder: passthrough, and the test picture"},
		"nothing to send":     {"camera: {device: none}\nmicrophone: {device: none}", "2:14: microphone.device: none, and the other"},
		"sound alone":         {"camera: {device: none}", fine},
		"max below min":       {"video: {bitrate: {min: 300k, start: 300k, max: 50k}}", "1:43: video.bitrate.max: 50k is below min 300k"},
		"min above max":       {"video: {bitrate: {min: 5M}}", "1:19: video.bitrate.min: 5M is above max 4M"},
		"start below min":     {"video: {bitrate: {start: 200k}}", "start: 200k is below min 300k"},
		"start above max":     {"video: {bitrate: {start: 5M}}", "start: 5M is above max 4M"},
		"a fixed rate":        {"video: {bitrate: {min: 2M, start: 2M, max: 2M}}", fine},
		"token in the clear":  {relay("http://relay.example.org/whip"), "token_file: the token would cross"},
		"token on loopback":   {relay("http://127.0.0.1:8889/whip/x"), fine},
		"token on localhost":  {relay("http://localhost:8889/whip/x"), fine},
		"token in TLS":        {relay("https://relay.example.org/whip"), fine},
		"backups":             {relay("https://relay.example.org/whip") + "\n  backup: ['https://b.example.org/x', {url: 'https://c.example.org', token_file: " + token + "}]", fine},
		"backup, token":       {relay("https://relay.example.org/whip") + "\n  backup: ['http://b.example.org/x']", "4:12: relay.backup[0].url: the token would cross"},
		"backup of nothing":   {relay("https://relay.example.org/whip") + "\n  backup: [{token_file: ''}]", "4:12: relay.backup[0]: has no url"},
		"backup of itself":    {relay("https://relay.example.org/whip") + "\n  backup: ['https://relay.example.org/whip']", "relay.backup[0].url: is the same as another"},
		"a CA":                {relay("https://relay.example.org/whip") + "\n  ca_file: " + ca, fine},
		"an interface":        {relay("https://relay.example.org/whip") + "\n  interface: wwan0", fine},
		"CA for ours":         {"relay: {ca_file: " + ca + "}", "1:9: relay.ca_file: is about a relay elsewhere"},
		"turn":                {"relay: {ice_servers: [turn:t.example.org]}", "1:23: relay.ice_servers[0].url: a TURN server needs"},
		"stun with a name":    {"relay: {ice_servers: [{url: stun:t.example.org, username: u}]}", "takes neither"},
		"same port":           {"status: {listen: ':8889'}", "1:10: status.listen: port 8889 is used by relay.listen and"},
		"other address":       {"status: {listen: '127.0.0.2:8889'}", fine},
		"media's port":        {"relay: {media: 8889}", "relay.media: port 8889 is used by relay.listen and"},
		"status on media":     {"status: {listen: '127.0.0.1:8890'}", "status.listen: port 8890 is used by relay.media"},
		"cert alone":          {"relay: {tls: {cert: /x}}", "relay.tls.cert: needs relay.tls.key with it"},
		"key alone":           {"relay: {tls: {key: /x}}", "relay.tls.key: needs relay.tls.cert with it"},
		"line of a default":   {"panel: {lights: {red: GPIO17}}", "red.line: GPIO17 is used by panel.buttons.go_live.line already"},
		"lamp on a light":     {"panel: {tally_out: GPIO22}", "1:9: panel.tally_out.line: GPIO22 is used by panel.lights.green.line"},
		"one light":           {"panel: {lights: {rgb: true}}", fine},
		"one light, no blue":  {"panel: {lights: {amber: '', rgb: true}}", "1:29: panel.lights.rgb: true is one light with lines for"},
		"button on a light":   {"panel: {buttons: {cut: {line: GPIO23}}}", "cut.line: GPIO23 is used by panel.lights.amber.line"},
		"swapped lines":       {"panel: {lights: {red: GPIO22, green: GPIO27}}", fine},
		"no lines":            {"panel: {buttons: {go_live: {line: ''}}, lights: {red: '', green: '', amber: ''}}", fine},
		"always pressed":      {"panel: {buttons: {go_live: {active: high}}}", "go_live.active: active high and pull up make"},
		"pulled down":         {"panel: {buttons: {go_live: {pull: down}}}", "go_live.pull: active low and pull down"},
		"active high":         {"panel: {buttons: {go_live: {active: high, pull: down}}}", fine},
		"own resistor":        {"panel: {buttons: {go_live: {active: high, pull: none}}}", fine},
		"not fitted":          {"panel: {buttons: {cut: {active: high}}}", fine},
		"one error of two":    {"video: {bitrate: {min: 1G}}", "1G is not a bit rate"},
	} {
		t.Run(name, func(t *testing.T) { expect(t, c.data, nil, c.want) })
	}
	expect(t, "{}", []string{"VIGIE_VIDEO_BITRATE_MAX=200k"}, "VIGIE_VIDEO_BITRATE_MAX: video.bitrate.max: 200k is below min 300k")
	expect(t, "{}", []string{"VIGIE_RELAY_ICE_SERVERS=stun:a,turn:b"}, "VIGIE_RELAY_ICE_SERVERS: relay.ice_servers[1].url: a TURN")
	expect(t, "{}", []string{"VIGIE_BROADCAST_HASHTAGS=a,b c"}, "VIGIE_BROADCAST_HASHTAGS: broadcast.hashtags[1]: b c is not")
	expect(t, "{}", []string{"VIGIE_CAMERA_CONTROLS_=1"}, "VIGIE_CAMERA_CONTROLS_: unknown variable")
}

func TestCertificate(t *testing.T) {
	cert, key := writePair(t)
	_, other := writePair(t)
	tls := func(cert, key string) string { return fmt.Sprintf("relay: {tls: {cert: %s, key: %s}}", cert, key) }
	expect(t, tls(cert, key), nil, "")
	expect(t, tls(cert, other), nil, "relay.tls.key: certificate and key do not serve")
	expect(t, tls(key, key), nil, "certificate and key do not serve")
	expect(t, tls(cert+"x", key), nil, "relay.tls.cert: stat "+cert+"x: no such file")
	expect(t, tls(cert, key+"x"), nil, "relay.tls.key: stat "+key+"x: no such file")
	expect(t, "status: {tls: {cert: /x}}", nil, "status.tls.cert: needs status.tls.key with it")
	expect(t, "status: {tls: {cert: /x, key: /x}}", nil, "") // explained, and no error
}

// writePair makes a certificate and its key.
func writePair(t *testing.T) (cert, key string) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	privateDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", privateDER)
}
