package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Setting is a key and its value, for people to look at.
type Setting struct {
	Key, Value string
	Default    bool // it is what an empty file means
}

// Settings lists all keys: first those whose values are not the defaults, both parts in the order of the file. A list is
// one setting. Nothing in it is secret: of a URL it has the host alone, and of a credential nothing.
func Settings(c *Config) []Setting {
	var all []Setting
	d := Default()
	changed := Diff(c, &d)
	settings(&all, "", reflect.ValueOf(c).Elem())
	for i := range all {
		all[i].Default = !slices.Contains(changed, all[i].Key)
	}
	slices.SortStableFunc(all, func(a, b Setting) int {
		if a.Default == b.Default {
			return 0
		}
		return map[bool]int{true: 1, false: -1}[a.Default]
	})
	return all
}

func settings(all *[]Setting, path string, v reflect.Value) {
	switch k, leaf := leaves[path]; {
	case leaf:
		*all = append(*all, Setting{Key: path, Value: k.text(v.Interface())})
	case v.Kind() == reflect.Map:
		controls := v.Interface().(map[string]string)
		for _, name := range slices.Sorted(maps.Keys(controls)) {
			*all = append(*all, Setting{Key: join(path, name), Value: controls[name]})
		}
	default:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			name := cmp.Or(field.Tag.Get("mapstructure"), strings.ToLower(field.Name))
			settings(all, join(path, name), v.Field(i))
		}
	}
}

// text is a value of the key as people may see it.
func (k key) text(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, ", ")
	case []ICEServer:
		return each(v, func(s ICEServer) string {
			if s.Credential != "" {
				return s.URL + " (with a credential)"
			}
			return s.URL
		})
	case []Backup:
		return each(v, func(b Backup) string { return hostOf(b.URL) })
	case []Event:
		return each(v, func(e Event) string { return fmt.Sprintf("%s to %s %s", e.Start, e.End, e.Title) })
	}
	if k.kind.show != nil {
		return k.kind.show(v)
	}
	return fmt.Sprint(v)
}

func each[T any](all []T, text func(T) string) string {
	var texts []string
	for _, v := range all {
		texts = append(texts, text(v))
	}
	return strings.Join(texts, ", ")
}

// hostOf is a URL without what may be a secret: path, query, user. What is none stays as it is.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return raw
	}
	return u.Scheme + "://" + u.Host + "/…"
}
