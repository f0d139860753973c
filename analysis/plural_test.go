package analysis

import (
	"testing"

	"negotrace/internal/plural"
)

func TestPlural(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n          int
		noun, want string
	}{
		{0, "byte", "0 bytes"}, {1, "byte", "1 byte"}, {2, "entry", "2 entries"}, {1, "entry", "1 entry"},
		{2, "address", "2 addresses"}, {3, "delay", "3 delays"},
	} {
		if got := plural.Count(tt.n, tt.noun); got != tt.want {
			t.Errorf("%d %s: %q, want %q", tt.n, tt.noun, got, tt.want)
		}
	}
	if plural.Verb(1, "is", "are")+plural.Verb(int64(2), "is", "are") != "isare" {
		t.Error("verbs do not agree with their numbers")
	}
}
