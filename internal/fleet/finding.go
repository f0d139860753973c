package fleet

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"negotrace/analysis"
)

// A Finding stands for the same finding in several captures.
type Finding struct {
	Origin
	*analysis.Finding // the earliest one, with the Count of all
	// Sets and Hosts are how many captures and hosts have it. On lists the first hosts in the
	// order of their names.
	Sets  int      `json:"sets"`
	Hosts int      `json:"hosts"`
	On    []string `json:"on"`
}

// findingKey returns text that is the same for findings that a report of one capture would merge.
func findingKey(f *analysis.Finding) string {
	return strings.Join([]string{f.Check, f.Variant, f.Message, f.RootCheck, string(f.Severity), string(f.Evidence)}, "\x00")
}

// A merger merges the findings of a set.
type merger struct{ findings map[string]*Finding }

func newMerger() *merger { return &merger{map[string]*Finding{}} }

// add adds a finding. If there are very many, it emits those it has.
func (m *merger) add(o Origin, f *analysis.Finding, out func(key string, finding []byte)) {
	key := findingKey(f)
	if known := m.findings[key]; known != nil {
		known.Count += max(1, f.Count)
		return
	}
	if len(m.findings) >= maxMerged {
		m.flush(out)
	}
	first := *f
	first.ID, first.RootID, first.Count = 0, 0, max(1, f.Count)
	m.findings[key] = &Finding{Origin: o.of("finding"), Finding: &first}
}

// flush emits all findings, in order.
func (m *merger) flush(out func(key string, finding []byte)) {
	for _, key := range slices.Sorted(maps.Keys(m.findings)) {
		out(key, encode(m.findings[key]))
	}
	clear(m.findings)
}

// MergeFindings merges the findings of one key and emits the row for them.
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
	row(findingTable.shard(Partition(first.Check, shards)), encode(&Row{versioned{version}, order, encode(first)}))
	overview((&Overview{versioned: versioned{version}, Counts: map[string]int64{"findings": 1}, Findings: []*Finding{first}}).Encode())
	return nil
}

// compareFindings orders findings of one key by their time and place.
func compareFindings(a, b *Finding) int {
	return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Set, b.Set), cmp.Compare(a.Frame, b.Frame), cmp.Compare(a.Handshake, b.Handshake))
}
