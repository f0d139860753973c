package analysis

import (
	"cmp"
	"slices"

	"negotrace/analysis/fact"
	"negotrace/tokens"
)

// An Advice is a cause or a remedy that a check knows, and the cases that it is meant for.
type Advice struct {
	Text string
	// If are facts that the case must have: of each kind that is named here one. Of a kind
	// of which nothing is known, such as the server's where it does not name itself, any
	// may be true; but what was seen, who refused and with which code must be known.
	If []fact.Fact
	// Unless are facts that refute the advice.
	Unless []fact.Fact
}

// MarshalText returns the text alone, as an Advice is written in JSON.
func (a Advice) MarshalText() ([]byte, error) { return []byte(a.Text), nil }

// UnmarshalText sets the text.
func (a *Advice) UnmarshalText(text []byte) error {
	a.Text = string(text)
	return nil
}

// fits reports whether the advice is meant for a case with the facts, and how well: the
// kinds of its condition that are known to hold, or less than nothing if some are not
// known.
func (a Advice) fits(facts []fact.Fact) (bool, int) {
	for _, f := range a.Unless {
		if slices.Contains(facts, f) {
			return false, 0
		}
	}
	specific, unknown := 0, 0
	for i, f := range a.If {
		kind := f.Kind()
		ofKind := func(o fact.Fact) bool { return o.Kind() == kind }
		if slices.ContainsFunc(a.If[:i], ofKind) {
			continue // looked at already
		}
		held, open := false, false
		for _, o := range a.If[i:] {
			if ofKind(o) {
				held = held || slices.Contains(facts, o)
				open = open || !o.MustBeKnown()
			}
		}
		switch {
		case held:
			specific++
		case !open || slices.ContainsFunc(facts, ofKind):
			return false, 0
		default:
			unknown++
		}
	}
	if unknown > 0 {
		return true, -unknown
	}
	return true, specific
}

// conditional reports whether any of the advice is for some cases only.
func conditional(all []Advice) bool {
	return slices.ContainsFunc(all, func(a Advice) bool { return len(a.If)+len(a.Unless) > 0 })
}

// maxAdvice is how many causes and how many remedies a finding carries.
const maxAdvice = 3

// choose returns the texts of the advice that is meant for a case with the facts, the
// most specific first, otherwise in the order given.
func choose(all []Advice, facts []fact.Fact) []string {
	type choice struct {
		text     string
		specific int
	}
	chosen := make([]choice, 0, 16) // of most checks all
	for _, a := range all {
		if ok, specific := a.fits(facts); ok {
			chosen = append(chosen, choice{a.Text, specific})
		}
	}
	slices.SortStableFunc(chosen, func(x, y choice) int { return cmp.Compare(y.specific, x.specific) })
	if len(chosen) == 0 {
		return nil
	}
	texts := make([]string, 0, maxAdvice)
	for _, c := range chosen[:min(maxAdvice, len(chosen))] {
		texts = append(texts, c.text)
	}
	return texts
}

// Advise gives a finding of the Pass its causes and remedies.
func (p *Pass) Advise(f *Finding) {
	var facts []fact.Fact
	if conditional(f.By.Causes) || conditional(f.By.Fix) {
		named := append(codeFacts(f.named), fact.Variant(f.Variant))
		named = append(named, f.shown...)
		if f.event != 0 {
			named = append(named, fact.Event(f.event))
		}
		facts = p.facts(f.about, f.aboutKDC, named...)
	}
	f.Causes, f.Fix = choose(f.By.Causes, facts), fill(choose(f.By.Fix, facts), f.about, f.aboutKDC)
}

// Remedies returns what the check says to do in a variant of it, "" for none, chosen by what the
// capture shows of h.
func (p *Pass) Remedies(c *Check, h *Handshake, variant string) []string {
	return fill(choose(c.Fix, p.facts(h, nil, fact.Variant(variant))), h, nil)
}

// codeFacts returns the errors that a log names.
func codeFacts(codes []Code) (facts []fact.Fact) {
	for _, c := range codes {
		switch c.Family {
		case KerberosError:
			facts = append(facts, fact.Code(tokens.ErrorCode(c.Value)))
		case NTStatus:
			facts = append(facts, fact.NTStatus(c.Name))
		}
	}
	return facts
}
