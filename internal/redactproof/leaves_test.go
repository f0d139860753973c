package redactproof

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestValuesOfJSON holds that the values of a report are those that the standard library reads.
func TestValuesOfJSON(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`ab\\\"`, 40_000)
	text := `{
  "list": [{"a": "b", "c": [1, -2.5e3, true, null, [], {}]}, "", "\\", "\"", "x\\\"y\u00e9\n"],
  "nonce": {"frame": [1, {"x": 2}]},
  "frame": 7, "summary": {"bytes": 1, "other": "` + long + `"}
}
`
	for _, renumbered := range []bool{false, true} {
		w := comparison{renumbered: renumbered}.leavesOf(strings.NewReader(text))
		var got []string
		for {
			x, err := w.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, x.path+"="+x.value)
		}
		var all any
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatal(err)
		}
		want := []string{"list//a=b", "list//c/=1", "list//c/=-2.5e3", "list//c/=true", "list//c/=null", "list//c/=end", "list//c/=end", "list//c=end",
			"list/=end", "list/=", `list/=\`, `list/="`, "list/=x\\\"y\u00e9\n", "list=end", "frame=7", "summary/bytes=1",
			"summary/other=" + all.(map[string]any)["summary"].(map[string]any)["other"].(string), "summary=end", "=end"}
		if renumbered {
			want = append(want[:14:14], want[16:]...)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("renumbered %v:\n%.900q\nwant\n%.900q", renumbered, got, want)
		}
		for end := range text[:150] {
			w := comparison{}.leavesOf(strings.NewReader(text[:end]))
			for err := error(nil); err == nil; {
				_, err = w.next()
			}
		}
	}
}
