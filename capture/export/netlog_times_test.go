package export

import (
	"strings"
	"testing"
)

// TestNetLogTimes holds that times that cannot be true are said, and others are not.
func TestNetLogTimes(t *testing.T) {
	t.Parallel()
	whole := netlogOf("", netlogDirect)
	const offset = `"timeTickOffset":1767323045000`
	if !strings.Contains(whole, offset) || !strings.Contains(whole, `"time":"5"`) {
		t.Fatalf("the sample has changed:\n%s", whole)
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"all is well", offset, offset, ""},
		{"the origin of the ticks is 1970", offset, `"timeTickOffset":12345`, "a time that cannot be, first event 1, in the year 1970"},
		{"the origin is far in the future", offset, `"timeTickOffset":9e99`, "in the year 5138"},
		{"a time below zero", `"time":"5"`, `"time":"-5"`, "a time that is none, first event"},
		{"a time that is no number", `"time":"5"`, `"time":"soon"`, "invalid number"},
		{"an hour back", `"time":"1"`, `"time":"3600005"`, "a time before that of the event in front of it, first event"},
		{"a second back", `"time":"1"`, `"time":"1005"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readExport(ReadNetLog, []byte(strings.Replace(whole, tt.old, tt.new, 1)))
			text := ""
			for _, d := range got.counters.Damage {
				text += d.Text + "\n"
			}
			if !strings.Contains(text, tt.want) || (text == "") != (tt.want == "") {
				t.Errorf("damage %q, want %q", text, tt.want)
			}
		})
	}
}
