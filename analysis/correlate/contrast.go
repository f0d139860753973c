package correlate

import (
	"cmp"
	"slices"
	"strings"

	"negotrace/analysis"
)

// Contrast pairs the handshakes of two reports that have most in common, and lists how they
// differ. Ports, times and frames are not compared.
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
		d.addTargets(h, o)
		d.addClocks(bad.Summary.Clocks, good.Summary.Clocks, h, o)
		d.addKnown("server software", serverHeader(h), serverHeader(o))
		d.addCauses(causes(bad, h), causes(good, o))
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

// refusedFirst orders handshakes that did not succeed before those that did, so that they get
// their counterparts first.
func refusedFirst(all []*analysis.Handshake) []*analysis.Handshake {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *analysis.Handshake) int { return cmp.Compare(outcomeRank(b), outcomeRank(a)) })
	return all
}

// counterpart returns the handshake that has most in common with h and is not taken, of equals
// the first. It is nil if no handshake has the same kind of target.
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

// addTargets compares the hosts of two handshakes, and whether credentials were sent.
func (d *differ) addTargets(h, o *analysis.Handshake) {
	if !strings.EqualFold(h.Host, o.Host) {
		d.addKnown(analysis.DifferentSite, h.Host, o.Host)
	}
	if h.OpeningLeg() == nil && o.OpeningLeg() != nil {
		d.add("credentials", "", o.SchemeAsSent())
	}
}

// causes returns the checks that found, on a handshake, why somebody was not let in.
func causes(r *analysis.Report, h *analysis.Handshake) (names []string) {
	for _, f := range r.Findings {
		of := f.Handshake == h.ID || slices.Contains(f.Handshakes, h.ID)
		if of && f.By.Topic == analysis.Cause && f.Severity != analysis.Info && f.RootCheck == "" && !slices.Contains(names, f.Check) {
			names = append(names, f.Check)
		}
	}
	return names
}

// addCauses adds what was found as a cause in one capture only.
func (d *differ) addCauses(here, there []string) {
	without := func(all, others []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(others, name) }), ", ")
	}
	d.add("finding", without(here, there), without(there, here))
}

// addClocks compares how far the clocks of the servers and of the KDCs are off in two captures.
func (d *differ) addClocks(here, there analysis.Clocks, h, o *analysis.Handshake) {
	a, b := here.Of(h.ServerAddr(), h.Start.Time), there.Of(o.ServerAddr(), o.Start.Time)
	d.addClock("clock of the server", a, b)
	if len(h.KDC) > 0 && len(o.KDC) > 0 {
		d.addClock("clock of the KDC", here.Of(h.KDC[0].KDC.Addr(), h.Start.Time), there.Of(o.KDC[0].KDC.Addr(), o.Start.Time))
	}
}

// addClock adds a difference between two clocks that matters to Kerberos.
func (d *differ) addClock(what string, here, there *analysis.Clock) {
	if here == nil || there == nil || (here.Ahead-there.Ahead).Abs() < analysis.MaxClockSkew {
		return
	}
	d.add(what, analysis.ClockOffset(here.Ahead, "the capture's"), analysis.ClockOffset(there.Ahead, "the capture's"))
}

// serverHeader returns the last Server header of the server or proxy itself. A response that a
// proxy passes on has the header of the server behind it.
func serverHeader(h *analysis.Handshake) string {
	for _, l := range slices.Backward(h.Legs) {
		passedOn := h.Target == analysis.ToProxy && l.Status() != h.Target.Challenge()
		if l.Response != nil && !passedOn && l.Response.Header.Has("Server") {
			return l.Response.Header.Value("Server")
		}
	}
	return ""
}
