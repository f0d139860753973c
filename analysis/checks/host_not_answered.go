package checks

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// silent is the variant in which no name server answers.
const silent = "no-reply"

const (
	// leastAsked is how long a client asks again and again before nobody can be said to have answered: resolvers wait a
	// second or more each time, and a question may be on its way where a capture ends.
	leastAsked = 2 * time.Second
	// manyAsked is how often it asks, if it does not send the same message again.
	manyAsked = 3
)

// reportUnanswered looks for names for whose addresses clients asked name servers that never answered. That a client
// sends its question again says that it had no answer; where it makes a new one each time, the name server has to be
// seen to answer others. Nor is anything said of name servers of which nothing is in the capture, where it lost packets.
func reportUnanswered(p *analysis.Pass, asked map[netip.Addr]*resolution) {
	if p.Questions == nil || p.Counters.Cut > 0 || p.Counters.Undecoded["malformed DNS"] > 0 || p.Counters.Dropped["answers of name servers"] > 0 || lacksFragments(p.Counters) {
		return
	}
	open := map[netip.Addr][]*analysis.Question{}
	var clients []netip.Addr
	for _, q := range p.Questions.Unanswered() {
		long, answers := q.Last.Time.Sub(q.First.Time) >= leastAsked, p.Questions.AnsweredSince(q)
		if !long || !answers && p.Counters.Gaps > 0 || !q.Repeated && (q.Times < manyAsked || !answers) || asked[q.Client].knows(q.Name) {
			continue
		}
		if open[q.Client] == nil {
			clients = append(clients, q.Client)
		}
		open[q.Client] = append(open[q.Client], q)
	}
	first, more := map[string]*analysis.Finding{}, map[string]int{}
	var order []string
	others := newOtherAddresses(p, len(clients) > 0)
	for _, client := range clients {
		if p.Questions.GotUnnamed(client) || !p.Visits.Known(client) || p.Visits.OneSided(client) || p.Counters.HTTP3Clients[client] || p.Questions.IsNameServer(client) {
			continue
		}
		works := asked[client] != nil && len(asked[client].resolved) > 0
		for _, q := range ofSites(p, open[client], works) {
			if others.reach(q) {
				continue
			}
			k := q.ServerNames() + " " + q.Name
			if first[k] != nil {
				more[k]++
				continue
			}
			first[k] = foundUnanswered(p, q, len(open[client])-1)
			order = append(order, k)
		}
	}
	for _, k := range order {
		if n := more[k]; n > 0 {
			first[k].Message += fmt.Sprintf("; %s had the same there", plural.Count(n, "more client"))
		}
	}
}

// ofSites returns those of the questions of a client that may be the cause of something: for the sites that it did not
// go to, or else, where it went nowhere, the first one. works says that it got addresses of other names.
func ofSites(p *analysis.Pass, questions []*analysis.Question, works bool) (of []*analysis.Question) {
	for _, q := range questions {
		if p.Sites[q.Name] && !p.Visits.To(q.Client, q.Name) {
			of = append(of, q)
		}
	}
	if len(of) > 0 || p.Visits.Any(questions[0].Client) || works && len(questions) > maxUnknownNames {
		return of
	}
	for _, q := range questions {
		if strings.Contains(q.Name, ".") && !strings.Contains(q.Name, "_") {
			return []*analysis.Question{q}
		}
	}
	return nil
}

// foundUnanswered reports a question. others is how many more names of this client nobody answered.
func foundUnanswered(p *analysis.Pass, q *analysis.Question, others int) *analysis.Finding {
	known := p.Sites[q.Name]
	seen, severity := "; no answer to that, or to another question there, is in this capture", analysis.Warning
	if p.Questions.AnsweredSince(q) {
		if seen = " and got no answer, though other questions there were answered"; known {
			severity = analysis.Error
		}
	}
	f := p.Found(nil, q.Last, "%v asked %s %s in %v for the address of %s%s, and the client went to no host of that name",
		q.Client, q.ServerNames(), times(q.Times), q.Last.Time.Sub(q.First.Time).Round(time.Second/10), q.Name, seen)
	if others > 0 && !known {
		f.Message += fmt.Sprintf("; nor did it get an answer about %s", plural.Count(others, "other name"))
	}
	f.Variant, f.Severity = silent, severity
	f.Client, f.Host = q.Client.String(), q.Name
	f.AddProof(q.First)
	return f
}
