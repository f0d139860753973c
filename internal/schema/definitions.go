package schema

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/report"
	"negotrace/httpstream"
)

// A maker makes the definitions of types.
type maker struct {
	docs  docs
	defs  map[string]*Node        // by name
	names map[reflect.Type]string // of the types that have a definition
	err   error                   // the first one
}

// of returns the schema of a type.
func (m *maker) of(t reflect.Type) *Node {
	zero := 0
	switch {
	case t.Kind() == reflect.Pointer:
		return m.of(t.Elem())
	case t == reflect.TypeFor[time.Time](), t == reflect.TypeFor[httpstream.Time]():
		return &Node{Type: "string", Format: "date-time"}
	case t.Implements(reflect.TypeFor[json.Marshaler]()):
		m.fail("%v writes its JSON itself", t)
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return &Node{Type: "string", Description: m.docs.types[nameOf(t)]}
	}
	switch t.Kind() {
	case reflect.Struct:
		return m.ref(t)
	case reflect.String:
		return &Node{Type: "string", Enum: m.docs.values[nameOf(t)], Description: m.docs.types[nameOf(t)]}
	case reflect.Bool:
		return &Node{Type: "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &Node{Type: "integer", Description: m.docs.types[nameOf(t)]}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &Node{Type: "integer", Minimum: &zero, Description: m.docs.types[nameOf(t)]}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() != reflect.Uint8 {
			return &Node{Type: "array", Items: m.of(t.Elem())}
		}
	case reflect.Map:
		return m.ofMap(t)
	}
	m.fail("%v has no schema", t)
	return &Node{}
}

// ofMap returns the schema of a map, whose keys are strings or numbers.
func (m *maker) ofMap(t reflect.Type) *Node {
	n := &Node{Type: "object", AdditionalProperties: m.of(t.Elem())}
	switch t.Key().Kind() {
	case reflect.String:
		if values := m.docs.values[nameOf(t.Key())]; values != nil {
			n.PropertyNames = &Node{Enum: values}
		}
	case reflect.Int:
		n.PropertyNames = &Node{Pattern: "^-?[0-9]+$"}
	default:
		m.fail("%v has no schema", t)
	}
	return n
}

// ref returns a reference to the definition of a struct, which it makes if it is new.
func (m *maker) ref(t reflect.Type) *Node {
	name, known := m.names[t]
	if !known {
		if name = t.Name(); m.defs[name] != nil {
			name = nameOf(t)
		}
		m.names[t] = name
		n := &Node{Type: "object", Description: m.docs.types[nameOf(t)], Properties: map[string]*Node{}}
		m.defs[name] = n // before its fields: they may refer to it
		m.fields(n, t)
	}
	return &Node{Ref: "#/$defs/" + name}
}

// fields adds the fields of a struct, and of those that are embedded in it, to a definition.
func (m *maker) fields(n *Node, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case name == "-":
			continue
		case f.Anonymous && name == "":
			embedded := f.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			m.fields(n, embedded)
			continue
		case !f.IsExported():
			continue
		case name == "":
			m.fail("%v.%s has no name in JSON", t, f.Name)
		}
		field := m.of(f.Type)
		if doc := m.docs.fields[nameOf(t)+"."+f.Name]; doc != "" {
			field.Description = doc
		}
		n.Properties[name] = field
		if strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero") {
			continue
		}
		n.Required = append(n.Required, name)
		if f.Type.Kind() == reflect.Slice && !makesLists[t.PkgPath()] {
			m.fail("%v.%s is null where there is none: it wants omitempty", t, f.Name)
		}
	}
}

// makesLists are the packages whose lists that may not be left out are never nil.
var makesLists = map[string]bool{
	reflect.TypeFor[analysis.Report]().PkgPath(): true,
	reflect.TypeFor[report.Shown]().PkgPath():    true,
}

func (m *maker) fail(format string, args ...any) {
	if m.err == nil {
		m.err = fmt.Errorf("schema: "+format, args...)
	}
}

// nameOf returns the name of a type with that of its package: "analysis.Handshake".
func nameOf(t reflect.Type) string { return t.String() }
