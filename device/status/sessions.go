package status

import (
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// A session is a browser that gave the passphrase. They are in memory: they end with the program.
const (
	sessionLife = 30 * 24 * time.Hour // since it was last used
	maxSessions = 64                  // one more ends the one that was used the longest ago
)

// sessions knows each session by the hash of its key, so that how long a look takes tells nothing of a key.
type sessions struct {
	mu   sync.Mutex
	used map[[sha256.Size]byte]time.Time
}

// open returns the key of a new session: 130 random bits.
func (s *sessions) open() string {
	key := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used == nil {
		s.used = make(map[[sha256.Size]byte]time.Time)
	}
	if len(s.used) >= maxSessions {
		delete(s.used, s.oldest())
	}
	s.used[sha256.Sum256([]byte(key))] = time.Now()
	return key
}

func (s *sessions) oldest() (oldest [sha256.Size]byte) {
	var at time.Time
	for id, used := range s.used {
		if at.IsZero() || used.Before(at) {
			oldest, at = id, used
		}
	}
	return oldest
}

// use tells whether there is a session with this key, and has it live on.
func (s *sessions) use(key string) bool {
	id := sha256.Sum256([]byte(key))
	s.mu.Lock()
	defer s.mu.Unlock()
	at, there := s.used[id]
	if !there || time.Since(at) > sessionLife {
		delete(s.used, id)
		return false
	}
	s.used[id] = time.Now()
	return true
}

func (s *sessions) end(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.used, sha256.Sum256([]byte(key)))
}
