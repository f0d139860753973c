package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

const (
	groupFrom = 10 // handshakes from which on equal ones share a row
	maxRows   = 40
)

// A row is one line of the handshakes' table: a handshake, or several equal ones.
type row struct {
	first, last *analysis.Handshake
	count       int
	legs        [2]int // fewest and most
}

// rows returns at most so many rows, in the order of their first handshake, and the rows that are
// left out. Handshakes that failed have precedence.
func rows(handshakes []*analysis.Handshake, most int) (shown, left []*row) {
	type key struct {
		client, server, host, scheme, user, spn string
		side                                    analysis.Target
		mechanism                               analysis.Mechanism
		outcome                                 analysis.Outcome
		origin                                  int // of the connection: a handshake that two capture points saw is two
	}
	seen := make(map[key]*row, len(handshakes))
	for _, h := range handshakes {
		k := key{analysis.HostOnly(h.Client), h.Server, h.Host, h.Scheme, h.User, h.SPN, h.Target, h.Mechanism, h.Outcome, h.Conn().Origin}
		r := seen[k]
		if r == nil || len(handshakes) < groupFrom {
			r = &row{first: h, legs: [2]int{len(h.Legs), len(h.Legs)}}
			seen[k] = r
			shown = append(shown, r)
		}
		r.last = h
		r.count++
		r.legs = [2]int{min(r.legs[0], len(h.Legs)), max(r.legs[1], len(h.Legs))}
	}
	if len(shown) <= most {
		return shown, nil
	}
	slices.SortStableFunc(shown, func(a, b *row) int {
		return cmp.Compare(urgency(a.first.Outcome), urgency(b.first.Outcome))
	})
	shown, left = shown[:most], shown[most:]
	slices.SortFunc(shown, func(a, b *row) int { return cmp.Compare(a.first.ID, b.first.ID) })
	return shown, left
}

// urgency orders outcomes: lower is shown first.
func urgency(o analysis.Outcome) int {
	return slices.Index([]analysis.Outcome{
		analysis.Failed, analysis.Abandoned, analysis.Unanswered, analysis.Unknown, analysis.Succeeded,
	}, o)
}

// A layout is one way to arrange the facts of a handshake in columns.
type layout struct {
	columns []column
	cells   func(r *row, c clock) []cell
	stacked bool
}

// layouts returns all layouts, the one that needs most room first.
func layouts(zone string) []layout {
	when := "Time (" + zone + ")"
	return []layout{{
		columns: []column{
			{head: []string{"#"}}, {head: []string{when}},
			{head: []string{"Client -> server"}}, {head: []string{"Host"}},
			{head: []string{"Offered"}}, {head: []string{"Used"}}, {head: []string{"Mechanism"}},
			{head: []string{"User"}}, {head: []string{"SPN"}},
			{head: []string{"Legs"}}, {head: []string{"Outcome"}},
		},
		cells: func(r *row, c clock) []cell {
			return []cell{
				r.number(), r.time(c),
				{{text: r.client() + " -> " + dash(r.first.Server)}}, {{text: r.host()}},
				{{text: r.offered()}}, {{text: r.used()}}, {{text: string(r.first.Mechanism)}},
				{{text: r.user()}}, {{text: dash(r.first.SPN)}},
				{{text: r.legCount()}}, {r.outcome()},
			}
		},
	}, {
		columns: []column{
			{head: []string{"#"}}, {head: []string{when}},
			{head: []string{"Client", "-> server"}, min: 20}, {head: []string{"Host"}, min: 14},
			{head: []string{"Offered"}, min: 10, shrinkFirst: true}, {head: []string{"Used"}}, {head: []string{"Mechanism"}},
			{head: []string{"User", "SPN"}, min: 20},
			{head: []string{"Legs"}}, {head: []string{"Outcome"}},
		},
		cells: func(r *row, c clock) []cell {
			return []cell{
				r.number(), r.time(c),
				{{text: r.client()}, {text: "-> " + dash(r.first.Server)}}, {{text: r.host()}},
				{{text: r.offered()}}, {{text: r.used()}}, {{text: string(r.first.Mechanism)}},
				{{text: r.user()}, {text: dash(r.first.SPN)}},
				{{text: r.legCount()}}, {r.outcome()},
			}
		},
		stacked: true,
	}, {
		columns: []column{
			{head: []string{"#"}},
			{head: []string{when, "Client", "-> server"}, min: 15},
			{head: []string{"Host", "User", "SPN"}, min: 15},
			{head: []string{"Offered", "-> used"}, min: 12, shrinkFirst: true},
			{head: []string{"Outcome", "Mechanism", "Legs"}},
		},
		cells: func(r *row, c clock) []cell {
			return []cell{
				r.number(),
				append(r.time(c), field{text: r.client()}, field{text: "-> " + dash(r.first.Server)}),
				{{text: r.host()}, {text: r.user()}, {text: dash(r.first.SPN)}},
				r.offeredAndUsed(),
				{r.outcome(), {text: string(r.first.Mechanism)}, {text: r.legCount() + plural.Verb(r.legs[1], " leg", " legs")}},
			}
		},
		stacked: true,
	}}
}

func (r *row) number() cell {
	c := cell{{text: fmt.Sprint(r.first.ID)}}
	if n := r.times(); n > 1 {
		c = append(c, field{text: fmt.Sprintf("x%d", n)})
	}
	return c
}

// times returns how many handshakes the row stands for. A handshake of a log counts the equal
// ones.
func (r *row) times() int {
	if r.first.FromLog {
		return r.count + r.first.Repeats
	}
	return r.count
}

func (r *row) time(c clock) cell {
	t := cell{{text: c.show(r.first.Start.Time)}}
	switch {
	case r.count > 1:
		t = append(t, field{text: "- " + c.show(r.last.Start.Time)})
	case r.times() > 1:
		t = append(t, field{text: "- " + c.show(r.first.LastRepeat)})
	}
	return t
}

func (r *row) client() string {
	if r.count > 1 && r.first.Client != r.last.Client {
		return dash(analysis.HostOnly(r.first.Client))
	}
	return dash(r.first.Client)
}

func (r *row) host() string { return hostText(r.first) }

// hostText names the host of a handshake, and says so if it is a proxy.
func hostText(h *analysis.Handshake) string { return hostOrProxy(h.Host, h.Target) }

func hostOrProxy(host string, target analysis.Target) string {
	if target == analysis.ToProxy {
		return dash(host) + " (proxy)"
	}
	return dash(host)
}

func (r *row) offered() string { return dash(strings.Join(r.first.Offered, ", ")) }

func (r *row) used() string {
	if r.first.Mechanism == analysis.None {
		return "-"
	}
	return dash(r.first.Scheme)
}

func (r *row) offeredAndUsed() cell {
	if r.used() == "-" {
		return cell{{text: r.offered()}}
	}
	return cell{{text: r.offered()}, {text: "-> " + r.used()}}
}

func (r *row) user() string {
	if r.first.UserFrom != "" {
		return dash(r.first.User) + " *"
	}
	return dash(r.first.User)
}

func (r *row) legCount() string {
	if r.legs[0] != r.legs[1] {
		return fmt.Sprintf("%d-%d", r.legs[0], r.legs[1])
	}
	return fmt.Sprint(r.legs[0])
}

func (r *row) outcome() field {
	return field{text: string(r.first.Outcome), style: outcomeColor(r.first.Outcome)}
}

// dash replaces an unknown value by a dash.
func dash(s string) string { return cmp.Or(s, "-") }
