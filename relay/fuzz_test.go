package relay

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzOffer posts anything as an offer to both endpoints: the answer is 201 or a client's error, and nothing is left.
func FuzzOffer(f *testing.F) {
	r, err := New(Options{Listen: "127.0.0.1:0", Token: token, Channel: "stage"})
	if err != nil {
		f.Fatal(err)
	}
	handler := r.routes()
	f.Cleanup(func() {
		r.stop()
		r.wg.Wait()
		_ = r.closeSockets()
	})
	f.Add([]byte("v=0\r\n"), true)
	f.Fuzz(func(t *testing.T, body []byte, whip bool) {
		path := "/whep/stage"
		if whip {
			path = "/whip/stage"
		}
		req := httptest.NewRequest("POST", path, strings.NewReader(string(body)))
		req.Header.Set("Content-Type", typeSDP)
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Vigie-Box", "fuzz")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		switch location := w.Header().Get("Location"); {
		case w.Code == 201 && strings.HasPrefix(location, path+"/"):
			req := httptest.NewRequest("DELETE", location, nil)
			req.Header.Set("Authorization", "Bearer "+token)
			if w := httptest.NewRecorder(); true {
				handler.ServeHTTP(w, req)
				if w.Code != 200 {
					t.Errorf("DELETE is answered %d", w.Code)
				}
			}
		case w.Code < 400 || w.Code > 499:
			t.Errorf("answered %d: %s", w.Code, w.Body)
		}
	})
}

// FuzzFragment reads anything as a trickle ICE fragment.
func FuzzFragment(f *testing.F) {
	f.Add([]byte("a=ice-ufrag:x\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		ufrag, err := parseFragment(body)
		if err != nil && ufrag != "" {
			t.Errorf("both %q and %v", ufrag, err)
		}
	})
}
