package house

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"negotrace/internal/schema"
)

// TestSchemaSamples holds samples of each thing that a schema takes from the source.
func TestSchemaSamples(t *testing.T) {
	t.Parallel()
	var top schema.Node
	if err := json.Unmarshal(schemaOf(t, "report"), &top); err != nil {
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

// TestSchemaWithout holds that what has no schema is an error and not left out.
func TestSchemaWithout(t *testing.T) {
	t.Parallel()
	c, err := comments()
	if err != nil {
		t.Fatal(err)
	}
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
		if _, err := c.Of(reflect.TypeOf(of)); err == nil {
			t.Errorf("%T has a schema", of)
		}
	}
}
