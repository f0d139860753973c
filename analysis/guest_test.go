package analysis

import (
	"strings"
	"testing"

	"negotrace/capture/eventlog"
	"negotrace/tokens"
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

// A ticket is the guest account's by the SID in its PAC, whatever its name.
func TestGuestTicket(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		ticket *tokens.OpenedTicket
		want   bool
	}{
		{&tokens.OpenedTicket{PAC: &tokens.PAC{User: "visitor", SID: "S-1-5-21-1-2-3-501"}}, true},
		{&tokens.OpenedTicket{PAC: &tokens.PAC{User: "Gast", SID: "S-1-5-21-1-2-3-1501"}}, false},
		{&tokens.OpenedTicket{PAC: &tokens.PAC{SID: "S-1-5-32-501"}}, false},
		{&tokens.OpenedTicket{}, false},
		{nil, false},
	} {
		if got := GuestTicket(tt.ticket); got != tt.want {
			t.Errorf("%+v: %v", tt.ticket, got)
		}
	}
}
