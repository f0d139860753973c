package analysis

import (
	"slices"
	"testing"

	"negotrace/capture/serverlog"
	"negotrace/tokens"
)

// TestLegCodes expects the codes of a page of IIS, and those of the line of its log before
// them.
func TestLegCodes(t *testing.T) {
	denied := Code{Win32Error, "SEC_E_LOGON_DENIED", 0x8009030C}
	for _, tt := range []struct {
		name string
		leg  Leg
		want []Code
	}{
		{"nothing", Leg{}, nil},
		{"a page", Leg{SubStatus: "401.1 0x8009030c"}, []Code{{IISStatus, "401.1", 1}, denied}},
		{"a page with a status of NT", Leg{SubStatus: "401.1 0xC000006D"}, []Code{{IISStatus, "401.1", 1}, {NTStatus, "STATUS_LOGON_FAILURE", 0xC000006D}}},
		{"a page without an error", Leg{SubStatus: "401.2 0x00000000"}, []Code{{IISStatus, "401.2", 2}}},
		{"a page and the log", Leg{SubStatus: "401.2", Logged: &serverlog.Request{Status: 401, SubStatus: 1, Win32Status: tokens.SecELogonDenied}},
			[]Code{{IISStatus, "401.1", 1}, denied}},
		{"a log without a sub-status", Leg{Logged: &serverlog.Request{Status: 401}}, nil},
		{"what is no number", Leg{SubStatus: "401.x 0xzz"}, nil},
	} {
		if got := tt.leg.codes(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
