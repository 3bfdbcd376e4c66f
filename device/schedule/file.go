package schedule

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
)

// reading has the paths whose read has not returned yet. What hangs in the kernel cannot be called back: it is left behind,
// and no other joins it for the same path.
var reading sync.Map

var errNoAnswer = errors.New("the disk, or the network mount, does not answer")

// patiently returns what read does of the file at path, or an error when ctx is done first, or where an earlier read of that path
// still hangs.
func patiently(ctx context.Context, path string, read func(path string) ([]byte, error)) ([]byte, error) {
	if _, hangs := reading.LoadOrStore(path, true); hangs {
		return nil, fmt.Errorf("%s: %w", path, errNoAnswer)
	}
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1) // has room: who reads ends, whether it is listened to or not
	go func() {
		data, err := read(path)
		reading.Delete(path)
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", path, errNoAnswer)
	}
}

// readFile reads a regular file. Others, such as a pipe, might never end.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file but a folder, a device or a pipe", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return limited(file)
}
