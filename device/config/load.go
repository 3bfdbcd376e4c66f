package config

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// Load reads the file and lays environ over it, which is as os.Environ has it. A file that was read and is not good
// gives Errors; one that cannot be read, another error.
func Load(path string, environ []string) (*Config, error) {
	data, err := Read(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, environ)
}

// Read reads the bytes for Parse. A caller that saves them as the last good copy so has the very ones that were
// parsed.
func Read(path string) ([]byte, error) {
	data, err := readSmall(path, 64<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; `vigie init` makes one; or copy the config.yaml that came with vigie there, or name another with --config", err)
	}
	return data, err
}

// Parse reads a configuration from the bytes of a file that is called name in errors. Its error is Errors, all that
// is wrong.
func Parse(name string, data []byte, environ []string) (*Config, error) {
	r := &reader{file: name, from: map[string]source{}, bad: map[string]bool{}}
	v := defaults()
	root, syntax := parse(name, data)
	switch {
	case syntax != nil:
		r.errs = append(r.errs, *syntax)
	case root != nil:
		if err := v.MergeConfigMap(r.section(root, "")); err != nil {
			return nil, fmt.Errorf("config: %s: %w", name, err)
		}
	}
	r.environment(v, environ)
	c, err := build(v)
	if err != nil {
		return nil, fmt.Errorf("config: %s: %w", name, err)
	}
	r.rules(c)
	if len(r.errs) > 0 {
		r.errs.sort()
		return nil, r.errs
	}
	return c, nil
}

// Default is what an empty config.yaml means.
func Default() Config {
	c, err := build(defaults())
	if err != nil {
		panic(err) // the table in keys.go and the Config type disagree
	}
	return *c
}

func defaults() *viper.Viper {
	v := viper.New()
	for _, k := range keys {
		if variables[variable(k.path)] != k.path { // an element of a list or a section of any names
			continue
		}
		value, err := any([]any{}), error(nil)
		if !k.kind.list {
			value, err = k.kind.read(k.def)
		}
		if err != nil {
			panic(fmt.Sprintf("config: the default of %s: %v", k.path, err))
		}
		v.SetDefault(k.path, value)
	}
	return v
}

// build is strict in both directions: a key that Config lacks and a field that no key fills are mistakes of ours.
func build(v *viper.Viper) (*Config, error) {
	c := new(Config)
	err := v.UnmarshalExact(c, viper.DecodeHook(nil), func(d *mapstructure.DecoderConfig) {
		d.WeaklyTypedInput = false
		d.ErrorUnset = true
	})
	return c, err
}
