package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/tokens"
)

const aboutShow = `show draws one handshake: who sent what to whom, in order of time, what its
tokens say, why it may have been refused, and where its packets are. N is its
number in the report of the same files.

With --host, --user, --failed and the like N may be left out: then the first
handshake that matches is shown, and the numbers of the others are said. Numbers
stay those of the whole report, and all that was found on it is shown.`

const examplesShow = `  negotrace show 3 capture.pcapng
  negotrace show 3 --decode capture.pcapng | less
  negotrace show --user alice --failed capture.pcapng
  negotrace show 3 --format html capture.pcapng > handshake.html
  negotrace show 3 --format markdown capture.pcapng > handshake.md
  negotrace show 3 --format json capture.pcapng`

// show returns the command that shows one handshake.
func (t *tool) show() *cobra.Command {
	in, narrow := &inputFlags{}, &filterFlags{}
	var decode bool
	c := &cobra.Command{
		Use:                   "show [flags] N FILE...",
		Short:                 "Show one handshake as a ladder",
		Long:                  aboutShow,
		Example:               examplesShow,
		Annotations:           formatsThat(func(f report.Format) bool { return f.Shown != nil }),
		Args:                  cobra.ArbitraryArgs,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeFiles(1, -1), // behind the number
		RunE: func(c *cobra.Command, args []string) error {
			return t.writeShown(c, args, in, narrow, decode)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&decode, "decode", false, "show every field of its tokens")
	in.flags(f)
	in.hashes.flags(f)
	t.display.times(f)
	f.AddFlagSet(narrow.flags())
	return c
}

// writeShown reads the files and writes the handshake that args or a filter say, with every field of
// its tokens if decode is set.
func (t *tool) writeShown(c *cobra.Command, args []string, in *inputFlags, narrow *filterFlags, decode bool) error {
	format, err := t.formatFor(c)
	if err != nil {
		return err
	}
	if err := in.hashFor(format); err != nil {
		return err
	}
	filter, err := narrow.filter(t.options().Zone)
	if err != nil {
		return err
	}
	id, files, err := numberOf(args, len(in.files), filter != nil)
	if err != nil {
		return err
	}
	r, err := t.read(c.Context(), files, in, correlate.Options{Decoder: tokens.Decoder{Fields: decode || format.Fields}, Filter: filter, AllFindings: true})
	if r == nil {
		return err
	}
	if id == 0 && len(r.Handshakes) > 0 {
		id = r.Handshakes[0].ID
	}
	shown := report.Show(r, id)
	if shown == nil {
		return notShown(id, r)
	}
	opts := t.options()
	opts.Decode = decode
	return writeResult(t, format.Shown, shown, opts)
}

// numberOf returns the number of the handshake to show, and the files. The number is 0, for the
// first one, if a filter is given instead. read is how many files the flags name.
func numberOf(args []string, read int, filtered bool) (id int, files []string, err error) {
	if len(args) > 0 {
		if id, err = strconv.Atoi(args[0]); err == nil && id > 0 {
			files = args[1:]
		} else if id, files = 0, args; !filtered {
			return 0, nil, fmt.Errorf("%q is not the number of a handshake: show takes the number first, then the capture", args[0])
		}
	}
	if id == 0 && !filtered || len(files)+read == 0 {
		return 0, nil, usageError("show takes the number of a handshake and a capture")
	}
	return id, files, nil
}

// notShown returns the error for a handshake that is not in the report.
func notShown(id int, r *analysis.Report) error {
	switch n, filter := len(r.Handshakes), r.Summary.Filter; {
	case n == 0 && filter != nil:
		return fmt.Errorf("nothing matches %s: 0 of %d handshakes", filter.Text, filter.OfHandshakes)
	case n == 0:
		return errors.New("the capture has no handshake")
	case filter != nil:
		return fmt.Errorf("handshake %d does not match %s, or too many do; the first that matches is %d", id, filter.Text, r.Handshakes[0].ID)
	case id <= r.Handshakes[n-1].ID:
		return fmt.Errorf("handshake %d is counted but not listed: there are too many of its kind; narrow it by its host or time, as in --since", id)
	default:
		return fmt.Errorf("the capture has no handshake %d: its handshakes have the numbers %d to %d", id, r.Handshakes[0].ID, r.Handshakes[n-1].ID)
	}
}
