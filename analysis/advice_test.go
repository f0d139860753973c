package analysis

import (
	"slices"
	"testing"
)

// TestChoose holds which advice is given in which case, and in which order.
func TestChoose(t *testing.T) {
	all := []Advice{
		{Text: "always"},
		{Text: "IIS", If: []Fact{ServerIIS}},
		{Text: "Apache over NTLM", If: []Fact{ServerApache, ByNTLM}},
		{Text: "a ticket is there", If: []Fact{TicketIssued}},
		{Text: "no ticket", Unless: []Fact{TicketIssued}},
	}
	for _, c := range []struct {
		name  string
		facts []Fact
		want  []string
	}{
		{"nothing is known", nil, []string{"always", "no ticket", "IIS"}},
		{"the kind of server is known", []Fact{ServerIIS}, []string{"IIS", "always", "no ticket"}},
		{"both conditions hold", []Fact{ServerApache, ByNTLM}, []string{"Apache over NTLM", "always", "no ticket"}},
		{"one condition is refuted", []Fact{ServerApache, ByKerberos}, []string{"always", "no ticket"}},
		{"what was seen", []Fact{ServerOther, TicketIssued}, []string{"a ticket is there", "always"}},
	} {
		if got := choose(all, c.facts); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
