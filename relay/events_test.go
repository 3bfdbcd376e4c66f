package relay

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Over HTTP/2 a write deadline that passes ends a stream on which nothing is being written.
func TestEventsOverHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(nil) // for its certificate, and the client that trusts it
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	pair := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	check(t, err)
	dir := t.TempDir()
	save := func(name, kind string, der []byte) string {
		name = filepath.Join(dir, name)
		check(t, os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return name
	}
	cert, secret := save("cert", "CERTIFICATE", pair.Certificate[0]), save("key", "PRIVATE KEY", key)
	r, _ := start(t, func(o *Options) { o.Cert, o.Key = cert, secret })
	r.keepAlive = 200 * time.Millisecond
	resp, err := server.Client().Get("https://" + r.Addr().String() + "/stage/events")
	check(t, err)
	defer resp.Body.Close()
	if resp.ProtoMajor != 2 {
		t.Fatalf("the stream is %s, want HTTP/2", resp.Proto)
	}
	lines, alive := bufio.NewScanner(resp.Body), 0
	for alive < 5 && lines.Scan() {
		if lines.Text() == ": still here" {
			alive++
		}
	}
	if alive < 5 {
		t.Errorf("the stream ended after %d signs of life: %v", alive, lines.Err())
	}
}
