package config

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fill writes one text into a file: over the value that is there, or as a new key of its section.
func fill(file []byte, path, text string) ([]byte, error) {
	root, e := parse("the file", file)
	if e != nil {
		return nil, *e
	}
	lines := strings.Split(string(file), "\n")
	var key *yaml.Node // of the section that was entered last; nil at the root
	n, rest := root, strings.Split(path, ".")
	for len(rest) > 0 {
		k, value := entry(n, rest[0])
		if k == nil {
			break
		}
		key, n, rest = k, value, rest[1:]
	}
	var err error
	switch {
	case len(rest) == 0:
		err = replace(lines, n, text)
	case n != nil && n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0:
		added := strings.Join(rest, ": {") + ": " + quoted(text) + strings.Repeat("}", len(rest)-1)
		if len(n.Content) > 0 {
			added += ", "
		}
		line, at := &lines[n.Line-1], offset(lines[n.Line-1], n)+1
		*line = (*line)[:at] + added + (*line)[at:]
	case key == nil:
		lines = append([]string{strings.TrimRight(strings.Join(lines, "\n"), "\n")}, append(block(rest, text, indentOf(n, 0)), "")...)
	default: // the first lines of its section
		below := block(rest, text, indentOf(n, key.Column+1))
		lines = append(lines[:key.Line:key.Line], append(below, lines[key.Line:]...)...)
	}
	return []byte(strings.Join(lines, "\n")), err
}

// entry is a key of a mapping and its value; nil where it is not written.
func entry(n *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			key, value = n.Content[i], n.Content[i+1]
		}
	}
	return key, value
}

// indentOf is how far the keys of a mapping stand from the margin; of one that has none it is otherwise.
func indentOf(n *yaml.Node, otherwise int) int {
	if n == nil || len(n.Content) == 0 {
		return otherwise
	}
	return n.Content[0].Column - 1
}

// block is a key in its sections, a line each.
func block(names []string, text string, indent int) (lines []string) {
	for i, name := range names {
		lines = append(lines, strings.Repeat(" ", indent+2*i)+name+":")
	}
	lines[len(lines)-1] += " " + written(text)
	return lines
}

// replace writes a text over a value. The line's comment stays in its column where there is room.
func replace(lines []string, n *yaml.Node, text string) error {
	line := lines[n.Line-1]
	at := offset(line, n)
	size, err := sizeOf(line[at:], n)
	if err != nil {
		return err
	}
	value, after := written(text), line[at+size:]
	trimmed := strings.TrimLeft(after, " ")
	switch {
	case strings.HasPrefix(trimmed, "#"):
		after = strings.Repeat(" ", max(1, size+len(after)-len(trimmed)-len(value))) + trimmed
	case trimmed != "": // in a section between braces
		value = quoted(text)
	}
	lines[n.Line-1] = line[:at] + value + after
	return nil
}

// sizeOf is the length in bytes of a value's text, with its quotes, at the beginning of what its line goes on with.
func sizeOf(line string, n *yaml.Node) (int, error) {
	pairs, quote := strings.NewReplacer(), ""
	switch {
	case n.Kind == yaml.ScalarNode && n.Style == 0 && strings.HasPrefix(line, n.Value):
		return len(n.Value), nil
	case n.Style == yaml.SingleQuotedStyle:
		pairs, quote = strings.NewReplacer(`''`, "xx"), `'`
	case n.Style == yaml.DoubleQuotedStyle:
		pairs, quote = strings.NewReplacer(`\\`, "xx", `\"`, "xx"), `"`
	}
	if inside, ok := strings.CutPrefix(line, quote); ok && quote != "" {
		if end := strings.Index(pairs.Replace(inside), quote); end >= 0 {
			return end + 2, nil
		}
	}
	return 0, errors.New("its value is not text in one line")
}

// offset is where a node begins in its line, in bytes; columns are characters.
func offset(line string, n *yaml.Node) int {
	characters := []rune(line)
	return len(string(characters[:min(n.Column-1, len(characters))]))
}

// quoted is text as it may stand between braces, too.
func quoted(text string) string {
	return written(yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: text})
}

// written is a value in one line, quoted where YAML would read another one.
func written(v any) string {
	text, err := yaml.Marshal(v)
	if err != nil {
		return "" // text can be written; and onlyDiffers looks
	}
	return strings.TrimSpace(string(text))
}
