package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"negotrace/analysis/report"
)

// buildVersion returns the version of this build.
func buildVersion() report.Version {
	v := report.Version{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	v.Commit = commit(info.Settings)
	return v
}

// commit returns the commit that a build was made from, as the Go toolchain records it.
func commit(settings []debug.BuildSetting) string {
	revision, changes := "", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			changes = "+changes"
		}
	}
	if revision == "" {
		return ""
	}
	return revision + changes
}

// version returns the command that prints the version.
func (t *tool) version() *cobra.Command {
	return resultCommand(t, "version", "Print the version", func(f report.Format) report.Writer[report.Version] { return f.Version }, buildVersion)
}
