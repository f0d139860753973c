package analysis

import (
	"strings"
	"testing"

	"negotrace/capture/eventlog"
)

// A name is that of the guest account in some language, a SID in all.
func TestGuest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		logon eventlog.Logon
		want  string
	}{
		{eventlog.Logon{User: "GUEST"}, "English"},
		{eventlog.Logon{User: `WEB\Gast`}, "German and Dutch"},
		{eventlog.Logon{User: "INVITÉ"}, "French"},
		{eventlog.Logon{User: "visitor", Guest: true}, "SID"},
		{eventlog.Logon{User: "Gast", Guest: true}, "SID"},
		{eventlog.Logon{User: "Gastone"}, ""},
		{eventlog.Logon{User: "alice"}, ""},
	} {
		if got := GuestLogged(&eventlog.Event{Logon: &tt.logon}); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%+v: %q, want %q", tt.logon, got, tt.want)
		}
	}
}
