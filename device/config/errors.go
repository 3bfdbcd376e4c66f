package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one thing that is wrong, and where.
type Error struct {
	File     string // as it was named; empty when the value came from the environment
	Line     int    // from 1
	Column   int    // from 1, in characters
	Variable string // the environment variable that it came from, else empty
	Key      string // "video.bitrate.max"; empty where it is about the file or the variable
	Text     string // what is wrong: the given value, the limit, what to do
}

// Error is one line: "config.yaml:12:5: video.bitrate.max: 50k is below min 300k", or the variable's name in place
// of the position.
func (e Error) Error() string {
	where := e.Variable
	if where == "" {
		where = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Key != "" {
		where += ": " + e.Key
	}
	return where + ": " + e.Text
}

// Errors is all that is wrong, in the order of the file; the environment's come last, in the order of their names.
type Errors []Error

// Error is a line for each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b Error) int {
		return cmp.Or(
			cmp.Compare(a.Variable, b.Variable), // the file's are empty: they come first
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
}

// source is where a value was given: a place in the file or an environment variable.
type source struct {
	line, column int
	variable     string
}

// after orders sources by which has the last word: the environment over the file, below over above.
func (s source) after(t source) bool {
	return cmp.Or(
		strings.Compare(s.variable, t.variable),
		cmp.Compare(s.line, t.line),
		cmp.Compare(s.column, t.column),
	) > 0
}
