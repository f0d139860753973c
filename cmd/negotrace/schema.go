package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"negotrace/analysis/report"
)

const aboutSchema = `schema prints a JSON Schema (draft 2020-12): what each field is, and what may
change. Without an argument it prints the schema of the report and of the lines
of --format ndjson. RESULT is another command that writes JSON: show, compare,
inventory (or a line of its ndjson), decode, checks, explain, redact (its
manifest), version.`

// schema returns the command that prints the JSON Schema of a result.
func (t *tool) schema() *cobra.Command {
	return &cobra.Command{
		Use:         "schema [flags] [RESULT]",
		Short:       "Print the JSON Schema of the report, or of another result",
		Long:        aboutSchema,
		Annotations: formatsThat(func(f report.Format) bool { return f.Schema != nil }),
		Args:        upTo(1),

		DisableFlagsInUseLine: true,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return report.SchemaNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			format, err := t.formatFor(c)
			if err != nil {
				return err
			}
			name := strings.Join(append(args, "report")[:1], "")
			if !slices.Contains(report.SchemaNames(), name) {
				return errNoSchema(name)
			}
			s, err := report.SchemaOf(name)
			if err != nil {
				return err
			}
			return writeResult(t, format.Schema, s, t.options())
		},
	}
}

// errNoSchema is the error of a result that has no schema.
type errNoSchema string

func (e errNoSchema) Error() string {
	all := report.SchemaNames()
	if near := nearest(all, string(e)); len(near) > 0 {
		return fmt.Sprintf("there is no schema of %q; did you mean %s?", string(e), strings.Join(near, " or "))
	}
	return fmt.Sprintf("there is no schema of %q; there are those of %s", string(e), strings.Join(all, ", "))
}
