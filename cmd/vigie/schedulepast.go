package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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

// remember keeps which shows are over.
func (p *planner) remember() {
	text, err := json.Marshal(p.keeper.Past)
	if err == nil {
		err = replaceFile(p.file(), text)
	}
	if err != nil {
		p.box.log.Warn("a planned show that is over may begin again after a restart", "err", err)
	}
}
