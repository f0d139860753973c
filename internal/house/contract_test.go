package house

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"testing"
)

// contract compares the JSON of the captures that have their expected JSON beside them.
// They are few, and together have every field that the JSON of any capture in testdata
// has. With -update a capture that has a further field becomes one of them.
func contract(t *testing.T, all []*kept) {
	known := map[string]bool{}
	for _, k := range all {
		if exists(k.json) {
			expect(t, filepath.Join(root, k.json), k.printedJSON)
			maps.Copy(known, fields(t, k.printedJSON))
		}
	}
	for _, k := range all {
		for field := range fields(t, k.printedJSON) {
			switch {
			case known[field]:
			case *update:
				expect(t, filepath.Join(root, k.json), k.printedJSON)
				maps.Copy(known, fields(t, k.printedJSON))
			default:
				t.Errorf("no expected JSON has the field %s, which that of %s has; -update keeps it", field, k.file)
			}
		}
	}
}

// fieldName is the form of names that the contract fixes; others are keys of maps.
var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// fields returns the fields of a report, each with the name of what it is a part of.
func fields(t *testing.T, text string) map[string]bool {
	t.Helper()
	var report any
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	var walk func(v any, name string)
	walk = func(v any, name string) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, name)
			}
		case map[string]any:
			for key, e := range v {
				if name == "mechanisms" || !fieldName.MatchString(key) {
					key = "*"
				}
				all[name+"."+key] = true
				walk(e, key)
			}
		}
	}
	walk(report, "")
	return all
}
