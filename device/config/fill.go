package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Check tells what is wrong with a text as the value of a key; nil for nothing. What depends on other keys is Parse's.
func Check(path, text string) error {
	k, ok := lookup(path)
	if !ok || k.kind.read == nil {
		return fmt.Errorf("config: %s is no key with one value", path)
	}
	_, err := k.kind.read(text)
	return err
}

// Fill returns a configuration file with other texts as values of keys that are in it, each in a line of its own. All
// else, comments too, stays as it is.
func Fill(file []byte, texts map[string]string) ([]byte, error) {
	root, e := parse("the file", file)
	if e != nil {
		return nil, *e
	}
	lines := strings.Split(string(file), "\n")
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		n := find(root, path)
		if n == nil || n.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("config: the file has no value for %s", path)
		}
		text, err := yaml.Marshal(texts[path])
		if err != nil || strings.Count(string(text), "\n") != 1 {
			return nil, errors.Join(err, fmt.Errorf("config: the value for %s is not one line", path))
		}
		lines[n.Line-1] = replaced(lines[n.Line-1], n.Column-1, strings.TrimSpace(string(text)))
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// find is the node of a key's value; nil where it is not written.
func find(n *yaml.Node, path string) *yaml.Node {
	for name := range strings.SplitSeq(path, ".") {
		var value *yaml.Node
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				value = n.Content[i+1]
			}
		}
		n = value
	}
	return n
}

// replaced is a line with another value at that byte. Its comment stays in its column where there is room.
func replaced(line string, at int, value string) string {
	old, comment := line[at:], ""
	if i := strings.Index(old, " #"); i >= 0 {
		old, comment = old[:i+1], old[i+1:]
	}
	if comment == "" {
		return line[:at] + value
	}
	return line[:at] + value + strings.Repeat(" ", max(1, len(old)-len(value))) + comment
}
