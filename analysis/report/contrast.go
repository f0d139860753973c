package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// shownPairs is how many pairs with different differences are shown.
const shownPairs = 12

// A contrastRow is the pairs with the same differences.
type contrastRow struct {
	*analysis.Pair
	count int
}

// contrasts groups pairs with the same differences. Pairs that ended differently come first, among
// them those of one site; pairs without differences come last.
func contrasts(c *analysis.Contrast) (all []*contrastRow) {
	for i := range c.Pairs {
		p := &c.Pairs[i]
		same := slices.IndexFunc(all, func(r *contrastRow) bool {
			return r.Bad.Outcome == p.Bad.Outcome && r.Good.Outcome == p.Good.Outcome && slices.Equal(r.Differs, p.Differs)
		})
		if same >= 0 {
			all[same].count++
			continue
		}
		all = append(all, &contrastRow{p, 1})
	}
	slices.SortStableFunc(all, func(a, b *contrastRow) int { return cmp.Compare(a.rank(), b.rank()) })
	return all
}

// rank returns a number that is lower for a pair that explains more.
func (r *contrastRow) rank() (n int) {
	for i, less := range []bool{len(r.Differs) == 0, r.sites() != nil, r.Bad.Outcome == r.Good.Outcome} {
		if less {
			n |= 1 << i
		}
	}
	return n
}

// sites returns the difference between the sites of a pair, nil if they are the same.
func (r *contrastRow) sites() *analysis.Difference {
	i := slices.IndexFunc(r.Differs, func(d analysis.Difference) bool { return d.What == analysis.DifferentSite })
	if i < 0 {
		return nil
	}
	return &r.Differs[i]
}

// contrastHeadline says the difference that explains most.
func contrastHeadline(c *analysis.Contrast) string {
	all := contrasts(c)
	if len(all) == 0 {
		return "the two captures have no handshakes that could be compared"
	}
	r := all[0]
	sites, same := r.sites(), r.Bad.Outcome == r.Good.Outcome
	switch {
	case sites != nil:
		text := fmt.Sprintf("the captures are of different sites, %s (bad) and %s (good), and what else differs may come from that", sites.Bad, sites.Good)
		if len(r.Differs) > 1 && r.Differs[0] == *sites {
			text += ": " + contrastText(r.Differs[1])
		}
		return text
	case r.Bad.Outcome == analysis.Succeeded && r.Good.Outcome.Refused():
		return "what succeeded in the bad capture did not in the good one: the good capture is named first"
	case same && len(r.Differs) == 0:
		return "the handshakes of the two captures show no difference"
	case same:
		return "what was compared ended alike; it differs in this: " + contrastText(r.Differs[0])
	case len(r.Differs) == 0:
		return fmt.Sprintf("no difference is seen but the outcome (%s in the bad capture, %s in the good one): look where the wire does not show it, as in keys and settings of the server",
			r.Bad.Outcome, r.Good.Outcome)
	}
	return "the difference that says most: " + contrastText(r.Differs[0])
}

func contrastText(d analysis.Difference) string {
	return fmt.Sprintf("%s: %s in the bad capture, %s in the good one", d.What, cmp.Or(d.Bad, "nothing"), cmp.Or(d.Good, "nothing"))
}

// contrastNarrowed says what is left of two captures that were narrowed; "" if they were not.
func contrastNarrowed(c *analysis.Contrast) string {
	bad, good := c.BadFilter, c.GoodFilter
	if bad == nil || good == nil {
		return ""
	}
	return fmt.Sprintf("Only what matches %s: %d of %s of the bad capture, %d of %s of the good one", filterTexts(bad, good),
		bad.Handshakes, plural.Count(bad.OfHandshakes, "handshake"), good.Handshakes, plural.Count(good.OfHandshakes, "handshake"))
}

// filterTexts returns the text of a filter on two captures. Times after the first packet differ
// between them.
func filterTexts(bad, good *analysis.Filtered) string {
	if bad.Text == good.Text {
		return bad.Text
	}
	return bad.Text + " (bad), " + good.Text + " (good)"
}

// title says which handshakes a pair is of.
func (r *contrastRow) title() string {
	text := fmt.Sprintf("Handshake %d of the bad capture (%s) against %d of the good one (%s)",
		r.Bad.ID, contrastName(r.Bad), r.Good.ID, contrastName(r.Good))
	if r.count > 1 {
		text += fmt.Sprintf(", and %d more pairs", r.count-1)
	}
	return text
}

func contrastName(h *analysis.Handshake) string {
	return fmt.Sprintf("%s, %s", hostText(h), wentHow(h))
}

