package status

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// What a piece of a support bundle may cost.
const (
	maxPiece   = 1 << 20 // bytes; the rest is cut off
	pieceTime  = 10 * time.Second
	pieceGrace = time.Second // to give up in
)

// Piece is a file of the support bundle. Nothing secret is in it: bundles are sent to strangers.
type Piece struct {
	Name string
	// Write writes it to w, and gives up when ctx is done. What it wrote until an error is part of the bundle, and the
	// error too.
	Write func(ctx context.Context, w io.Writer) error
}

// maker makes one piece. A piece that hangs, in a driver or on a disk, is given up on, and costs one goroutine however often
// a bundle is asked for.
type maker struct {
	Piece
	making chan struct{} // holds a token while Write runs
}

func makers(pieces []Piece) (all []maker) {
	for _, p := range pieces {
		all = append(all, maker{p, make(chan struct{}, 1)})
	}
	return all
}

// text is the piece, and what is wrong with it at its end. It takes pieceTime and pieceGrace at most.
func (m maker) text(ctx context.Context) []byte {
	select {
	case m.making <- struct{}{}:
	default:
		return notWhole(nil, errors.New("it was asked for before, and has not answered yet"))
	}
	ctx, cancel := context.WithTimeout(ctx, pieceTime)
	defer cancel()
	var b bounded
	wrote := make(chan error, 1)
	go func() { // waited for below, but not for ever
		err := m.Write(ctx, &b)
		<-m.making
		wrote <- err
	}()
	select {
	case err := <-wrote:
		return notWhole(b.soFar(), err)
	case <-ctx.Done():
	}
	select { // it may heed ctx
	case err := <-wrote:
		return notWhole(b.soFar(), err)
	case <-time.After(pieceGrace):
		return notWhole(b.soFar(), fmt.Errorf("it did not answer within %v", pieceTime+pieceGrace))
	}
}

// notWhole is the text of a piece with what is wrong with it, where something is.
func notWhole(text []byte, err error) []byte {
	if err == nil {
		return text
	}
	return fmt.Appendf(text, "\nThis piece is not whole: %v\n", err)
}

// bounded is a buffer that takes maxPiece bytes.
type bounded struct {
	mu   sync.Mutex // of one who writes, and one who gave up on that
	text []byte
}

var errPiece = fmt.Errorf("it is larger than %d KiB", maxPiece>>10)

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := min(len(p), maxPiece-len(b.text))
	b.text = append(b.text, p[:taken]...)
	if taken < len(p) {
		return taken, errPiece
	}
	return taken, nil
}

// soFar is a copy of what was written.
func (b *bounded) soFar() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.text)
}
