package checks

import (
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// otherAddresses are what is known of addresses which may belong to the machine that asks: one machine has several, of
// both families, of networks and tunnels, and of the loopback, and asks name servers from each.
type otherAddresses struct {
	visits   *analysis.Visits
	families map[string][2]bool            // by host: whether clients with addresses of IPv4, of IPv6 went to it
	resolved map[string][]*analysis.Lookup // by name: answers with an address
}

// newOtherAddresses returns what the whole capture shows; nothing if it is not wanted.
func newOtherAddresses(p *analysis.Pass, wanted bool) *otherAddresses {
	o := &otherAddresses{visits: p.Visits}
	if !wanted {
		return o
	}
	o.families, o.resolved = p.Visits.Families(), map[string][]*analysis.Lookup{}
	for i := range p.DNS.Lookups {
		if l := &p.DNS.Lookups[i]; len(l.Addrs) > 0 {
			o.resolved[l.Name] = append(o.resolved[l.Name], l)
		}
	}
	return o
}

// alsoAsked is how long after a question that nobody answered the same machine may ask from another address.
const alsoAsked = 5 * time.Second

// reach reports whether the machine that asked may have come to the host all the same: by an address of the other
// family, from another address that got an answer about the name meanwhile, or by its short name, for which others than
// name servers answer (LLMNR, NetBIOS).
func (o *otherAddresses) reach(q *analysis.Question) bool {
	if f := o.families[q.Name]; q.Client.Unmap().Is4() && f[1] || !q.Client.Unmap().Is4() && f[0] || q.Client.IsLoopback() && f != [2]bool{} {
		return true
	}
	if short, _, ok := strings.Cut(q.Name, "."); ok && o.visits.To(q.Client, short) {
		return true
	}
	answers := o.resolved[q.Name]
	if len(answers) > maxAnswersRead {
		return true
	}
	for _, l := range answers {
		if meanwhile(l.Pos, q) && l.Client.Addr() != q.Client {
			return true
		}
	}
	return false
}

// maxAnswersRead is how many answers about one name are looked at: a name that more have is no reason for a finding.
const maxAnswersRead = 1000

// meanwhile reports whether something was when a question was open.
func meanwhile(at httpstream.Pos, q *analysis.Question) bool {
	return at.Time.Sub(q.First.Time) >= 0 && at.Time.Sub(q.Last.Time) <= alsoAsked
}

// lacksFragments reports whether IP fragments have no others beside them: an answer may be in what is missing.
func lacksFragments(c *httpstream.Counters) bool {
	for what := range c.Undecoded {
		if strings.Contains(what, "IP fragments") {
			return true
		}
	}
	return false
}
