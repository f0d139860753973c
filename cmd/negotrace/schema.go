package main

import (
	"github.com/spf13/cobra"

	"negotrace/analysis/report"
)

const aboutSchema = `schema prints the JSON Schema (draft 2020-12) of --format json and of the lines of
--format ndjson: what each field is, and what may change.`

// schema is the command that prints the JSON Schema of a report.
func (t *tool) schema() *cobra.Command {
	return &cobra.Command{
		Use:               "schema",
		Short:             "Print the JSON Schema of the report",
		Long:              aboutSchema,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			write, err := chosen(t, "schema", func(f report.Format) report.Writer[report.Schema] { return f.Schema })
			if err != nil {
				return err
			}
			return write(t.stdout, report.ReportSchema, t.options())
		},
	}
}
