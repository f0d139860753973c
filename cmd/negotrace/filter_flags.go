package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"negotrace/analysis"
	"negotrace/analysis/checks"
)

// filterFlags are the values of the flags that filter a report.
type filterFlags struct {
	hosts, users, clients, servers, spns, checks []string
	severity                                     choice
	since, until                                 string
	failed                                       bool
}

// flags returns the flags as a set of their own, which --help lists separately.
func (n *filterFlags) flags() *pflag.FlagSet {
	n.severity = choice{of: []string{"error", "warning", "info"}}
	f := pflag.NewFlagSet("narrow", pflag.ContinueOnError)
	f.SortFlags = false
	f.Var((*repeated)(&n.hosts), "host", "`NAME` of the site or proxy")
	f.Var((*repeated)(&n.users), "user", "`NAME` with or without its domain")
	f.Var((*repeated)(&n.clients), "client", "`ADDRESS`, network (10.0.0.0/24) or address:port")
	f.Var((*repeated)(&n.servers), "server", "`ADDRESS` in the same forms")
	f.Var((*repeated)(&n.spns), "spn", "`SPN` with or without its realm")
	f.Var((*repeated)(&n.checks), "check", "`CHECK` that found something")
	f.Var(&n.severity, "severity", "`LEVEL` of findings, or worse: error, warning, info")
	f.StringVar(&n.since, "since", "", "from this `TIME` on: RFC 3339, HH:MM[:SS], or 90s\n(after the first packet)")
	f.StringVar(&n.until, "until", "", "up to this `TIME`")
	f.BoolVar(&n.failed, "failed", false, "only those that were not let in")
	f.VisitAll(func(one *pflag.Flag) { grouped(f, filterGroup, one.Name) })
	return f
}

// filter returns the filter of the flags, nil if there is none.
func (n *filterFlags) filter(zone *time.Location) (*analysis.Filter, error) {
	f := &analysis.Filter{
		Hosts: patterns(n.hosts), Users: patterns(n.users), SPNs: patterns(n.spns), Checks: patterns(n.checks),
		Severity: analysis.Severity(n.severity.value), Failed: n.failed,
	}
	for _, l := range []struct {
		flag  string
		given []string
	}{{"host", n.hosts}, {"user", n.users}, {"spn", n.spns}} {
		if slices.Contains(l.given, "") {
			return nil, fmt.Errorf("--%s: the name is empty; * stands for any", l.flag)
		}
	}
	for _, name := range n.checks {
		if err := knownCheck(name); err != nil {
			return nil, fmt.Errorf("--check: %w", err)
		}
	}
	for _, l := range []struct {
		flag  string
		given []string
		into  *[]analysis.Addresses
	}{{"client", n.clients, &f.Clients}, {"server", n.servers, &f.Servers}} {
		for _, text := range l.given {
			a, err := analysis.ParseAddresses(text)
			if err != nil {
				return nil, fmt.Errorf("--%s: %w", l.flag, err)
			}
			*l.into = append(*l.into, a)
		}
	}
	for _, l := range []struct {
		flag, given string
		into        *analysis.Moment
	}{{"since", n.since, &f.Since}, {"until", n.until, &f.Until}} {
		if l.given == "" {
			continue
		}
		var err error
		if *l.into, err = analysis.ParseMoment(l.given, zone, l.flag == "until"); err != nil {
			return nil, fmt.Errorf("--%s: %w", l.flag, err)
		}
	}
	if f.Empty() {
		return nil, nil
	}
	return f, nil
}

// warnNoMatch warns if nothing in a capture matches the filter. name is the name of the capture,
// if there are several.
func (t *tool) warnNoMatch(r *analysis.Report, name string) {
	f := r.Summary.Filter
	if !f.Nothing() {
		return
	}
	err := fmt.Errorf("nothing matches %s: 0 of %d handshakes", f.Text, f.OfHandshakes)
	if name != "" {
		err = fmt.Errorf("%s: %w", name, err)
	}
	t.warn(err)
}

func patterns(given []string) []analysis.Pattern {
	var all []analysis.Pattern
	for _, s := range given {
		all = append(all, analysis.Pattern(s))
	}
	return all
}

// knownCheck returns an error if no check has that name.
func knownCheck(name string) error {
	for _, c := range checks.All() {
		if slices.ContainsFunc(append([]string{c.Name}, c.Variants...), analysis.Pattern(name).Matches) {
			return nil
		}
	}
	if strings.Contains(name, "*") {
		return fmt.Errorf("no check is called %q; negotrace checks lists the checks", name)
	}
	_, err := lookUp(checks.All(), name)
	return err
}
