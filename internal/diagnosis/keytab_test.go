package diagnosis_test

import (
	"os"
	"slices"
	"testing"

	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
	"negotrace/tokens"
)

// TestKeytabOfOthers holds that a report says that a keytab opens no ticket, where there is one.
func TestKeytabOfOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		capture, keytab string
		want            bool
	}{
		{"etype-rc4-ticket.pcapng", "etype-rc4-ticket", false},
		{"etype-rc4-ticket.pcapng", "kerberos-mit", true},
		{"ntlm-scheme.pcapng", "kerberos-mit", false},
	} {
		b, err := os.ReadFile("../../testdata/" + c.keytab + ".keytab")
		if err != nil {
			t.Fatal(err)
		}
		k, err := tokens.ParseKeytab(b)
		if err != nil {
			t.Fatal(err)
		}
		d := tokens.Decoder{Keytab: k}
		sources, err := capture.Open([]string{"../../testdata/" + c.capture}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := diagnosis.Read(t.Context(), sources, diagnosis.Options{Capture: capture.Options{Decoder: d}})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(r.Summary.Notes, func(l httpstream.Limitation) bool { return l.Kind == "keytab-of-others" })
		if got != c.want {
			t.Errorf("%s with the keytab %s: %v, want %v", c.capture, c.keytab, got, c.want)
		}
	}
}
