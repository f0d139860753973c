package main

import (
	"github.com/spf13/cobra"

	"negotrace/analysis/report"
)

const aboutSchema = `schema prints the JSON Schema (draft 2020-12) of --format json and of the lines
of --format ndjson: what each field is, and what may change.`

// schema is the command that prints the JSON Schema of a report.
func (t *tool) schema() *cobra.Command {
	return &cobra.Command{
		Use:               "schema",
		Short:             "Print the JSON Schema of the report",
		Long:              aboutSchema,
		Annotations:       formatsThat(func(f report.Format) bool { return f.Schema != nil }),
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			format, err := t.chosen(c)
			if err != nil {
				return err
			}
			return format.Schema(t.stdout, report.ReportSchema, t.options())
		},
	}
}
