package analysis

import (
	"testing"

	"negotrace/capture/eventlog"
)

// TestEventRefuses expects a KDC that only asks for more to have refused nobody.
func TestEventRefuses(t *testing.T) {
	for _, tt := range []struct {
		status uint32
		want   bool
	}{
		{0, false},  // it gave the ticket
		{25, false}, // KDC_ERR_PREAUTH_REQUIRED
		{24, true},  // KDC_ERR_PREAUTH_FAILED
		{6, true},   // KDC_ERR_C_PRINCIPAL_UNKNOWN
	} {
		e := &eventlog.Event{ID: 4768, Ticket: &eventlog.Ticket{Status: tt.status}}
		if got := EventRefuses(e); got != tt.want {
			t.Errorf("status %d: refuses %v, want %v", tt.status, got, tt.want)
		}
	}
}