// writeContrast writes the differences for a person; the one that explains most comes first.
func writeContrast(w io.Writer, c *analysis.Contrast, opts Options) error {
	p := newPage(opts)
	p.heading(contrastHeadline(c))
	p.WriteByte('\n')
	p.item(0, "Bad   ", c.BadVerdict)
	p.item(0, "Good  ", c.GoodVerdict)
	p.paragraph(contrastNarrowed(c))
	all := contrasts(c)
	for _, r := range first(all, shownPairs) {
		p.WriteByte('\n')
		p.heading(r.title())
		if len(r.Differs) == 0 {
			p.line("no difference but ports, times and frames")
			continue
		}
		g := grid{columns: []column{{head: []string{"What"}, min: 12}, {head: []string{"Bad"}, min: 20}, {head: []string{"Good"}, min: 20}}}
		for _, d := range r.Differs {
			g.rows = append(g.rows, []cell{{{text: d.What}}, {{text: dash(d.Bad)}}, {{text: dash(d.Good)}}})
		}
		if err := p.grid(&g); err != nil {
			return err
		}
	}
	p.withoutPair(c, len(all)-shownPairs)
	_, err := w.Write(p.Bytes())
	return err
}

// withoutPair says which handshakes were not compared.
func (p *page) withoutPair(c *analysis.Contrast, more int) {
	all := contrastRest(c, more)
	if len(all) > 0 {
		p.title("NOT COMPARED")
	}
	for _, text := range all {
		p.item(0, "- ", text)
	}
}

func contrastRest(c *analysis.Contrast, more int) (all []string) {
	if slices.ContainsFunc(c.Pairs, bindingsSealed) {
		all = append(all, "channel bindings: Kerberos encrypts them in the authenticator of the ticket (--keytab opens it)")
	}
	if more > 0 {
		all = append(all, plural.Count(more, "more pair")+" (use --format json)")
	}
	if n := len(c.OnlyBad); n > 0 {
		all = append(all, fmt.Sprintf("%s of the bad capture without a counterpart: %s", plural.Count(n, "handshake"), named(c.OnlyBad)))
	}
	if n := len(c.OnlyGood); n > 0 {
		all = append(all, fmt.Sprintf("%s of the good capture without a counterpart: %s", plural.Count(n, "handshake"), named(c.OnlyGood)))
	}
	if c.Left > 0 {
		all = append(all, plural.Count(c.Left, "handshake")+" beyond the first of each capture")
	}
	return all
}

// bindingsSealed reports whether the handshakes of a pair, which ended differently, sent tickets
// over TLS, and not both tickets could be opened.
func bindingsSealed(p analysis.Pair) bool {
	_, good := p.Good.APReq()
	_, bad := p.Bad.APReq()
	return good != nil && bad != nil && (good.Opened == nil || bad.Opened == nil) && p.Good.Outcome != p.Bad.Outcome &&
		strings.HasPrefix(p.Bad.URL, "https:")
}

// named names the first of some handshakes.
func named(all []*analysis.Handshake) string {
	var parts []string
	for _, h := range first(all, 3) {
		parts = append(parts, fmt.Sprintf("%d (%s)", h.ID, contrastName(h)))
	}
	if len(all) > 3 {
		parts = append(parts, "...")
	}
	return strings.Join(parts, ", ")
}

// writeContrastMarkdown writes the same as a document.
func writeContrastMarkdown(w io.Writer, c *analysis.Contrast, _ Options) error {
	m := &markdown{}
	m.line("# Comparison of two captures\n")
	m.line("**%s**\n", prose(contrastHeadline(c)))
	m.item("Bad: " + prose(c.BadVerdict))
	m.item("Good: " + prose(c.GoodVerdict))
	if text := contrastNarrowed(c); text != "" {
		m.line("\n%s.", prose(text))
	}
	all := contrasts(c)
	for _, r := range first(all, shownPairs) {
		m.heading(2, prose(r.title()))
		if len(r.Differs) == 0 {
			m.line("No difference but ports, times and frames.")
			continue
		}
		m.head("What", "Bad", "Good")
		for _, d := range r.Differs {
			m.row(prose(d.What), code(d.Bad), code(d.Good))
		}
	}
	if rest := contrastRest(c, len(all)-shownPairs); len(rest) > 0 {
		m.heading(2, "Not compared")
		for _, text := range rest {
			m.item(prose(text))
		}
	}
	if rows, left := contrastInputs(c); len(rows) > 0 {
		m.heading(2, "Files")
		m.inputTable(rows, left, c.Tool)
	}
	_, err := io.WriteString(w, m.String())
	return err
}
