package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
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

// Fill returns a configuration file with other texts as values of keys. What else is in it, comments too, stays as it is; a
// key that it does not have is written into its section. An error is of a file that is written in a way that Fill cannot
// change: nothing in it is lost.
func Fill(file []byte, texts map[string]string) ([]byte, error) {
	file = bytes.ReplaceAll(bytes.TrimPrefix(file, []byte("\uFEFF")), []byte("\r\n"), []byte("\n"))
	file = bytes.ReplaceAll(file, []byte("\r"), []byte("\n"))
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		if k, ok := leaves[path]; !ok || k.kind.list || strings.Contains(texts[path], "\n") {
			return nil, fmt.Errorf("config: there is no key %s with one line as its value", path)
		}
		filled, err := fill(file, path, texts[path])
		if err == nil {
			err = onlyDiffers(file, filled, path, texts[path])
		}
		if err != nil {
			return nil, fmt.Errorf("config: %s cannot be written into the file as it is; edit it by hand: %w", path, err)
		}
		file = filled
	}
	return file, nil
}

// onlyDiffers holds that after is before with that text at path, and with nothing else changed.
func onlyDiffers(before, after []byte, path, text string) error {
	var want, got map[string]any
	if err := errors.Join(yaml.Unmarshal(before, &want), yaml.Unmarshal(after, &got)); err != nil {
		return err
	}
	if want == nil { // nothing but comments
		want = map[string]any{}
	}
	names, section := strings.Split(path, "."), want
	for _, name := range names[:len(names)-1] {
		inner, ok := section[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			section[name] = inner
		}
		section = inner
	}
	section[names[len(names)-1]] = text
	if !reflect.DeepEqual(want, got) {
		return errors.New("something else would change")
	}
	return nil
}
