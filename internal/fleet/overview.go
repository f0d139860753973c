package fleet

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/inventory"
	"negotrace/analysis/report"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// An Overview describes all sets together. Overviews of parts give the same result in any order.
type Overview struct {
	versioned
	Sets     int              `json:"sets,omitempty"`
	Files    int              `json:"files,omitempty"`
	Failed   int              `json:"failed,omitempty"`
	Aborted  int              `json:"broken,omitempty"` // sets whose analysis did not come to its end
	Damaged  int              `json:"damaged,omitempty"`
	Bytes    int64            `json:"bytes,omitempty"`
	Packets  int              `json:"packets,omitempty"`
	Requests int              `json:"requests,omitempty"`
	First    httpstream.Time  `json:"first,omitzero"`
	Last     httpstream.Time  `json:"last,omitzero"`
	Joins    map[string]int   `json:"joins,omitempty"`    // by kind
	Outcomes map[string]int   `json:"outcomes,omitempty"` // handshakes by mechanism and outcome
	Counts   map[string]int64 `json:"counts,omitempty"`   // findings and groups, listed or not

	// The lists have the first items in their order: captures that failed or are damaged,
	// findings, and groups of the inventory.
	Captures []*Capture `json:"captures,omitempty"`
	Findings []*Finding `json:"findings,omitempty"`
	Groups   []*Group   `json:"groups,omitempty"`
}

// A Group combines all clients of a server, as on the page of an inventory.
type Group struct {
	inventory.Entry
	Clients int `json:"clients"`
	Users   int `json:"users"`
}

// Add merges an encoded overview of another part into o.
func (o *Overview) Add(part []byte) error {
	p, err := decode[Overview](part)
	if err != nil {
		return err
	}
	o.Merge(p)
	return nil
}

// Merge puts another overview into o.
func (o *Overview) Merge(p *Overview) {
	o.Version = version
	o.Sets, o.Files, o.Failed, o.Damaged, o.Aborted = o.Sets+p.Sets, o.Files+p.Files, o.Failed+p.Failed, o.Damaged+p.Damaged, o.Aborted+p.Aborted
	o.Bytes, o.Packets, o.Requests = o.Bytes+p.Bytes, o.Packets+p.Packets, o.Requests+p.Requests
	if o.First.IsZero() || !p.First.IsZero() && p.First.Before(o.First) {
		o.First = p.First
	}
	if p.Last.After(o.Last) {
		o.Last = p.Last
	}
	addTo(&o.Joins, p.Joins)
	addTo(&o.Outcomes, p.Outcomes)
	addTo(&o.Counts, p.Counts)
	o.Captures = first(append(o.Captures, p.Captures...), compareCaptures)
	o.Findings = first(append(o.Findings, p.Findings...), worstFirst)
	o.Groups = first(append(o.Groups, p.Groups...), compareGroups)
}

func addTo[N int | int64](to *map[string]N, from map[string]N) {
	if *to == nil && len(from) > 0 {
		*to = map[string]N{}
	}
	for k, n := range from {
		(*to)[k] += n
	}
}

// first returns the first items in an order in which no two are equal.
func first[T any](all []T, compare func(a, b T) int) []T {
	slices.SortFunc(all, compare)
	return slices.Clip(all[:min(len(all), maxListed)])
}

func compareCaptures(a, b *Capture) int {
	return cmp.Or(cmp.Compare(b.Failure, a.Failure), cmp.Compare(a.Set, b.Set), cmp.Compare(a.Name, b.Name))
}

func worstFirst(a, b *Finding) int {
	return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), cmp.Compare(b.Hosts, a.Hosts), cmp.Compare(b.Count, a.Count), strings.Compare(findingKey(a.Finding), findingKey(b.Finding)))
}

func compareGroups(a, b *Group) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), a.Key.Compare(&b.Key))
}

// Encode writes an overview, to be added to another one.
func (o *Overview) Encode() []byte { return encode(o) }

// overviewOf returns the overview of one set.
func overviewOf(s *Summary, captures []*Capture) *Overview {
	o := &Overview{versioned: versioned{version}, Sets: 1, Files: s.Files, Failed: s.Failed, Damaged: s.Damaged}
	for _, c := range captures {
		o.Bytes += c.Bytes
		if c.Failure != "" || len(c.Damage) > 0 {
			o.Captures = append(o.Captures, c)
		}
	}
	if s.Failure != "" && s.Failed == 0 {
		o.Aborted = 1
		o.Captures = append(o.Captures, &Capture{Origin: s.Origin, Failure: s.Failure})
	}
	if s.Summary == nil {
		return o
	}
	o.Packets, o.Requests, o.First, o.Last = s.Packets, s.Requests, s.Summary.First.Time, s.Summary.Last.Time
	o.Outcomes = map[string]int{}
	for m, outcomes := range s.Mechanisms {
		for outcome, n := range outcomes {
			o.Outcomes[string(m)+" "+string(outcome)] += n
		}
	}
	return o
}

