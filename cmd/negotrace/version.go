package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"negotrace/analysis/report"
)

// buildVersion is the version of this build.
func buildVersion() report.Version {
	v := report.Version{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	return v
}

// version is the command that prints the version.
func (t *tool) version() *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			write, err := chosen(t, "version", func(f report.Format) report.Writer[report.Version] { return f.Version })
			if err != nil {
				return err
			}
			return send(t, write, buildVersion(), t.options())
		},
	}
}
