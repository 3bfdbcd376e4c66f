package config

import (
	"fmt"
	"strings"
)

// hint helps with a name that is not in a section: the one that was meant, or else those that are there.
func hint(path, name string, names []string) string {
	if near := nearest(name, names); near != "" {
		if strings.EqualFold(near, name) {
			return fmt.Sprintf("keys are lower-case: write %s", near)
		}
		return fmt.Sprintf("did you mean %s?", near)
	}
	if _, dotted := lookup(join(path, name)); dotted {
		return "write each of its parts as a section on a line of its own"
	}
	for _, k := range keys { // in the right words, but in the wrong place
		parent, last := cutLast(k.path)
		_, group := cutLast(parent)
		switch {
		case name == "" || parent == path || strings.ContainsAny(parent, "[*"):
		case last == name:
			return fmt.Sprintf("did you mean %s?", k.path)
		case group == name:
			return fmt.Sprintf("did you mean %s?", parent)
		}
	}
	return "here may be " + oneOf(names)
}

// nearest is the name that was probably meant: the same but for case and dashes, or at most two slips away, fewer in a
// short name. It is empty when none is near.
func nearest(name string, names []string) string {
	plain := strings.ReplaceAll(strings.ToLower(name), "-", "_")
	best, least := "", 3
	for _, n := range names {
		if len(plain) > 2*len(n) { // a long one is never near; do not count how far it is
			continue
		}
		if d := slips(plain, strings.ToLower(n)); d < least && 3*d <= len(n) {
			best, least = n, d
		}
	}
	return best
}

// slips counts the letters to add, leave out, change or swap with the next to make b of a (the Damerau-Levenshtein
// distance, optimal string alignment).
func slips(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range b {
		d[0][j+1] = j + 1
	}
	for i := range len(a) {
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			d[i+1][j+1] = min(d[i][j+1]+1, d[i+1][j]+1, d[i][j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d[i+1][j+1] = min(d[i+1][j+1], d[i-1][j-1]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
