package schedule

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// property is one content line (RFC 5545, 3.1).
type property struct {
	line   int    // of the file, from 1: where it begins
	name   string // in capitals
	params map[string]string
	value  string
	err    error // why the line cannot be understood; nil where it can
}

// errorf names the line. What the line has is in the error's text shortened: all of a calendar may be one name.
func (p property) errorf(format string, args ...any) error {
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = shortened(arg)
		case error:
			args[i] = shortened(arg.Error())
		}
	}
	return fmt.Errorf("line %d: "+format, append([]any{p.line}, args...)...)
}

// contentLines puts folded lines together and takes them apart. It is lenient about what does not matter: how lines end. A
// fold may be inside of a character (RFC 5545, 3.1).
func contentLines(data []byte) []property {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	var all []property
	var folded strings.Builder
	begin := 0
	finish := func() {
		if text := folded.String(); strings.TrimSpace(text) != "" {
			all = append(all, parseLine(begin, text))
		}
		folded.Reset()
	}
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if rest, more := cutBlank(line); more && begin > 0 {
			folded.WriteString(rest)
			continue
		}
		finish()
		folded.WriteString(line)
		begin = i + 1
	}
	finish()
	return all
}

// cutBlank takes the one blank away that says that a line goes on.
func cutBlank(line string) (string, bool) {
	if line != "" && (line[0] == ' ' || line[0] == '\t') {
		return line[1:], true
	}
	return line, false
}

// parseLine reads NAME;PARAM=value;PARAM="value":VALUE.
func parseLine(number int, text string) property {
	p := property{line: number, params: map[string]string{}}
	if !utf8.ValidString(text) {
		p.err = p.errorf("is not UTF-8 text")
		return p
	}
	end := strings.IndexAny(text, ";:")
	if end <= 0 {
		p.err = p.errorf("is not NAME:value: is this an iCalendar file?")
		return p
	}
	p.name = strings.ToUpper(text[:end])
	for text = text[end:]; text[0] == ';'; {
		name, rest, ok := strings.Cut(text[1:], "=")
		if !ok {
			p.err = p.errorf("%s has a parameter without a value", p.name)
			return p
		}
		value, rest, ok := paramValue(rest)
		if !ok {
			p.err = p.errorf("%s has a parameter %s that does not end", p.name, name)
			return p
		}
		p.params[strings.ToUpper(name)] = value
		text = rest
	}
	p.value = text[1:]
	return p
}

// shortened is text that somebody else wrote, for people.
func shortened(s string) string {
	if r := []rune(s); len(r) > longestText {
		return string(r[:longestText-1]) + "…"
	}
	return s
}

// paramValue reads a parameter's value, which is several with commas between as one. rest begins with ; or : and is not
// empty.
func paramValue(s string) (value, rest string, ok bool) {
	quoted := false
	for i, c := range s {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ';' || c == ':'):
			return strings.Trim(s[:i], `"`), s[i:], true
		}
	}
	return "", "", false
}

// unescape reads TEXT (RFC 5545, 3.3.11) as one line.
func unescape(s string) string {
	s = strings.NewReplacer(`\\`, `\`, `\;`, `;`, `\,`, `,`, `\n`, " ", `\N`, " ").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}
