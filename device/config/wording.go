package config

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// oneOf is "a, b or c".
func oneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// shown is a value for an error: as it was written where that can be read, quoted and short where not.
func shown(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "..."
	}
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.TrimSpace(s) != s {
		return strconv.Quote(s)
	}
	return s
}

// yamlTypes is what people call the types of YAML.
var yamlTypes = map[string]string{
	"!!str": "text", "!!int": "a number", "!!float": "a decimal number", "!!bool": "true-or-false",
	"!!timestamp": "a date",
	"!!seq":       "a list", "!!map": "a section",
}

// typeOf is how a node is spoken of in an error. A tag of the writer's own is not repeated: it may be a password
// that begins with an exclamation mark.
func typeOf(n *yaml.Node) string {
	if name, ok := yamlTypes[n.ShortTag()]; ok {
		return name
	}
	return "of a type that is not known here (text that begins with ! must be in quotes)"
}

// plain is the text of a scalar as it was written.
func plain(n *yaml.Node) string {
	s := shown(n.Value)
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && s == n.Value {
		return `"` + s + `"`
	}
	return s
}
