package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-colorable"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"negotrace/analysis/report"
)

// A display holds the flags that say how results are shown.
type display struct {
	format choice
	color  choice
	width  columnCount
	local  bool

	noPager bool
	out     string // the file that the result goes to, empty for standard output
}

// flags adds the flags of the display to all commands.
func (d *display) flags(c *cobra.Command) {
	d.format = choice{of: []string{}}
	for _, f := range report.Formats() {
		d.format.of = append(d.format.of, f.Name)
	}
	d.format.value = d.format.of[0]
	d.color = choice{value: "auto", of: []string{"auto", "always", "never"}}
	f := c.PersistentFlags()
	f.Var(&d.format, "format", "`FORMAT` of the result, see help formats")
	f.StringVarP(&d.out, "output", "o", "", "`FILE` to write instead of standard output\n(its ending says the format, where --format does not)")
	f.Var(&d.color, "color", "`WHEN` to use colour: auto, always, never")
	f.Var(&d.width, "width", "`COLUMNS` to use (default those of the terminal, else 80)")
	f.BoolVar(&d.noPager, "no-pager", false, "write to the terminal itself, not through $PAGER")
	grouped(f, displayGroup, "output", "color", "width", "no-pager")
	json := f.VarPF(aliasFlag{&d.format, "json"}, "json", "", "the same as --format json")
	json.NoOptDefVal, json.Hidden = "true", true // other programs have it
}

// toFile reports whether the result goes to a file.
func (d *display) toFile() bool { return d.out != "" && d.out != standardInput }

// times adds the flag of commands that show times.
func (d *display) times(f *pflag.FlagSet) {
	f.BoolVar(&d.local, "local", false, "times in the local zone, not in UTC")
	grouped(f, displayGroup, "local")
}

// formats is the annotation of a command with the formats that its result can have.
const formats = "formats"

// formatsThat returns the annotation with the formats that can write a result.
func formatsThat(can func(report.Format) bool) map[string]string {
	var able []string
	for _, f := range report.Formats() {
		if can(f) {
			able = append(able, f.Name)
		}
	}
	return map[string]string{formats: strings.Join(able, ", ")}
}

// formatFor returns the format for the result of a command: that of the flag, otherwise that of
// the file name of -o. It returns an error if the format cannot show that result.
func (t *tool) formatFor(c *cobra.Command) (report.Format, error) {
	if !c.Flags().Changed("format") && !c.Flags().Changed("json") {
		t.display.format.value = formatOf(t.display.out, t.display.format.value)
	}
	name, able := t.display.format.value, c.Annotations[formats]
	for _, f := range report.Formats() {
		if f.Name == name && slices.Contains(strings.Split(able, ", "), name) {
			return f, nil
		}
	}
	result := c.Name()
	if !c.HasParent() {
		result = "the analysis"
	}
	return report.Format{}, fmt.Errorf("--format %s cannot show the result of %s; %s can", name, result, able)
}

// formatOf returns the format for the extension of a file, usual if there is none.
func formatOf(file, usual string) string {
	endings := map[string]string{".htm": "html", ".md": "markdown", ".jsonl": "ndjson"}
	ending := strings.ToLower(filepath.Ext(file))
	if name, ok := endings[ending]; ok {
		return name
	}
	for _, f := range report.Formats() {
		if ending == "."+f.Name {
			return f.Name
		}
	}
	return usual
}

// options returns the width, the colours and the time zone for a report.
func (t *tool) options() report.Options {
	opts := report.Options{Width: t.columns(), Color: t.colored(), Zone: time.UTC}
	if t.display.local {
		opts.Zone = time.Local
	}
	return opts
}

func (t *tool) columns() int {
	if t.display.width > 0 {
		return int(t.display.width)
	}
	if f, ok := t.stdout.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	width, _ := strconv.Atoi(t.env("COLUMNS"))
	return width
}

func (t *tool) colored() bool {
	switch {
	case t.env("NO_COLOR") != "" || t.display.color.value == "never":
		return false
	case t.display.color.value == "always":
		return true
	}
	if t.display.toFile() || !isTerminal(t.stdout) || t.env("TERM") == "dumb" {
		return false
	}
	colorable.EnableColorsStdout(nil) // a Windows console needs it
	return true
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// An aliasFlag is a flag without a value that sets the value of another one.
type aliasFlag struct {
	flag  *choice
	value string
}

func (s aliasFlag) String() string   { return "" }
func (s aliasFlag) Type() string     { return "bool" }
func (s aliasFlag) Set(string) error { return s.flag.Set(s.value) }

// A columnCount is a flag with a number that is not negative.
type columnCount int

func (n *columnCount) String() string { return strconv.Itoa(int(*n)) }
func (n *columnCount) Type() string   { return "number" }

func (n *columnCount) Set(s string) error {
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 {
		return errors.New("it must be a number from 0 on")
	}
	*n = columnCount(i)
	return nil
}

// A choice is a flag with a list of possible values.
type choice struct {
	value string
	of    []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.of, "|") }

func (c *choice) Set(s string) error {
	i := slices.IndexFunc(c.of, func(one string) bool { return strings.EqualFold(one, s) })
	if i < 0 {
		return errNotOne(c.of)
	}
	c.value = c.of[i]
	return nil
}

// A repeated flag collects its values. That of pflag makes a writer of CSV for each flag of each
// command, whenever the program starts.
type repeated []string

func (r *repeated) String() string { return strings.Join(*r, ", ") }
func (r *repeated) Type() string   { return "stringArray" } // by which completion knows that it may come again

func (r *repeated) Set(s string) error {
	*r = append(*r, s)
	return nil
}

// errNotOne is the error for a value that is not in a choice.
type errNotOne []string

func (e errNotOne) Error() string { return "it must be one of " + strings.Join(e, ", ") }

// writeResult writes a result to the output.
func writeResult[T any](t *tool, write report.Writer[T], result T, opts report.Options) error {
	out := t.output()
	defer out.Close()
	return write(out, result, opts)
}

// upTo accepts no more than n arguments.
func upTo(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return usageError(fmt.Sprintf("%q is one argument too many", args[n]))
		}
		return nil
	}
}

// resultCommand returns a command without arguments that writes one result.
func resultCommand[T any](t *tool, name, short string, writer func(report.Format) report.Writer[T], result func() T) *cobra.Command {
	return &cobra.Command{
		Use:               name,
		Short:             short,
		Annotations:       formatsThat(func(f report.Format) bool { return writer(f) != nil }),
		Args:              upTo(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			format, err := t.formatFor(c)
			if err != nil {
				return err
			}
			return writeResult(t, writer(format), result(), t.options())
		},
	}
}
