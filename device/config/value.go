package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// value reads whatever may stand at path. It is false for a value that is wrong.
func (r *reader) value(at source, path string, n *yaml.Node) (any, bool) {
	k, leaf := lookup(path)
	short := shorthand[schemaPath(path)]
	switch {
	case n.Kind == yaml.AliasNode:
		r.fail(at, path, "YAML aliases (*name) are not read here; write the value itself, in quotes if it begins with *")
	case leaf && k.kind.list:
		return r.list(at, path, n)
	case leaf:
		return r.scalar(at, path, n, k.kind)
	case short != "" && n.Kind == yaml.ScalarNode:
		v, ok := r.value(at, join(path, short), n)
		return map[string]any{short: v}, ok
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		return map[string]any{}, true // all that was in it is commented out
	case n.Kind != yaml.MappingNode:
		r.fail(at, path, "is %s; expected a section with %s in it", typeOf(n), strings.Join(sections[schemaPath(path)], ", "))
	default:
		return r.section(n, path), true
	}
	return nil, false
}

func (r *reader) list(at source, path string, n *yaml.Node) (any, bool) {
	if n.Kind != yaml.SequenceNode {
		r.fail(at, path, "is not a list; write [] for none, [one, two] for two")
		return nil, false
	}
	r.from[path] = at
	out, good := []any{}, true
	for i, item := range n.Content {
		where := at
		if at.variable == "" {
			where = place(item)
		}
		v, ok := r.item(where, fmt.Sprintf("%s[%d]", path, i), item)
		out, good = append(out, v), good && ok
	}
	r.bad[path] = !good
	return out, good
}

// item reads an element of a list: a value of the list's kind, or a section where the table has keys for one.
func (r *reader) item(at source, path string, n *yaml.Node) (any, bool) {
	if _, section := sections[schemaPath(path)]; !section {
		k, _ := lookup(path[:strings.LastIndexByte(path, '[')])
		return r.scalar(at, path, n, k.kind)
	}
	r.from[path] = at
	before := len(r.errs)
	v, ok := r.value(at, path, n)
	if !ok || len(r.errs) > before {
		return nil, false
	}
	for _, name := range sections[schemaPath(path)] {
		if m := v.(map[string]any); m[name] == nil {
			m[name] = ""
		}
	}
	return v, true
}

func (r *reader) scalar(at source, path string, n *yaml.Node, k kind) (any, bool) {
	switch tag := n.ShortTag(); {
	case n.Kind == yaml.AliasNode:
		return r.value(at, path, n)
	case n.Kind != yaml.ScalarNode, tag != "!!null" && !slices.Contains(k.tags, tag):
		given := "is"
		if n.Kind == yaml.ScalarNode && !k.secret {
			given = plain(n) + " is"
		}
		r.fail(at, path, "%s %s; expected %s", given, typeOf(n), k.want)
		return nil, false
	case tag == "!!null":
		r.fail(at, path, "has no value; expected %s", k.want)
		return nil, false
	}
	return r.text(at, path, n.Value, k)
}

// text reads the text of a value of the kind k.
func (r *reader) text(at source, path, s string, k kind) (any, bool) {
	r.from[path] = at
	v, err := k.read(s)
	if err != nil {
		r.fail(at, path, "%v", err)
		return nil, false
	}
	return v, true
}
