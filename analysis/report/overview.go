package report

import (
	"cmp"
	"fmt"
	"slices"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// maxOverview is how many lines the overview has.
const maxOverview = 12

// A share is the handshakes with one host that used one mechanism and had one outcome.
type share struct {
	host      string
	mechanism analysis.Mechanism
	outcome   analysis.Outcome
	count     int
	users     map[string]bool
	clients   map[string]bool
}

// shares groups handshakes, those that failed first, the greatest number first among equals.
func shares(all []*analysis.Handshake) []*share {
	type key struct {
		host      string
		mechanism analysis.Mechanism
		outcome   analysis.Outcome
	}
	at := map[key]*share{}
	var list []*share
	for _, h := range all {
		host := hostText(h)
		k := key{host, h.Mechanism, h.Outcome}
		s := at[k]
		if s == nil {
			s = &share{host: host, mechanism: h.Mechanism, outcome: h.Outcome, users: map[string]bool{}, clients: map[string]bool{}}
			at[k] = s
			list = append(list, s)
		}
		s.count++
		if h.FromLog {
			s.count += h.Repeats
		}
		if h.User != "" {
			s.users[h.User] = true
		}
		if h.Client != "" {
			s.clients[analysis.HostOnly(h.Client)] = true
		}
	}
	slices.SortStableFunc(list, func(a, b *share) int {
		return cmp.Or(cmp.Compare(urgency(a.outcome), urgency(b.outcome)), cmp.Compare(b.count, a.count), cmp.Compare(a.host, b.host))
	})
	return list
}

// overview writes how many users and clients used what with each host. It precedes the handshakes
// of a capture with many of them, whose rows are shown.
func (p *page) overview(r *analysis.Report, shown []*row) error {
	if len(shown) < groupFrom {
		return nil
	}
	all := shares(r.Handshakes)
	p.title("OVERVIEW")
	g := grid{columns: []column{
		{head: []string{"Host"}, min: 16}, {head: []string{"Mechanism"}}, {head: []string{"Outcome"}},
		{head: []string{"Handshakes"}}, {head: []string{"Users"}}, {head: []string{"Clients"}},
	}}
	for _, s := range first(all, maxOverview) {
		g.rows = append(g.rows, []cell{
			{{text: s.host}}, {{text: string(s.mechanism)}}, {{text: string(s.outcome), style: outcomeColor(s.outcome)}},
			{{text: fmt.Sprint(s.count)}}, {{text: number(len(s.users))}}, {{text: number(len(s.clients))}},
		})
	}
	if err := p.grid(&g); err != nil {
		return err
	}
	if n := len(all) - maxOverview; n > 0 {
		p.item(0, "", fmt.Sprintf("... and %d more", n))
	}
	if counted := r.Summary.Handshakes(); counted > len(r.Handshakes) {
		p.item(0, "", fmt.Sprintf("%s %s listed, of %d.", plural.Count(len(r.Handshakes), "handshake"), plural.Verb(len(r.Handshakes), "is", "are"), counted))
	}
	return nil
}

// number returns a count, a dash where nothing is known.
func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}
