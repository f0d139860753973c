package report

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestUnseenSaysAll holds that whatever is counted that could not be seen, the section NOT
// SEEN says so with its number and where it is first: each field of the counters alone. A new field is
// either what was seen, and stands here, or is said. One that says no place stands here, too.
func TestUnseenSaysAll(t *testing.T) {
	t.Parallel()
	seen := []string{"Packets", "Records", "Frames", "Bytes", "Inputs", "Connections", "Requests", "Responses", "Places"}
	placeless := []string{"UnreadEvents", "Notes"} // they have no number in the file, or are about all of it
	at := httpstream.Pos{Frame: 41}
	// Where a TLS connection stayed closed both of these say so, by host and by reason.
	together := map[string]func(*httpstream.Counters){
		"TLSObstacles": func(c *httpstream.Counters) { c.TLSNotOpened = map[string]int{"what it is": 7} },
	}
	counters := reflect.TypeFor[httpstream.Counters]()
	for i := range counters.NumField() {
		name := counters.Field(i).Name
		if slices.Contains(seen, name) {
			continue
		}
		c := &httpstream.Counters{Packets: 100}
		field := reflect.ValueOf(c).Elem().Field(i)
		want := []string{"7"}
		switch v := field.Interface().(type) {
		case int, int64:
			field.SetInt(7)
		case map[string]int:
			field.Set(reflect.ValueOf(map[string]int{"what it is": 7}))
			want = append(want, "what it is")
		case []httpstream.Note:
			field.Set(reflect.ValueOf([]httpstream.Note{{Pos: at, Text: "what it is: 7"}}))
			want = append(want, "what it is")
		case []httpstream.Limitation:
			field.Set(reflect.ValueOf([]httpstream.Limitation{{Kind: "kind-7", Text: "what it is"}}))
			want = append(want, "what it is")
		case []httpstream.TLSObstacle:
			field.Set(reflect.ValueOf([]httpstream.TLSObstacle{{Host: "what it is", Connections: 7, First: at}}))
			want = append(want, "what it is")
		case map[netip.Addr]bool:
			continue // for whom what UnreadUDP counts was
		default:
			t.Fatalf("%s is a %T, which this test cannot fill in", name, v)
		}
		if place := reflect.ValueOf(&c.Places).Elem().FieldByName(name); place.IsValid() && place.Kind() == reflect.Map {
			place.Set(reflect.ValueOf(map[string]httpstream.Pos{"what it is": at}))
		} else if place.IsValid() {
			place.Set(reflect.ValueOf(at))
		}
		if !slices.Contains(placeless, name) {
			want = append(want, at.String())
		}
		if more := together[name]; more != nil {
			more(c)
		}
		p := newPage(Options{})
		p.unseen(analysis.Summary{Counters: c})
		for _, part := range want {
			if text := p.String(); strings.Contains(text, "Nothing: ") || !strings.Contains(text, part) {
				t.Errorf("%s: %q is not said in:%s", name, part, text)
			}
		}
	}
}
