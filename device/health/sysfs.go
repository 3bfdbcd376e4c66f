package health

import (
	"iter"
	"os"
	"strconv"
	"strings"
)

// number reads a file that holds one number of that base. False: this board does not have it, or it cannot say.
func number(path string, base int) (int64, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), base, 64)
	return n, err == nil
}

// lines yields the fields of each line of a file; none where there is no such file.
func lines(path string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		text, _ := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			if !yield(strings.Fields(line)) {
				return
			}
		}
	}
}