//go:embed overview.html
var overviewTemplate string

// WriteHTML writes the page for a browser.
func (o *Overview) WriteHTML(w io.Writer) error {
	return report.WritePage(w, "negotrace fleet: "+o.Headline(), overviewTemplate, o)
}

// MarshalIndent returns the overview as JSON.
func (o *Overview) MarshalIndent() ([]byte, error) {
	b, err := json.MarshalIndent(o, "", "  ")
	return append(report.EscapeJSON(b), '\n'), err
}

// Headline says in one line how much was analysed.
func (o *Overview) Headline() string {
	text := fmt.Sprintf("%s in %s", plural.Count(o.Handshakes(), "handshake"), plural.Count(o.Sets, "set"))
	if o.Failed > 0 {
		text += fmt.Sprintf("; %s could not be read", plural.Count(o.Failed, "file"))
	}
	return text
}

// Handshakes returns how many handshakes there were in all sets. Each counts once, at however many
// places it was seen.
func (o *Overview) Handshakes() int {
	n := 0
	for _, of := range o.Outcomes {
		n += of
	}
	return n
}

// Span returns the first and the last time, "" if no time is known.
func (o *Overview) Span() string {
	if o.First.IsZero() {
		return ""
	}
	return "From " + o.First.UTC().Format(time.DateTime) + " to " + o.Last.UTC().Format(time.DateTime) + " UTC."
}

// A NamedCount is a name and how often it occurred.
type NamedCount struct {
	Name string
	N    int
}

// Kinds returns the kinds of joins with their counts.
func (o *Overview) Kinds() []NamedCount {
	says := map[string]string{
		proxied:  "handshakes that a proxy sent on, captured on both sides in different sets",
		sighted:  "handshakes that two sets show; each counts once",
		askedKDC: "handshakes with exchanges with a KDC that another set has",
		unsure:   "handshakes that may count twice: another set has a request with the same credentials for the same path at that time, and nothing shows whether it is the same",
	}
	var all []NamedCount
	for _, kind := range slices.Sorted(maps.Keys(o.Joins)) {
		all = append(all, NamedCount{says[kind], o.Joins[kind]})
	}
	return all
}

// Mechanisms returns the handshakes by mechanism and outcome.
func (o *Overview) Mechanisms() []NamedCount {
	var all []NamedCount
	for _, name := range slices.Sorted(maps.Keys(o.Outcomes)) {
		all = append(all, NamedCount{name, o.Outcomes[name]})
	}
	return all
}

// MoreFindings returns how many findings the page leaves out.
func (o *Overview) MoreFindings() int64 { return o.Counts["findings"] - int64(len(o.Findings)) }

// MoreGroups returns how many groups the page leaves out.
func (o *Overview) MoreGroups() int64 { return o.Counts["groups"] - int64(len(o.Groups)) }

// MoreCaptures returns how many captures the page leaves out.
func (o *Overview) MoreCaptures() int { return o.Failed + o.Damaged + o.Aborted - len(o.Captures) }

// MechanismNames returns the mechanisms by which groups can be filtered.
func (o *Overview) MechanismNames() []string {
	return o.distinct(func(g *Group) string { return string(g.Mechanism) })
}

// Reasons returns the reasons against Kerberos with AES, by which groups can be filtered.
func (o *Overview) Reasons() []string { return o.distinct(func(g *Group) string { return g.Why }) }

func (o *Overview) distinct(of func(*Group) string) []string {
	names := map[string]bool{}
	for _, g := range o.Groups {
		if name := of(g); name != "" {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// From returns when the first authentication of a group was.
func (g *Group) From() string { return g.First.UTC().Format(time.DateTime) }

// To returns when the last one was.
func (g *Group) To() string { return g.Last.UTC().Format(time.DateTime) }

// Worst returns the worst severity of the findings, "" if there are none.
func (o *Overview) Worst() analysis.Severity {
	if len(o.Findings) == 0 {
		return ""
	}
	return o.Findings[0].Severity
}
