package health

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// answer is what a disk says of itself.
type answer struct {
	free, size uint64 // bytes; a size of 0: it does not say
	tried      bool   // whether it can be written
	err        error  // why it cannot
}

// askDisk asks the filesystem of dir, and with write tries whether it can be written. It blocks for as long as the disk
// does.
func askDisk(dir string, write bool) (a answer) {
	if write {
		a.tried, a.err = true, tryToWrite(dir)
	}
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) == nil {
		a.free, a.size = fs.Bavail*uint64(fs.Bsize), fs.Blocks*uint64(fs.Bsize)
	}
	return a
}

// tryToWrite is why nothing can be written to dir. It writes a file and removes it at once: most of the time that never
// gets as far as the card, and a filesystem that has failed, or that the kernel made read-only for it, is noticed. The
// name is always the same: nothing piles up where the power fails.
func tryToWrite(dir string) error {
	path := filepath.Join(dir, ".writable")
	if err := os.WriteFile(path, []byte("vigie tries whether it can write\n"), 0o600); err != nil {
		return err
	}
	return os.Remove(path)
}
