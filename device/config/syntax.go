package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parse turns a file into the mapping node of its one document, nil when the file has nothing but comments.
func parse(file string, data []byte) (*yaml.Node, *Error) {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	if len(bytes.TrimSpace(data)) == 0 {
		// Most likely a save that a power cut cut short: not a wish for the defaults.
		return nil, &Error{File: file, Line: 1, Column: 1,
			Text: "the file is empty; `vigie init --overwrite` writes it anew, or copy the config.yaml that came with vigie"}
	}
	if e := checkCharacters(file, data); e != nil {
		return nil, e
	}
	docs, err := documents(data)
	switch {
	case err != nil:
		return nil, syntaxError(file, data)
	case len(docs) == 0:
		return nil, nil
	case len(docs) > 1:
		return nil, &Error{File: file, Line: docs[1].Line, Column: docs[1].Column,
			Text: "a second YAML document begins here; the file must be one (take the --- away)"}
	}
	root := docs[0].Content[0]
	switch {
	case root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" && root.Value == "":
		return nil, nil
	case root.Kind != yaml.MappingNode:
		return nil, &Error{File: file, Line: root.Line, Column: root.Column,
			Text: "expected sections such as `camera:` at the left margin"}
	}
	return root, nil
}

func documents(data []byte) ([]*yaml.Node, error) {
	var docs []*yaml.Node
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		n := new(yaml.Node)
		if err := d.Decode(n); errors.Is(err, io.EOF) {
			return docs, nil
		} else if err != nil {
			return nil, err
		}
		docs = append(docs, n)
	}
}

// checkCharacters finds what is not text, and line breaks that editors do not show but YAML counts.
func checkCharacters(file string, data []byte) *Error {
	line, column := 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		at := &Error{File: file, Line: line, Column: column}
		switch {
		case r == utf8.RuneError && size == 1:
			at.Text = "not UTF-8; save the file with that encoding"
			return at
		case r == '\uFEFF' && i == 0: // the mark that some editors put first
			i += size
			continue
		case r < ' ' && r != '\n' && r != '\t', r >= 0x7F && r < 0xA0, r == '\u2028', r == '\u2029', r == '\uFEFF',
			r == '\uFFFE', r == '\uFFFF':
			at.Text = "an invisible character that does not belong in the file; delete it and write the line again"
			return at
		case r == '\n':
			line, column = line+1, 0
		}
		i, column = i+size, column+1
	}
	return nil
}

// yamlPosition is how package yaml says where, which is up to a block off and often missing.
var yamlPosition = regexp.MustCompile(`^yaml: (line \d+: )?`)

// syntaxError finds the line that breaks the file: the first one after a beginning that can still be read.
func syntaxError(file string, data []byte) *Error {
	ends := []int{0}
	for i, b := range data {
		if b == '\n' || i == len(data)-1 {
			ends = append(ends, i+1)
		}
	}
	good, bad := 0, len(ends)-1
	_, err := documents(data)
	for bad-good > 1 {
		half := (good + bad) / 2
		if _, e := documents(data[:ends[half]]); e == nil {
			good = half
		} else {
			bad, err = half, e
		}
	}
	text := string(data[ends[good]:ends[bad]])
	content := strings.TrimLeft(text, " ")
	e := &Error{File: file, Line: bad, Column: 1 + len(text) - len(content)}
	switch msg := yamlPosition.ReplaceAllString(err.Error(), ""); {
	case strings.HasPrefix(content, "\t"):
		e.Text = "a tab; YAML is indented with spaces"
	case strings.Contains(msg, "anchor"): // the message has the text after the *
		e.Text = "text that begins with * or & must be in quotes"
	default:
		e.Text = "cannot be read as YAML: " + msg + "; look at the indentation, the colons and the quotes"
	}
	return e
}
