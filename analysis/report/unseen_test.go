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

// TestUnseenOfGivenUp holds that of connections which were given up for a limit, and went on, it is not said that the
// capture began too late.
func TestUnseenOfGivenUp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		limit      string
		givenUp    int
		said, late bool
	}{
		{"connections followed at once", 7, true, false},
		{"unanswered connections followed at once", 7, true, false},
		{"connections followed at once", 3, true, true},
		{"segments outside the window", 7, false, true},
	} {
		c := &httpstream.Counters{Packets: 100, MidStream: 7}
		c.Drop(tt.limit, tt.givenUp, httpstream.Pos{})
		p := newPage(Options{})
		p.unseen(analysis.Summary{Counters: c})
		if said := strings.Contains(p.String(), "after they were given"); said != tt.said {
			t.Errorf("%d over the limit of %s: %s", tt.givenUp, tt.limit, p.String())
		}
		late := slices.ContainsFunc(nextCaptures(&analysis.Report{Summary: analysis.Summary{Counters: c}}), func(n nextCapture) bool {
			return strings.HasPrefix(n.Why, "Connections began before")
		})
		if late != tt.late {
			t.Errorf("%d over the limit of %s: to begin earlier is advised: %v", tt.givenUp, tt.limit, late)
		}
	}
}
