package status

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Each word that the page uses is there in both languages.
func TestWordsAreThereInBothLanguages(t *testing.T) {
	read := func(name string) string {
		text, err := files.ReadFile("page/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	key := regexp.MustCompile(`(?m)(?:^  |[,}] )(\w+): `)
	quoted := regexp.MustCompile(`'(?:[^'\\]|\\.)*'|` + "`[^`]*`")
	keys := func(name string) (all []string) {
		text, _, _ := strings.Cut(read(name), "  warnings: {")
		for _, m := range key.FindAllStringSubmatch(quoted.ReplaceAllString(text, "''"), -1) {
			all = append(all, m[1])
		}
		slices.Sort(all)
		return all
	}
	en, fr := keys("en.js"), keys("fr.js")
	if !slices.Equal(en, fr) || len(en) < 100 {
		t.Errorf("in one language alone: %v", difference(en, fr))
	}
	used := regexp.MustCompile(`\bt\.(\w+)|data-(?:t|label)="(\w+)"`)
	entries, err := files.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for _, m := range used.FindAllStringSubmatch(read(e.Name()), -1) {
			if word := m[1] + m[2]; !slices.Contains(en, word) && word != "warnings" {
				t.Errorf("%s: there is no word %s", e.Name(), word)
			}
		}
	}
}

func difference(a, b []string) (odd []string) {
	for _, k := range a {
		if !slices.Contains(b, k) {
			odd = append(odd, k)
		}
	}
	for _, k := range b {
		if !slices.Contains(a, k) {
			odd = append(odd, k)
		}
	}
	return odd
}
