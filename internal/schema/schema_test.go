package schema

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestSchemaOf holds samples of each thing that a schema takes from the source.
func TestSchemaOf(t *testing.T) {
	t.Parallel()
	comments, err := ReadComments("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := comments.SchemaOf("report")
	if err != nil {
		t.Fatal(err)
	}
	var top Node
	if err := json.Unmarshal(text, &top); err != nil {
		t.Fatal(err)
	}
	finding, pos, summary := top.Defs["Finding"], top.Defs["Pos"], top.Defs["Summary"]
	if finding == nil || pos == nil || summary == nil {
		t.Fatalf("definitions are missing: %v", reflect.ValueOf(top.Defs).MapKeys())
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"the comment of a type", strings.HasPrefix(finding.Description, "A Finding is one thing"), true},
		{"the comment behind a field", finding.Properties["message"].Description, "one sentence of fact about this capture"},
		{"the comment of a field above that names it", strings.HasPrefix(summary.Properties["last"].Description, "first and last are"), true},
		{"the name of a field in JSON", strings.HasPrefix(summary.Properties["tls_closed"].Description, "tls_closed counts"), true},
		{"constants", finding.Properties["severity"].Enum, []string{"error", "warning", "info"}},
		{"a time", pos.Properties["time"].Format, "date-time"},
		{"a list of numbers", finding.Properties["frames"].Items.Type, "integer"},
		{"a field that is always there", slices.Contains(finding.Required, "id"), true},
		{"a field that may be left out", slices.Contains(finding.Required, "codes"), false},
		{"a field that is not written", finding.Properties["By"] == nil, true},
		{"a field of an embedded struct", summary.Properties["packets"].Type, "integer"},
		{"a map by number", summary.Properties["responses"].PropertyNames.Pattern, "^-?[0-9]+$"},
		{"a map by name", summary.Properties["severities"].PropertyNames.Enum, []string{"error", "warning", "info"}},
		{"kinds of lines", len(top.OneOf), 7},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
}

// TestWithout holds that what has no schema is an error and not left out.
func TestWithout(t *testing.T) {
	t.Parallel()
	for _, of := range []any{
		struct{ Unnamed string }{},
		struct {
			F func() `json:"f"`
		}{},
		struct {
			Bytes []byte `json:"bytes"`
		}{},
		struct {
			Null []int `json:"null"`
		}{},
		struct {
			ByBool map[bool]int `json:"by_bool"`
		}{},
	} {
		m := &maker{defs: map[string]*Node{}, names: map[reflect.Type]string{}}
		if m.of(reflect.TypeOf(of)); m.err == nil {
			t.Errorf("%T has a schema", of)
		}
	}
}
