package analysis

import (
	"slices"
	"testing"

	"negotrace/analysis/fact"
)

// TestChoose holds which advice is given in which case, and in which order.
func TestChoose(t *testing.T) {
	all := []Advice{
		{Text: "always"},
		{Text: "IIS", If: []fact.Fact{fact.ServerIIS}},
		{Text: "Apache over NTLM", If: []fact.Fact{fact.ServerApache, fact.ByNTLM}},
		{Text: "a ticket is there", If: []fact.Fact{fact.TicketIssued}},
		{Text: "no ticket", Unless: []fact.Fact{fact.TicketIssued}},
	}
	for _, c := range []struct {
		name  string
		facts []fact.Fact
		want  []string
	}{
		{"nothing is known", nil, []string{"always", "no ticket", "IIS"}},
		{"the kind of server is known", []fact.Fact{fact.ServerIIS}, []string{"IIS", "always", "no ticket"}},
		{"both conditions hold", []fact.Fact{fact.ServerApache, fact.ByNTLM}, []string{"Apache over NTLM", "always", "no ticket"}},
		{"one condition is refuted", []fact.Fact{fact.ServerApache, fact.ByKerberos}, []string{"always", "no ticket"}},
		{"what was seen", []fact.Fact{fact.ServerOther, fact.TicketIssued}, []string{"a ticket is there", "always"}},
	} {
		if got := choose(all, c.facts); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
