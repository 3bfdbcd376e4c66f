package config

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// A reader turns nodes and variables into values, and gathers what is wrong with them.
type reader struct {
	file string
	errs Errors
	from map[string]source // where the value of a key was given; a key that is not in it has its default
	bad  map[string]bool   // keys whose value is wrong: the rules between keys leave them alone
}

// fail notes what is wrong with the key at that place.
func (r *reader) fail(at source, path, format string, args ...any) {
	r.errs = append(r.errs, Error{
		File: r.file, Line: at.line, Column: at.column, Variable: at.variable, Key: path, Text: fmt.Sprintf(format, args...),
	})
	r.bad[path] = true
}

func place(n *yaml.Node) source { return source{line: n.Line, column: n.Column} }

// section reads a mapping: the values by name, without those that are wrong.
func (r *reader) section(n *yaml.Node, path string) map[string]any {
	out, first := map[string]any{}, map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		at, child := place(name), join(path, name.Value)
		switch line, again := first[name.Value]; {
		case name.Kind != yaml.ScalarNode:
			r.fail(at, path, "a key must be one plain word")
			continue
		case again:
			r.fail(at, join(path, shown(name.Value)), "given twice; the first is in line %d", line)
			continue
		}
		first[name.Value] = name.Line
		if !r.known(at, path, name.Value) {
			continue
		}
		if v, ok := r.value(at, child, value); ok {
			out[name.Value] = v
		}
	}
	return out
}

// known tells whether a name may be written in a section, and says what may when not.
func (r *reader) known(at source, path, name string) bool {
	child, names := join(path, name), sections[schemaPath(path)]
	switch {
	case notBuilt[child]:
		r.fail(at, child, "is not built yet in this version; take it out")
	case slices.Contains(names, name) && name != "*":
		return true
	case slices.Contains(names, "*"):
		if controlName.MatchString(name) {
			return true
		}
		r.fail(at, path, "%s is not the name of a control: lower-case letters, digits and _, "+
			"as v4l2-ctl --list-ctrls prints it", shown(name))
	default:
		r.fail(at, join(path, shown(name)), "unknown key; %s", hint(path, name, names))
	}
	return false
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
