package analysis

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"negotrace/httpstream"
)

// A Filter says what a report is about, where that is not all of a capture. Of each list
// one item must match; what is empty matches all.
type Filter struct {
	Hosts    []Pattern
	Users    []Pattern // with or without domain
	Clients  []Addresses
	Servers  []Addresses
	SPNs     []Pattern // with or without realm
	Checks   []Pattern // names or variants
	Severity Severity  // or worse
	Failed   bool      // who was not let in
	Since    Moment    // of the beginning
	Until    Moment

	since, until httpstream.Time
}

// Empty reports whether all matches.
func (f *Filter) Empty() bool {
	return len(f.Hosts)+len(f.Users)+len(f.Clients)+len(f.Servers)+len(f.SPNs)+len(f.Checks) == 0 &&
		f.Severity == "" && !f.Failed && f.Since.IsZero() && f.Until.IsZero()
}

// Begin says when the first packet was. It is called before anything is matched.
func (f *Filter) Begin(first httpstream.Time) {
	f.since, f.until = f.Since.In(first), f.Until.In(first)
}

// String writes the filter as the command line has it, with the times that are meant.
func (f *Filter) String() string {
	var parts []string
	add := func(flag string, value any) { parts = append(parts, fmt.Sprintf("--%s %v", flag, value)) }
	for _, l := range []struct {
		flag     string
		patterns []Pattern
	}{{"host", f.Hosts}, {"user", f.Users}, {"spn", f.SPNs}, {"check", f.Checks}} {
		for _, p := range l.patterns {
			add(l.flag, p)
		}
	}
	for _, a := range f.Clients {
		add("client", a)
	}
	for _, a := range f.Servers {
		add("server", a)
	}
	if f.Severity != "" {
		add("severity", f.Severity)
	}
	if !f.since.IsZero() {
		add("since", f.since.UTC().Format(time.RFC3339Nano))
	}
	if !f.until.IsZero() {
		add("until", f.until.UTC().Format(time.RFC3339Nano))
	}
	if f.Failed {
		parts = append(parts, "--failed")
	}
	return strings.Join(parts, " ")
}

// Handshake reports whether a handshake matches, with what was found on it.
func (f *Filter) Handshake(h *Handshake, found []*Finding) bool {
	return f.parties(h.Client, h.Server, h.Host, h.User, h.SPN) && f.within(h.Start.Time) && (!f.Failed || h.Outcome.Refused()) &&
		(len(f.Checks) == 0 && f.Severity == "" || slices.ContainsFunc(found, f.Finding))
}

// Finding reports whether what a finding says matches, whatever it is about.
func (f *Filter) Finding(x *Finding) bool {
	return (f.Severity == "" || x.Severity.Rank() <= f.Severity.Rank()) &&
		(len(f.Checks) == 0 || slices.ContainsFunc(f.Checks, func(p Pattern) bool { return p.Matches(x.Check) || x.Variant != "" && p.Matches(x.Variant) }))
}

// Unattached reports whether a finding matches that is on no handshake. What the capture
// cannot show may concern anybody.
func (f *Filter) Unattached(x *Finding) bool {
	if !f.Finding(x) {
		return false
	}
	return x.By.Topic == View || f.parties(x.Client, x.Server, x.Host, x.User, x.SPN) && f.within(x.Time) &&
		(!f.Failed || x.By.Topic.Rank() <= Refusal.Rank())
}

// KDC reports whether an exchange with a KDC matches by itself. No finding can be on it.
func (f *Filter) KDC(k *KDCExchange) bool {
	client, server, host, user, spn := k.parties()
	return len(f.Checks) == 0 && f.Severity == "" && (!f.Failed || k.Err() != nil) &&
		f.parties(client, server, host, user, spn) && f.within(k.RequestPos.Time)
}

// parties reports whether the ends and names match.
func (f *Filter) parties(client, server, host, user, spn string) bool {
	return matchAny(f.Clients, client, Addresses.Match) && matchAny(f.Servers, server, Addresses.Match) &&
		matchAny(f.Hosts, host, Pattern.Matches) && matchAny(f.Users, user, Pattern.matchesAccount) && matchAny(f.SPNs, spn, Pattern.matchesService)
}

func matchAny[T any](all []T, s string, matches func(T, string) bool) bool {
	return len(all) == 0 || slices.ContainsFunc(all, func(one T) bool { return matches(one, s) })
}

// within reports whether something began in the time that is asked for.
func (f *Filter) within(at httpstream.Time) bool {
	return !at.Before(f.since) && (f.until.IsZero() || !at.After(f.until))
}

// Filtered says what a filter left of a report.
type Filtered struct {
	Text         string `json:"text"`          // as on a command line, its times in UTC
	Handshakes   int    `json:"handshakes"`    // that match
	OfHandshakes int    `json:"of_handshakes"` // all that there are
	Findings     int    `json:"findings"`      // that match
	OfFindings   int    `json:"of_findings"`   // all that there are
}

// Nothing reports whether nothing matched. It is safe on nil.
func (f *Filtered) Nothing() bool { return f != nil && f.Handshakes == 0 && f.Findings == 0 }
