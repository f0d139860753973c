package main

import (
	"github.com/spf13/cobra"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
)

const aboutCompare = `compare lists what differs between a capture in which a logon worked and one in
which it did not: answers of the KDC and the acceptor, clocks, names, offers,
schemes, tickets, bindings, versions, programs. The difference that explains
most comes first. Handshakes are paired by host, SPN, path, program and user.
Ports, times and frames are not compared.`

const examplesCompare = `  negotrace compare good.pcapng bad.pcapng
  negotrace compare --format markdown good.har bad.har
  negotrace compare --format html good.pcapng bad.pcapng > compare.html`

// compare returns the command that compares a capture with one that worked.
func (t *tool) compare() *cobra.Command {
	in, narrow := &inputFlags{}, &filterFlags{}
	failOn := &choice{value: "never", of: []string{"difference", "never"}}
	c := &cobra.Command{
		Use:         "compare [flags] GOOD BAD",
		Short:       "Say what differs between a good capture and a bad one",
		Long:        aboutCompare,
		Example:     examplesCompare,
		Annotations: formatsThat(func(f report.Format) bool { return f.Contrast != nil }),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("compare takes two captures: the one that worked, and the one that did not")
			}
			return nil
		},
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeFiles(0, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return t.writeContrast(c, args, in, narrow, failOn.value)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	in.flags(f)
	f.Var(failOn, "fail-on", "exit with 1 for `WHAT`: difference, never")
	in.hashes.flags(f)
	t.display.times(f)
	f.AddFlagSet(narrow.flags())
	return c
}

// writeContrast reads both captures and writes what differs.
func (t *tool) writeContrast(c *cobra.Command, args []string, in *inputFlags, narrow *filterFlags, failOn string) error {
	format, err := t.formatFor(c)
	if err != nil {
		return err
	}
	if err := in.hashFor(format); err != nil {
		return err
	}
	var both [2]*analysis.Report
	for i, name := range args {
		filter, err := narrow.filter(t.options().Zone) // of each, since times count from its first packet
		if err != nil {
			return err
		}
		r, err := t.read(c.Context(), []string{name}, in, correlate.Options{Filter: filter, AllFindings: true})
		if r == nil {
			return err
		}
		t.warnNoMatch(r, name)
		both[i] = r
	}
	good, bad := both[0], both[1]
	contrast := correlate.Contrast(good, bad)
	if t.status == clean && failOn != "never" && differ(contrast) {
		t.status = found
	}
	return writeResult(t, format.Contrast, contrast, t.options())
}

// differ reports whether any pair does.
func differ(c *analysis.Contrast) bool {
	for i := range c.Pairs {
		if len(c.Pairs[i].Differs) > 0 {
			return true
		}
	}
	return false
}
