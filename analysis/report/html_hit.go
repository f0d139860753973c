package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// An htmlHits is a table that counts by host or by user how handshakes ended.
type htmlHits struct {
	Caption, Name string
	Others        string // what the row lists beside its name
	Refusals      bool   // whether anybody was not let in: then times and Others are about these
	Unknown       bool   // whether the end of any is not known
	Rows          []*htmlHit
	Left          string
}

// An htmlHit is a row of it.
type htmlHit struct {
	Name          string
	Out, In, Open int // not let in, let in, not known
	Refused       int // requests
	From, To      string
	others        map[string]bool
	first, last   *analysis.Handshake // that are counted for times and others
}

// Others names the users of a host, or the hosts of a user.
func (t *htmlHit) Others() string { return dash(names(sortedKeys(t.others), 3)) }

// refusedRequests returns how many requests of a handshake were answered with a refusal.
func refusedRequests(h *analysis.Handshake) int {
	if !h.Outcome.Refused() {
		return 0
	}
	n := 0
	for _, l := range h.Legs {
		if l.Sent != nil && l.Verdict == analysis.Rejected {
			n++
		}
	}
	return max(n, 1) + h.Repeats
}

// Hosts and users that are listed: a screen of each where somebody was not let in.
const (
	maxHTMLHits  = 25
	calmHTMLHits = 10
)

// hits counts by the name that of returns for a handshake; other returns what is listed beside it.
// The worst row comes first.
func (p *htmlPage) hits(of, other func(*analysis.Handshake) string) htmlHits {
	t := htmlHits{Refusals: slices.ContainsFunc(p.report.Handshakes, func(h *analysis.Handshake) bool { return h.Outcome.Refused() })}
	byName := map[string]*htmlHit{}
	for _, h := range p.report.Handshakes {
		name := of(h)
		if name == "" {
			name = "not visible"
		}
		row := byName[name]
		if row == nil {
			row = &htmlHit{Name: name, others: map[string]bool{}}
			byName[name] = row
			t.Rows = append(t.Rows, row)
		}
		switch {
		case h.Outcome == analysis.Succeeded:
			row.In++
		case h.Outcome.Refused():
			row.Out++
		default:
			row.Open++
			t.Unknown = true
		}
		row.Refused += refusedRequests(h)
		if t.Refusals && !h.Outcome.Refused() {
			continue
		}
		row.first, row.last = cmp.Or(row.first, h), h
		if o := other(h); o != "" {
			row.others[o] = true
		}
	}
	for _, row := range t.Rows {
		row.From, row.To = "-", "-"
		if row.first != nil {
			row.From, row.To = p.time(row.first.Start.Time), p.time(row.last.Start.Time)
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b *htmlHit) int {
		return cmp.Or(cmp.Compare(b.Out, a.Out), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Name, b.Name))
	})
	return t
}

// cut keeps the first rows.
func (t htmlHits) cut(thing string) htmlHits {
	most := calmHTMLHits
	if t.Refusals {
		most = maxHTMLHits
	}
	if len(t.Rows) <= most {
		return t
	}
	t.Left = fmt.Sprintf("And %s.", plural.Count(len(t.Rows)-most, "more "+thing))
	if t.Refusals {
		out := 0
		for _, row := range t.Rows[most:] {
			out += row.Out
		}
		t.Left = fmt.Sprintf("And %s, with %s not let in.", plural.Count(len(t.Rows)-most, "more "+thing), plural.Count(out, "handshake"))
	}
	t.Rows = t.Rows[:most]
	return t
}

func (p *htmlPage) hosts() htmlHits {
	t := p.hits(hostText, func(h *analysis.Handshake) string { return h.User })
	t.Caption, t.Name, t.Others = "By host", "Host", "Users"
	if t.Refusals {
		t.Others = "Users not let in"
	}
	return t
}

// HitHosts counts by host.
func (p *htmlPage) HitHosts() htmlHits { return p.hosts().cut("host") }

// HitUsers counts by user.
func (p *htmlPage) HitUsers() htmlHits {
	t := p.hits(func(h *analysis.Handshake) string { return h.User }, hostText)
	t.Caption, t.Name, t.Others = "By user", "User", "Hosts"
	if t.Refusals {
		t.Others = "Hosts that did not let in"
	}
	return t.cut("user")
}

// HitSummary says in a sentence how many were not let in.
func (p *htmlPage) HitSummary() string {
	all := p.report.Handshakes
	switch {
	case len(all) == 0 && (p.report.Summary.LogsAlone() || len(p.report.Events) > 0):
		return noHandshake(p.report)
	case len(all) == 0:
		return "Nobody authenticated in what could be read."
	}
	total := max(p.report.Summary.Handshakes(), len(all))
	out := slices.DeleteFunc(slices.Clone(all), func(h *analysis.Handshake) bool { return !h.Outcome.Refused() })
	text := fmt.Sprintf("Nobody was refused (%s).", plural.Count(total, "handshake"))
	if n := p.counted(func(o analysis.Outcome) bool { return o == analysis.Unknown }); n > 0 {
		text = fmt.Sprintf("Nobody is known to have been refused (%s; of %d it is not known how they ended).", plural.Count(total, "handshake"), n)
	}
	if len(out) > 0 {
		refused := 0
		for _, h := range out {
			refused += refusedRequests(h)
		}
		text = fmt.Sprintf("%d of %s not let in: %s, %s.", max(p.counted(analysis.Outcome.Refused), len(out)), plural.Count(total, "handshake"),
			p.involved(out, refused), p.clock.span(out[0].Start.Time, out[len(out)-1].Start.Time))
	}
	if p.LeadSeverity() == analysis.Error && len(out) == 0 && p.answer.who != "" {
		text += " The error is about " + p.answer.who + "."
	}
	if more := total - len(all); more > 0 {
		text += fmt.Sprintf(" The tables, and what follows, are of the %d that are listed; %d more are counted.", len(all), more)
	}
	return text
}

// counted returns how many handshakes have such an outcome, listed or not.
func (p *htmlPage) counted(so func(analysis.Outcome) bool) int {
	n := 0
	for _, outcomes := range p.report.Summary.Mechanisms {
		for o, counted := range outcomes {
			if so(o) {
				n += counted
			}
		}
	}
	return n
}

// involved counts the requests, users, clients and hosts of handshakes, as far as known.
func (p *htmlPage) involved(all []*analysis.Handshake, refused int) string {
	parts := []string{plural.Count(refused, "request") + " refused"}
	for _, x := range []struct {
		thing string
		of    func(*analysis.Handshake) string
	}{
		{"user", func(h *analysis.Handshake) string { return h.User }},
		{"client", func(h *analysis.Handshake) string { return analysis.HostOnly(h.Client) }},
		{"host", hostText},
	} {
		if n := len(distinct(all, x.of)); n > 0 {
			parts = append(parts, plural.Count(n, x.thing))
		}
	}
	return strings.Join(parts, ", ")
}
