package analysis

import (
	"fmt"
	"strings"

	"negotrace/httpstream"
)

// A Report is the result of a run. Its JSON form is a contract: names stay.
type Report struct {
	Schema     int          `json:"schema"`
	Headline   string       `json:"verdict"` // one line
	Summary    Summary      `json:"summary"`
	Handshakes []*Handshake `json:"handshakes"`
	Findings   []*Finding   `json:"findings"` // worst first
	Checks     []*Check     `json:"checks"`   // those that found something, each once
}

// A Summary counts what was seen and what could not be.
type Summary struct {
	*httpstream.Counters
	// First and Last are where the first and the last of what was looked into began:
	// requests, responses whose request was lost, and exchanges with a KDC.
	First httpstream.Pos `json:"first,omitzero"`
	Last  httpstream.Pos `json:"last,omitzero"`
	// Mechanisms counts the handshakes by mechanism and outcome.
	Mechanisms map[Mechanism]map[Outcome]int `json:"mechanisms"`
}

// Worst is the worst severity among the findings, "" if there are none.
func (r *Report) Worst() Severity {
	var worst Severity
	for _, f := range r.Findings {
		if worst == "" || f.Severity.Rank() < worst.Rank() {
			worst = f.Severity
		}
	}
	return worst
}

// report judges what has not been judged yet and returns the result of all.
func (w *window) report(counters *httpstream.Counters) *Report {
	w.judge(counters, w.here())
	for what, n := range w.dropped {
		counters.Drop(what, n)
	}
	if counters.Responses == nil {
		counters.Responses = map[int]int{}
	}
	r := &Report{
		Schema:     1,
		Summary:    Summary{Counters: counters, First: w.first, Last: w.last, Mechanisms: w.mechanisms},
		Handshakes: w.handshakes,
		Findings:   w.conclusions.settle(),
		Checks:     []*Check{},
	}
	if r.Handshakes == nil {
		r.Handshakes = []*Handshake{}
	}
	if r.Findings == nil {
		r.Findings = []*Finding{}
	}
	for _, c := range w.checks {
		if w.conclusions.of[c.Name] > 0 {
			r.Checks = append(r.Checks, c)
		}
	}
	r.Headline = verdictLine(r)
	return r
}

// verdictLine says in one line how it went.
func verdictLine(r *Report) string {
	var parts []string
	for _, m := range []Mechanism{Kerberos, NTLM, Basic, Digest, Bearer, Other, None} {
		for _, o := range []Outcome{Succeeded, Failed, Abandoned, Unanswered, Unknown} {
			if n := r.Summary.Mechanisms[m][o]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, course(m, o)))
			}
		}
	}
	if len(parts) == 0 {
		if r.Summary.Requests == 0 {
			parts = append(parts, "no HTTP request could be read")
		} else {
			parts = append(parts, "no authentication in the HTTP that could be read")
		}
	}
	line := strings.Join(parts, ", ")
	for _, f := range r.Findings {
		if f.Severity != Info && f.Under == "" {
			return fmt.Sprintf("%s; %s: %s", line, f.Severity, f.Message)
		}
	}
	return line + "; nothing went wrong that can be seen here"
}

func course(m Mechanism, o Outcome) string {
	if m == None {
		return "challenge unanswered"
	}
	names := map[Mechanism]string{Kerberos: "Kerberos", NTLM: "NTLM", Basic: "Basic", Digest: "Digest", Bearer: "Bearer", Other: "other"}
	return fmt.Sprintf("%s %s", names[m], o)
}
