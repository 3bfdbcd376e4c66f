package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// file is in the state directory, where a restart and a power cut leave it.
func (p *planner) file() string { return filepath.Join(p.dir, "shows-over.json") }

// recall takes over what remember has kept.
func (p *planner) recall() {
	text, err := os.ReadFile(p.file())
	if err == nil {
		err = json.Unmarshal(text, &p.keeper.Past)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.box.log.Warn("it is not known which planned shows are over: one may begin again", "err", err)
	}
}

// keepTakes is how long a program that ends waits for what is not written yet.
const keepTakes = 2 * time.Second

// remember keeps which shows are over, where that is another than before. A card that fails may hold for minutes whoever writes to
// it, and no show is to stay on air for that: so it is written on a goroutine of its own, one at a time. What changes meanwhile
// is written at a later call.
func (p *planner) remember() {
	select {
	case err := <-p.wrote:
		p.written(err)
	default:
	}
	if !p.unkept || p.keeps {
		return
	}
	p.unkept, p.keeps = false, true
	past := p.keeper.Past // Over is never written to: Step makes another one
	p.keeping.Go(func() {
		text, err := json.Marshal(past)
		if err == nil {
			err = replaceFile(p.file(), text)
		}
		p.wrote <- err
	})
}

// settle waits until all is kept. A card that hangs is left behind after keepTakes, with the goroutine that it holds.
func (p *planner) settle() {
	late := time.After(keepTakes)
	for p.remember(); p.keeps; p.remember() {
		select {
		case err := <-p.wrote:
			p.written(err)
		case <-late:
			p.written(errors.New("the disk does not answer"))
			return
		}
	}
}

// written takes how a write went.
func (p *planner) written(err error) {
	if p.keeps = false; err != nil {
		p.box.log.Warn("a planned show that is over may begin again after a restart", "err", err)
	}
}
