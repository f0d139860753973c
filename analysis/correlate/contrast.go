package correlate

import (
	"cmp"
	"slices"
	"strings"

	"negotrace/analysis"
)

// Contrast pairs the handshakes of two reports, those that have most in common, and says in
// what they differ. Ports, times and frames are no differences.
func Contrast(good, bad *analysis.Report) *analysis.Contrast {
	c := &analysis.Contrast{Tool: bad.Tool, GoodInputs: good.Inputs, BadInputs: bad.Inputs, Pairs: []analysis.Pair{}, OnlyGood: []*analysis.Handshake{}, OnlyBad: []*analysis.Handshake{},
		GoodVerdict: good.Headline, BadVerdict: bad.Headline, GoodFilter: good.Summary.Filter, BadFilter: bad.Summary.Filter}
	candidates := slices.Clone(good.Handshakes[:min(maxContrasted, len(good.Handshakes))])
	c.Left = len(good.Handshakes) - len(candidates) + max(0, len(bad.Handshakes)-maxContrasted)
	slices.SortStableFunc(candidates, func(a, b *analysis.Handshake) int { return cmp.Compare(outcomeRank(a), outcomeRank(b)) })
	taken := map[*analysis.Handshake]bool{}
	for _, h := range refusedFirst(bad.Handshakes[:min(maxContrasted, len(bad.Handshakes))]) {
		o := counterpart(h, candidates, taken)
		if o == nil {
			c.OnlyBad = append(c.OnlyBad, h)
			continue
		}
		taken[o] = true
		d := differ{differences(h, o)}
		d.sides(h, o)
		d.clocks(bad.Summary.Clocks, good.Summary.Clocks, h, o)
		d.known("server software", serverHeader(h), serverHeader(o))
		d.order()
		c.Pairs = append(c.Pairs, analysis.Pair{Good: o, Bad: h, Differs: d.all})
	}
	for _, o := range good.Handshakes[:len(candidates)] {
		if !taken[o] {
			c.OnlyGood = append(c.OnlyGood, o)
		}
	}
	return c
}

// outcomeRank puts what succeeded before everything else.
func outcomeRank(h *analysis.Handshake) int {
	if h.Outcome == analysis.Succeeded {
		return 0
	}
	return 1
}

// refusedFirst puts what was not let in before what was: it may choose its counterpart first.
func refusedFirst(all []*analysis.Handshake) []*analysis.Handshake {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *analysis.Handshake) int { return cmp.Compare(outcomeRank(b), outcomeRank(a)) })
	return all
}

// counterpart is the handshake that has most in common with h and is not taken, nil if none
// is with the same kind of target. Where all else is equal the first one is it.
func counterpart(h *analysis.Handshake, all []*analysis.Handshake, taken map[*analysis.Handshake]bool) *analysis.Handshake {
	var best *analysis.Handshake
	most := -1
	for _, o := range all {
		if taken[o] || o.Target != h.Target {
			continue
		}
		n := 0
		for i, same := range []bool{
			o.Mechanism == h.Mechanism, strings.EqualFold(o.User, h.User), o.Program == h.Program, Path(pathOf(o)) == Path(pathOf(h)),
			o.SPN == h.SPN, strings.EqualFold(o.Host, h.Host),
		} {
			if same {
				n |= 1 << i
			}
		}
		if n > most {
			best, most = o, n
		}
	}
	return best
}

func pathOf(h *analysis.Handshake) string {
	if r := h.Last().Request; r != nil {
		return r.Target
	}
	return ""
}

// sides compares whom two handshakes authenticate to, and whether they do.
func (d *differ) sides(h, o *analysis.Handshake) {
	if !strings.EqualFold(h.Host, o.Host) {
		d.known(analysis.Site, h.Host, o.Host)
	}
	if h.Opening() == nil && o.Opening() != nil {
		d.add("credentials", "", o.Spelling())
	}
}

// clocks compares how far the clocks of the servers and of the KDCs are off in two captures.
func (d *differ) clocks(here, there analysis.Clocks, h, o *analysis.Handshake) {
	a, b := here.Of(h.ServerAddr(), h.Start.Time), there.Of(o.ServerAddr(), o.Start.Time)
	d.clock("clock of the server", a, b)
	if len(h.KDC) > 0 && len(o.KDC) > 0 {
		d.clock("clock of the KDC", here.Of(h.KDC[0].KDC.Addr(), h.Start.Time), there.Of(o.KDC[0].KDC.Addr(), o.Start.Time))
	}
}

// clock adds a difference between two clocks that matters to Kerberos.
func (d *differ) clock(what string, here, there *analysis.Clock) {
	if here == nil || there == nil || (here.Ahead-there.Ahead).Abs() < analysis.MaxClockSkew {
		return
	}
	d.add(what, analysis.Apart(here.Ahead, "the capture's"), analysis.Apart(there.Ahead, "the capture's"))
}

// serverHeader is how the server or proxy calls itself: what a proxy passes on is named by
// the server behind it.
func serverHeader(h *analysis.Handshake) string {
	for _, l := range slices.Backward(h.Legs) {
		passedOn := h.Target == analysis.ToProxy && l.Status() != h.Target.Challenge()
		if l.Response != nil && !passedOn && l.Response.Header.Has("Server") {
			return l.Response.Header.Value("Server")
		}
	}
	return ""
}
