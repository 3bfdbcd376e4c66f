package config

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A kind says how a value is written, and reads it.
type kind struct {
	want   string   // what is expected, for an error: "a whole number from 1 to 60"
	tags   []string // the YAML types that it may have
	list   bool     // a sequence of such values; in the environment they stand between commas
	secret bool     // its text is never shown
	// read turns the text into the Go value that Config holds. Its error says what was given and what the limit is.
	read func(string) (any, error)
	// show is how a value that read gave is shown to people; nil: as fmt does.
	show func(any) string
}

func list(of kind) kind { of.list = true; return of }

func (k kind) shown(by func(any) string) kind { k.show = by; return k }

func secret(k kind) kind { k.secret = true; return k }

// words is a kind that YAML must know as text.
func words(want string, read func(string) (any, error)) kind {
	return kind{want: want, tags: []string{"!!str"}, read: read}
}

// text is for people to read: at most so many characters, one line.
func text(most int) kind {
	return words("text in quotes", func(s string) (any, error) {
		if n := utf8.RuneCountInString(s); n > most {
			return nil, fmt.Errorf("has %d characters, more than %d", n, most)
		}
		if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != ' ' }) {
			return nil, fmt.Errorf("has a line break or another character that cannot be shown")
		}
		return s, nil
	})
}

// choice is one word of a few.
func choice(of ...string) kind {
	want := oneOf(of)
	return words(want, func(s string) (any, error) {
		if !slices.Contains(of, s) {
			return nil, fmt.Errorf("%s is unknown; expected %s", shown(s), want)
		}
		return s, nil
	})
}

// as makes something else of what k reads.
func (k kind) as(turn func(string) any) kind {
	read := k.read
	k.read = func(s string) (any, error) {
		v, err := read(s)
		if err != nil {
			return nil, err
		}
		return turn(v.(string)), nil
	}
	return k
}

var activeLow = choice("high", "low").as(func(s string) any { return s == "low" }).shown(func(v any) string {
	if v.(bool) {
		return "low"
	}
	return "high"
})

var logLevel = choice("debug", "info", "warn", "error").as(func(s string) any {
	var l slog.Level
	_ = l.UnmarshalText([]byte(s)) // it knows the four
	return l
}).shown(func(v any) string { return strings.ToLower(v.(slog.Level).String()) })
