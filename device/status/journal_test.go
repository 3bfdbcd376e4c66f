package status

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestJournalKeepsTheLastHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var behind bytes.Buffer
		j := NewJournal(slog.NewTextHandler(&behind, &slog.HandlerOptions{Level: slog.LevelWarn}))
		log := slog.New(j).With("show", 3)
		log.Info("the first")
		<-time.After(50 * time.Minute)
		log.Debug("too little")
		log.WithGroup("relay").Warn("it refuses", "code", 403, "why", "a word")
		<-time.After(9 * time.Minute)
		paris := time.FixedZone("Paris", 3600)
		all := j.Entries(paris)
		if len(all) != 2 || all[0].Text != `it refuses show=3 relay.code=403 relay.why="a word"` || all[0].Level != slog.LevelWarn ||
			all[1].Text != "the first show=3" || !all[1].Time.Equal(time.Now().Add(-59*time.Minute)) || all[1].Time.Location() != paris {
			t.Errorf("%+v", all)
		}
		if text := behind.String(); strings.Contains(text, "first") || !strings.Contains(text, "it refuses") {
			t.Errorf("handed on: %s", text)
		}
		<-time.After(2 * time.Minute)
		if all = j.Entries(paris); len(all) != 1 {
			t.Errorf("after an hour: %+v", all)
		}
	})
}

func TestJournalIsBounded(t *testing.T) {
	j := NewJournal(slog.DiscardHandler)
	log := slog.New(j)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for i := range maxEntries {
				log.Info(strings.Repeat("ü", maxEntry), "n", i)
				j.Entries(time.UTC)
			}
		})
	}
	writers.Wait()
	for i := range 3 {
		log.Info(fmt.Sprint("last ", i))
	}
	all := j.Entries(time.UTC)
	if len(all) != maxEntries || all[0].Text != "last 2" || all[2].Text != "last 0" || len(all[3].Text) > maxEntry+len("…") {
		t.Errorf("%d entries, first %+v", len(all), all[:4])
	}
}
