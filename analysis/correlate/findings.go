package correlate

import (
	"cmp"
	"slices"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A findingSet holds the findings of all judgements, with equal ones merged.
type findingSet struct {
	findings   []*analysis.Finding
	merged     map[mergeKey]*analysis.Finding
	perCheck   map[string]int // number of findings
	counters   *httpstream.Counters
	severities map[analysis.Severity]int
	omitLists  bool // see Options: only the most important finding is held
}

// Findings with equal mergeKeys are merged.
type mergeKey struct {
	check, variant, message, under string
	severity                       analysis.Severity
	evidence                       analysis.Evidence
}

func mergeKeyOf(f *analysis.Finding) mergeKey {
	return mergeKey{f.Check, f.Variant, f.Message, f.RootCheck, f.Severity, f.Evidence}
}

func newFindingSet(counters *httpstream.Counters, o Options) findingSet {
	return findingSet{
		findings: []*analysis.Finding{}, merged: map[mergeKey]*analysis.Finding{}, perCheck: map[string]int{}, counters: counters,
		severities: map[analysis.Severity]int{}, omitLists: o.OmitLists,
	}
}

// add adds a finding and reports whether it is held. One that equals another is only counted there.
func (s *findingSet) add(f *analysis.Finding) (held bool) {
	s.severities[f.Severity]++
	if s.omitLists {
		s.perCheck[f.Check]++
		return s.lead(f)
	}
	key := mergeKeyOf(f)
	known := s.merged[key]
	if known == nil {
		if s.perCheck[f.Check]++; s.perCheck[f.Check] > maxFindings {
			s.counters.Drop("findings of "+f.Check, 1, httpstream.Pos{Frame: f.Frame, Time: f.Time, Stream: f.Stream, File: f.File})
			return false
		}
		s.merged[key] = f
		s.findings = append(s.findings, f)
		return true
	}
	known.Merge(f)
	return false
}

// sorted returns the findings in their final form, ordered by severity, then by topic.
func (s *findingSet) sorted() []*analysis.Finding {
	if s.omitLists {
		return s.findings
	}
	slices.SortStableFunc(s.findings, worstFirst)
	for i, f := range s.findings {
		f.ID = i + 1
		f.Prove()
	}
	for _, f := range s.findings {
		if f.Root != nil && s.merged[mergeKeyOf(f.Root)] != nil {
			f.RootID = s.merged[mergeKeyOf(f.Root)].ID
		}
	}
	return s.findings
}

// worstFirst returns the order of findings in a report.
func worstFirst(a, b *analysis.Finding) int {
	return cmp.Or(
		cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
		cmp.Compare(a.By.Topic.Rank(), b.By.Topic.Rank()),
		hostLast(a, b),
		a.Pos().Compare(b.Pos()),
		cmp.Compare(a.Check, b.Check),
		cmp.Compare(a.Message, b.Message),
	)
}

// hostLast puts what is true of a whole host behind what is about a logon.
func hostLast(a, b *analysis.Finding) int {
	switch {
	case a.By.OncePerHost == b.By.OncePerHost:
		return 0
	case a.By.OncePerHost:
		return 1
	}
	return -1
}

// lead keeps the more important one of f and the finding that is held, and reports whether that is f.
func (s *findingSet) lead(f *analysis.Finding) (held bool) {
	s.findings = append(s.findings, f)
	slices.SortStableFunc(s.findings, worstFirst)
	lead := (&analysis.Report{Findings: s.findings}).Lead()
	s.findings = slices.DeleteFunc(s.findings, func(f *analysis.Finding) bool { return f != lead })
	return f == lead
}

// attachCauses sets for each finding the root cause that was found on the same handshake, on
// either side of a proxy, and not later.
func attachCauses(findings []*analysis.Finding, handshakes []*analysis.Handshake) {
	causes := map[string]bool{}
	for _, f := range findings {
		for _, cause := range f.By.Follows {
			causes[cause] = true
		}
	}
	clientSides := map[int]int{}
	for _, h := range handshakes {
		if h.ClientSide != 0 {
			clientSides[h.ID] = h.ClientSide
		}
	}
	same := func(id int) int { // the client's own handshake
		if client := clientSides[id]; client != 0 {
			return client
		}
		return id
	}
	found := map[int][]*analysis.Finding{} // the causes found on a handshake
	for _, f := range findings {
		if f.Handshake != 0 && causes[f.Check] {
			id := same(f.Handshake)
			found[id] = append(found[id], f)
		}
	}
	for _, f := range findings {
		follows := f.By.Follows
		if len(follows) == 0 {
			continue
		}
		here := found[same(f.Handshake)]
		for _, cause := range follows {
			i := slices.IndexFunc(here, func(root *analysis.Finding) bool {
				return root.Check == cause && root.MayStandAbove(f) && root.MayCause(f)
			})
			if i >= 0 && cause != f.Check {
				f.RootCheck, f.Root = cause, here[i]
				break
			}
		}
	}
}
