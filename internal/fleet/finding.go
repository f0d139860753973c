package fleet

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"negotrace/analysis"
)

// A Finding is what several captures say alike, in one.
type Finding struct {
	Origin
	*analysis.Finding // the first one, by time; its Count is that of all
	// Sets is how many captures say it, Hosts how many hosts, and On the first of these in
	// the order of names.
	Sets  int      `json:"sets"`
	Hosts int      `json:"hosts"`
	On    []string `json:"on"`
}

// findingKey is text that is the same of findings that say the same, as in a report of one
// capture.
func findingKey(f *analysis.Finding) string {
	return strings.Join([]string{f.Check, f.Variant, f.Message, f.RootCheck, string(f.Severity), string(f.Evidence)}, "\x00")
}

// A merger holds the findings of a set, those that say the same in one.
type merger struct{ findings map[string]*Finding }

func newMerger() *merger { return &merger{map[string]*Finding{}} }

// add takes a finding. If there are very many, it gives out what it has.
func (m *merger) add(o Origin, f *analysis.Finding, out func(key string, finding []byte)) {
	key := findingKey(f)
	if known := m.findings[key]; known != nil {
		known.Count += max(1, f.Count)
		return
	}
	if len(m.findings) >= maxMerged {
		m.flush(out)
	}
	o.Type = "finding"
	first := *f
	first.ID, first.RootID, first.Count = 0, 0, max(1, f.Count)
	m.findings[key] = &Finding{Origin: o, Finding: &first}
}

// flush gives out what it has, in order.
func (m *merger) flush(out func(key string, finding []byte)) {
	for _, key := range slices.Sorted(maps.Keys(m.findings)) {
		out(key, encode(m.findings[key]))
	}
	clear(m.findings)
}

// MergeFindings makes one of the findings that say the same, and gives the row of it out.
func MergeFindings(key string, records iter.Seq[[]byte], shards int, row func(key string, row []byte), overview func([]byte)) error {
	var first *Finding
	sets, hosts := map[string]bool{}, map[string]bool{}
	count := 0
	for b := range records {
		f, err := decode[Finding](b)
		if err != nil {
			return err
		}
		count += f.Count
		sets[f.Set], hosts[f.CaptureHost] = true, true
		if first == nil || compareFindings(f, first) < 0 {
			first = f
		}
	}
	if first == nil {
		return nil
	}
	on := slices.Sorted(maps.Keys(hosts))
	first.Count, first.Sets, first.Hosts, first.On = count, len(sets), len(hosts), on[:min(len(on), maxHosts)]
	order := string('0'+rune(first.Severity.Rank())) + key
	row(findingTable.shard(Partition(first.Check, shards)), encode(&Row{Version, order, encode(first)}))
	overview((&Overview{Version: Version, Counts: map[string]int64{"findings": 1}, Findings: []*Finding{first}}).Encode())
	return nil
}

// compareFindings orders findings that say the same by their time and place.
func compareFindings(a, b *Finding) int {
	return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Set, b.Set), cmp.Compare(a.Frame, b.Frame), cmp.Compare(a.Handshake, b.Handshake))
}
