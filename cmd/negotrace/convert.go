package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/httpstream"
)

const aboutConvert = `convert writes the packets of captures as one pcapng file. Frames keep the
numbers that reports give them; those of several files are numbered anew, in
the order of time. A single pcapng file is copied block by block.

--annotate adds the findings as comments, which Wireshark shows: the verdict on
the file, and each finding on the frames that prove it (display filter
"frame.comment"). --only-proof keeps only these frames and the beginnings of
their TCP connections. Their new numbers begin at 1; a comment on the file says
which frames of the original they are.

With these two the files are read several times. Standard input is then kept in
a temporary file beside OUT until the program ends.`

const examplesConvert = `  negotrace convert trace.etl -o trace.pcapng
  negotrace convert ring.0 ring.1 ring.2 -o whole.pcapng
  negotrace convert --annotate capture.pcapng -o annotated.pcapng
  negotrace convert --annotate --only-proof capture.pcapng -o proof.pcapng`

// A conversion holds the flags of convert.
type conversion struct {
	in       inputFlags
	out      string
	annotate bool // findings as comments
	proof    bool // only what proves findings
}

// convert returns the command that writes packets as pcapng.
func (t *tool) convert() *cobra.Command {
	v := &conversion{}
	c := &cobra.Command{
		Use:     "convert [flags] FILE... -o OUT",
		Short:   "Write the packets as one pcapng, findings as comments",
		Long:    aboutConvert,
		Example: examplesConvert,

		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if v.out == "" {
				return usageError("convert needs the name of the file that it writes: -o OUT.pcapng")
			}
			if c.Flags().Changed("format") {
				return errors.New("convert writes pcapng: --format is for reports")
			}
			if v.out == standardInput && isTerminal(t.stdout) {
				return errors.New("standard output is a terminal: name a file with -o")
			}
			return t.write(c.Context(), v, args)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&v.out, "output", "o", "", "pcapng file `OUT` to write; - for standard output")
	f.BoolVar(&v.annotate, "annotate", false, "add the findings as comments")
	f.BoolVar(&v.proof, "only-proof", false, "keep only the frames that prove findings\n(and the beginnings of their connections)")
	v.in.flags(f)
	return c
}

// write reads the files and writes the packets.
func (t *tool) write(ctx context.Context, v *conversion, args []string) error {
	sources, err := t.sources(append(slices.Clone(v.in.files), args...))
	if err != nil {
		return err
	}
	return t.writeOut(v.out, t.inputs(sources, &v.in), func(out io.Writer) error {
		how := capture.Conversion{Application: "negotrace " + buildVersion().Version}
		if !v.annotate && !v.proof {
			ctx, stop := interruptible(ctx)
			defer stop()
			return t.writePackets(ctx, sources, out, how, false)
		}
		spooled, remove, err := v.spool(ctx, sources)
		defer remove()
		if err != nil {
			return err
		}
		ctx, stop := interruptible(ctx)
		defer stop()
		if err := t.plan(ctx, v, spooled, &how); err != nil {
			return err
		}
		return t.writePackets(ctx, spooled, out, how, true)
	})
}

// spool copies inputs that can be read only once to files beside the one that is written. An
// interrupt ends only the copying: it often also ends the program that writes to us.
func (v *conversion) spool(ctx context.Context, sources []capture.Source) (all []capture.Source, remove func(), err error) {
	dir := filepath.Dir(v.out)
	if info, err := os.Stat(v.out); v.out == standardInput || err == nil && !info.Mode().IsRegular() {
		dir = os.TempDir()
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	return capture.Spool(ctx, sources, dir)
}

// writePackets writes the packets, and reports damage unless an analysis has done so.
func (t *tool) writePackets(ctx context.Context, sources []capture.Source, out io.Writer, how capture.Conversion, isAnalysed bool) error {
	bar := newBar(t.stderr)
	how.Progress = bar.show
	how.Note = func(text string) { t.warn(errors.New(text)) }
	counters, err := capture.Convert(ctx, sources, out, how)
	bar.clear()
	switch {
	case errors.Is(err, capture.ErrNotWritten):
		return err
	case ctx.Err() != nil && !slices.ContainsFunc(sources, func(s capture.Source) bool { return s.OpensOnce }):
		return errInterrupted
	case !isAnalysed:
		t.damage(counters.Damage)
	}
	if err != nil && counters.Packets > 0 {
		t.warn(err)
		t.status = notAnalysed
		return nil
	}
	return err
}

// errInterrupted is the error of a conversion that can be done again. What comes once, through a
// pipe, is kept as far as it came.
var errInterrupted = errors.New("interrupted: no file was written")

// plan analyses the sources to find the comments of each frame, and which frames are kept.
func (t *tool) plan(ctx context.Context, v *conversion, sources []capture.Source, how *capture.Conversion) error {
	r, err := t.readSources(ctx, sources, &v.in, correlate.Options{})
	switch {
	case err != nil:
		return err
	case r == nil:
		return errors.New("nothing was written: there are no packets to analyse")
	case ctx.Err() != nil:
		return errInterrupted
	}
	r.Tool = analysis.Tool{Name: "negotrace", Version: buildVersion().Version}
	if v.annotate {
		how.Comments = []string{report.CaptureComment(r)}
		how.FrameComments = report.Comments(r, v.proof || len(r.Summary.Inputs) > 1)
	}
	if v.proof {
		return t.planProof(ctx, r, sources, how)
	}
	return nil
}

// planProof finds the frames that prove findings, and the first frames of their connections.
func (t *tool) planProof(ctx context.Context, r *analysis.Report, sources []capture.Source, how *capture.Conversion) error {
	proof := map[httpstream.Pos]bool{}
	for _, f := range r.Findings {
		for _, at := range report.ProofFrames(f) {
			proof[at] = true
		}
	}
	if len(proof) == 0 {
		return errors.New("nothing was found, so there are no frames that prove it: nothing was written")
	}
	bar := newBar(t.stderr)
	only, err := capture.WithConnectionStarts(ctx, sources, proof, bar.show)
	bar.clear()
	if err != nil {
		return err
	}
	how.OnlyFrames = only
	how.Comments = append(how.Comments, fmt.Sprintf("The frames of this file are these of %s: %s.", original(sources), report.Frames(only)))
	return nil
}

// original names the sources.
func original(sources []capture.Source) string {
	switch name := sources[0].Name; {
	case len(sources) > 1:
		return fmt.Sprintf("%d files", len(sources))
	case name == standardInput:
		return "standard input"
	default:
		return report.Printable(filepath.Base(name))
	}
}
