package house

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// contract compares the JSON of the captures that have their expected JSON beside them. The
// fields that only others have are in testdata/other_fields.txt: the first value of each, and
// the capture that it is of.
func contract(t *testing.T, all []*kept) {
	known := map[string]bool{}
	for _, k := range all {
		if exists(k.json) {
			expect(t, filepath.Join(root, k.json), k.printedJSON)
			newFields(t, k.printedJSON, known)
		}
	}
	var others []string
	for _, k := range all {
		for name, value := range newFields(t, k.printedJSON, known) {
			others = append(others, fmt.Sprintf("%-24s %s (%s)\n", name, value, strings.TrimPrefix(k.file, "testdata/")))
		}
	}
	slices.Sort(others)
	expect(t, "testdata/other_fields.txt", strings.Join(others, ""))
}

// fieldName is the form of names that the contract fixes; others are keys of maps.
var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// newFields returns the fields of a report that are not known yet, each with the name of what it is
// a part of, and the first value of each as JSON; of an object what it has. Now they are known.
func newFields(t *testing.T, text string, known map[string]bool) map[string]string {
	t.Helper()
	var report any
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	var walk func(v any, name string)
	walk = func(v any, name string) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, name)
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				e := v[key]
				if name == "mechanisms" || !fieldName.MatchString(key) {
					key = "*"
				}
				if !known[name+"."+key] {
					value, _ := json.Marshal(e) // what was JSON is JSON
					known[name+"."+key], all[name+"."+key] = true, string(value)
				}
				walk(e, key)
			}
		}
	}
	walk(report, "")
	return all
}
