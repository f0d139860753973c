package correlate

import (
	"negotrace/analysis"
	"negotrace/httpstream"
)

// report judges what has not been judged yet and returns the report.
func (e *engine) report(counters *httpstream.Counters) *analysis.Report {
	if e.joiner != nil {
		e.joiner.match()
		e.joiner.addClocks(e.joiner.exports, &e.knowledge.clocks)
		e.joiner.report(counters, &e.seen)
	}
	e.judge(scope{until: e.buffer.end(e.seen.newest), counters: counters})
	if e.servers != nil {
		e.countLogged(e.buffer.exchanges)
		e.servers.Report(counters, e.seen.first.Time, e.seen.last.Time)
	}
	counters.Add(e.dropped)
	if counters.Responses == nil {
		counters.Responses = map[int]int{}
	}
	r := &analysis.Report{
		Schema:     1,
		Inputs:     counters.Inputs,
		Summary:    analysis.Summary{Counters: counters, First: e.seen.first, Last: e.seen.last, Mechanisms: e.results.mechanisms, Severities: e.results.findings.severities, Clocks: e.knowledge.clocks.list},
		Handshakes: e.results.handshakes,
		Findings:   e.results.findings.sorted(),
		Checks:     []*analysis.Check{},
	}
	for _, c := range e.checks {
		if e.results.findings.perCheck[c.Name] > 0 {
			r.Checks = append(r.Checks, c)
		}
	}
	if e.filter != nil {
		e.results.filtered.Text = e.filter.String()
		r.Summary.Filter = &e.results.filtered
	}
	for _, l := range []*httpstream.Limitation{e.kdcNotSeen(), e.keytabOfOthers()} {
		if l != nil {
			counters.Notes = append(counters.Notes, *l)
		}
	}
	r.Headline = headline(r, e.addLogs(r, counters))
	if e.results.findings.omitLists {
		r.Handshakes, r.Findings = nil, nil
	}
	return r
}

// addLogs adds what logs and texts of hosts say. It returns what those of servers say in place of a
// capture, empty where there are requests.
func (e *engine) addLogs(r *analysis.Report, counters *httpstream.Counters) (logged string) {
	if e.events != nil {
		e.events.Report(counters, e.seen.first.Time, e.seen.end)
		r.Events, r.Summary.Computers = e.events.Rows(), e.events.Computers()
	}
	r.HostTexts = e.hosts.List()
	if e.servers != nil && counters.Requests == 0 {
		logged = e.servers.Summary()
	}
	if r.Summary.LogsAlone() {
		counters.Notes = append(counters.Notes, logsAloneNote(logged != ""))
	} else if logged != "" {
		counters.Notes = append(counters.Notes, logInPlaceNote())
	}
	return logged
}
