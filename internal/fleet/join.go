package fleet

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"net/netip"
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
)

// A Join says that records of different sets belong together.
type Join struct {
	versioned
	Type string `json:"type"` // "join"
	// Kind is "proxy": a proxy forwarded First as Second; "sighting": both are the same handshake,
	// seen at two places; "kdc": Exchange belongs to First; "unsure": both may be the same, and
	// each counts; "left out": there were too many to join, see By.
	Kind     string    `json:"kind"`
	First    *Place    `json:"first"`
	Second   *Place    `json:"second,omitempty"`
	Exchange *Exchange `json:"exchange,omitempty"`
	// Evidence is how certain the join is. By says what shows it.
	Evidence analysis.Evidence `json:"evidence"`
	By       string            `json:"by"`
	User     string            `json:"user,omitempty"` // of First, as far as it is known
	URL      string            `json:"url,omitempty"`  // of First
}

// The kinds of a Join.
const (
	proxied  = "proxy"
	sighted  = "sighting"
	askedKDC = "kdc"
	unsure   = "unsure"
	leftOut  = "left out"
)

// An Exchange is an exchange with a KDC in a set.
type Exchange struct {
	Set         string          `json:"set"`
	CaptureHost string          `json:"capture_host"`
	Frame       int             `json:"frame"`
	Time        httpstream.Time `json:"time,omitzero"`
	Client      string          `json:"client"`
	KDC         string          `json:"kdc"`
	SPN         string          `json:"spn"`
	Error       string          `json:"error,omitempty"` // of the KDC; empty if it issued a ticket
	Checks      []string        `json:"checks,omitempty"`
}

// A JoinOut takes joins: the row of each, and how it changes the count of a handshake.
type JoinOut struct {
	Row  func(key string, row []byte)
	Case func(key string, one []byte)
}

func (o JoinOut) join(j *Join, shards int) {
	j.Version, j.Type = version, "join"
	id := j.First.key()
	if j.Second != nil {
		id += "\x00" + j.Second.key()
	}
	if e := j.Exchange; e != nil {
		id += fmt.Sprintf("\x00%s\x00%012d", e.Set, e.Frame)
	}
	o.Row(joinTable.shard(Partition(j.First.Set, shards)), encode(&Row{versioned{version}, j.Kind + "\x00" + id, encode(j)}))
}

// pair emits that two requests are the same, so the second does not count.
func (o JoinOut) pair(kind string, first, second *requestRecord, evidence analysis.Evidence, by string, shards int) {
	o.join(&Join{Kind: kind, First: &first.Place, Second: &second.Place, Evidence: evidence, By: by, User: first.User, URL: first.URL}, shards)
	o.Case(second.key(), encode(&caseRecord{versioned: versioned{version}, Place: second.Place, Uncounted: kind}))
}

// JoinRequests joins the requests with one token. Requests that two captures show on the same
// connection are the same, and a proxy may have forwarded one as another. joinShared joins
// requests without a token.
func JoinRequests(records iter.Seq[[]byte], shards int, out JoinOut) error {
	all, left, err := readAll[requestRecord](records, maxShared)
	if err != nil || len(all) < 2 {
		return err
	}
	if n := min(len(all), maxRequests); !all[0].Shared {
		all, left = all[:n], left+len(all)-n
	}
	slices.SortFunc(all, compareRequests)
	if left > 0 {
		out.join(&Join{Kind: leftOut, First: &all[0].Place, By: fmt.Sprintf("%d more requests with the token of this one", left)}, shards)
	}
	if all[0].Shared {
		joinShared(all, shards, out)
		return nil
	}
	single := slices.DeleteFunc(sightings(all, shards, out), func(p *requestRecord) bool { return p.ToProxy })
	from := map[*requestRecord]*requestRecord{} // which request a proxy forwarded as this one
	for _, rule := range sentOnRules {
		for _, second := range single {
			for _, first := range single {
				if from[second] != nil || first.Set == second.Set || !correlate.MayBeForwarded(first.exchange(), second.exchange()) || !rule.shows(first, second) || comesFrom(first, second, from) {
					continue
				}
				from[second] = first
				out.pair(proxied, first, second, rule.evidence, "the same token"+rule.by, shards)
			}
		}
	}
	return nil
}

// A sentOnRule decides which of two requests with one token was first.
type sentOnRule struct {
	shows    func(first, second *requestRecord) bool
	evidence analysis.Evidence
	by       string // follows what they have in common
}

// sentOnRules are these rules, the most certain first. Clocks of two machines may differ, so times
// come last.
var sentOnRules = []sentOnRule{
	{namesClient, analysis.Proven, ", and the proxy names the client (X-Forwarded-For, Forwarded)"},
	{bySender, analysis.Proven, ", sent from the address that had received it"},
	{earlier, analysis.Inferred, "; which side was first is known by the clocks only"},
}

func namesClient(first, second *requestRecord) bool {
	return slices.Contains(second.ForwardedFor, first.Client.Addr().Unmap())
}

func bySender(first, second *requestRecord) bool { return first.Server.Addr() == second.Client.Addr() }

func earlier(first, second *requestRecord) bool {
	return !namesClient(second, first) && !bySender(second, first) && compareRequests(first, second) < 0 && clocksAgree(first.At, second.At)
}

// comesFrom reports whether first is known to be second, forwarded once or several times.
func comesFrom(first, second *requestRecord, from map[*requestRecord]*requestRecord) bool {
	for p := first; p != nil; p = from[p] {
		if p == second {
			return true
		}
	}
	return false
}

// compareRequests orders requests by their times.
func compareRequests(a, b *requestRecord) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Set, b.Set), cmp.Compare(a.Handshake, b.Handshake), cmp.Compare(a.Frame, b.Frame))
}

// sightings returns the requests with one token, each once: if several captures show it on the
// same connection, the one of the set whose name is first.
func sightings(all []*requestRecord, shards int, out JoinOut) (single []*requestRecord) {
	type ends struct{ client, server netip.AddrPort }
	seen := map[ends]map[string][]*requestRecord{} // by set
	for _, p := range all {
		e := ends{p.Client, p.Server}
		if seen[e] == nil {
			seen[e] = map[string][]*requestRecord{}
		}
		seen[e][p.Set] = append(seen[e][p.Set], p)
	}
	for _, p := range all {
		of := seen[ends{p.Client, p.Server}]
		set := slices.Min(slices.Collect(maps.Keys(of)))
		n := slices.Index(of[p.Set], p)
		if set == p.Set || n >= len(of[set]) || !clocksAgree(of[set][n].At, p.At) {
			single = append(single, p)
			continue
		}
		first := of[set][n]
		out.pair(sighted, first, p, analysis.Proven, "the same token on the same connection", shards)
	}
	return single
}
