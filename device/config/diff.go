package config

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Diff lists the keys whose values differ, in the order of the file; values are not shown. A list is one key, a control
// of the camera too.
func Diff(a, b *Config) []string {
	var paths []string
	diff(&paths, "", reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem())
	return paths
}

func diff(paths *[]string, path string, a, b reflect.Value) {
	switch _, leaf := leaves[path]; {
	case leaf, a.Kind() != reflect.Struct && a.Kind() != reflect.Map:
		if !reflect.DeepEqual(a.Interface(), b.Interface()) {
			*paths = append(*paths, path)
		}
	case a.Kind() == reflect.Map:
		left, right := a.Interface().(map[string]string), b.Interface().(map[string]string)
		both := maps.Clone(left)
		maps.Copy(both, right)
		for _, name := range slices.Sorted(maps.Keys(both)) {
			x, there := left[name]
			if y, too := right[name]; x != y || there != too {
				*paths = append(*paths, join(path, name))
			}
		}
	default:
		for i := range a.NumField() {
			field := a.Type().Field(i)
			name := cmp.Or(field.Tag.Get("mapstructure"), strings.ToLower(field.Name))
			diff(paths, join(path, name), a.Field(i), b.Field(i))
		}
	}
}
