package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/viper"

	"go.yaml.in/yaml/v3"
)

const prefix = "VIGIE_"

// controls is the section whose names are the kernel's: VIGIE_CAMERA_CONTROLS_BRIGHTNESS is camera.controls.brightness.
const controls = "camera.controls"

// variable is the environment's name of a key.
func variable(path string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// variables has the path of each key by its variable.
var variables = func() map[string]string {
	paths := map[string]string{}
	for section, short := range shorthand {
		paths[variable(section)] = join(section, short)
	}
	for _, k := range keys {
		paths[variable(k.path)] = k.path
	}
	for name := range paths {
		if strings.ContainsAny(name, "[*") { // elements of lists and names that are not ours have no variable
			delete(paths, name)
		}
	}
	return paths
}()

// environment lays the VIGIE_ variables over what is in v. environ is as os.Environ has it; of a name that is there
// twice the last counts, as in a shell.
func (r *reader) environment(v *viper.Viper, environ []string) {
	given := map[string]string{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, prefix) {
			given[name] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		at, value := source{variable: name}, given[name]
		path, known := variables[name]
		if rest, ok := strings.CutPrefix(name, variable(controls)+"_"); ok && !known {
			path = join(controls, strings.ToLower(rest))
			known = controlName.MatchString(strings.ToLower(rest)) && rest == strings.ToUpper(rest)
		}
		switch {
		case !known:
			r.fail(at, "", "%s", unknownVariable(name))
		case strings.TrimSpace(value) == "":
			r.fail(at, path, "the variable is empty; unset it, or give it a value")
		default:
			if value, ok := r.variable(at, path, value); ok {
				v.Set(path, value)
			}
		}
	}
}

// variable reads a variable's text; the elements of a list stand between commas.
func (r *reader) variable(at source, path, value string) (any, bool) {
	k, _ := lookup(path)
	if !k.kind.list {
		return r.text(at, path, value, k.kind)
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for item := range strings.SplitSeq(value, ",") {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.TrimSpace(item)})
	}
	return r.list(at, path, n)
}

func unknownVariable(name string) string {
	for path := range notBuilt {
		if v := variable(path); name == v || strings.HasPrefix(name, v+"_") {
			return path + " is not built yet in this version; unset the variable"
		}
	}
	if near := nearest(name, slices.Sorted(maps.Keys(variables))); near != "" {
		return "unknown variable; did you mean " + near + "?"
	}
	return "unknown variable: no key has this name; unset it"
}
