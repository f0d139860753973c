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
number in the report of the same files.`

const examplesShow = `  negotrace show 3 capture.pcapng
  negotrace show 3 --decode capture.pcapng | less
  negotrace show 3 --format html capture.pcapng > handshake.html
  negotrace show 3 --format markdown capture.pcapng > handshake.md
  negotrace show 3 --format json capture.pcapng`

// show is the command that shows one handshake.
func (t *tool) show() *cobra.Command {
	in := &inputFlags{}
	var decode bool
	c := &cobra.Command{
		Use:     "show [flags] N FILE...",
		Short:   "Show one handshake as a ladder",
		Long:    aboutShow,
		Example: examplesShow,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args)+len(in.files) < 2 {
				return errors.New("show takes the number of a handshake and a capture\nsee negotrace show --help")
			}
			return nil
		},
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeFiles(1, -1), // behind the number
		RunE: func(c *cobra.Command, args []string) error {
			format, err := chosenFormat(t, "show", func(f report.Format) bool { return f.Shown != nil })
			if err != nil {
				return err
			}
			id, err := strconv.Atoi(args[0])
			if err != nil || id < 1 {
				return fmt.Errorf("%q is not the number of a handshake: show takes the number first, then the capture", args[0])
			}
			r, err := t.read(c.Context(), args[1:], in, correlate.Options{Decoder: tokens.Decoder{Fields: decode || format.Fields}})
			if r == nil {
				return err
			}
			shown := report.Show(r, id)
			if shown == nil {
				return notShown(id, r)
			}
			opts := t.options()
			opts.Decode = decode
			return send(t, format.Shown, shown, opts)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&decode, "decode", false, "show every field of its tokens")
	in.flags(f)
	t.display.times(f)
	return c
}

// notShown is why a handshake is not in the report.
func notShown(id int, r *analysis.Report) error {
	switch n := len(r.Handshakes); {
	case n == 0:
		return errors.New("the capture has no handshake")
	case id <= r.Handshakes[n-1].ID:
		return fmt.Errorf("handshake %d is counted but not listed: there are too many of its kind", id)
	default:
		return fmt.Errorf("the capture has no handshake %d: its handshakes have the numbers %d to %d", id, r.Handshakes[0].ID, r.Handshakes[n-1].ID)
	}
}
