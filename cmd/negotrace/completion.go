package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"negotrace/analysis/checks"
)

// completeFlags registers the completions of the flags of a command and its subcommands: the
// values of a choice, names of checks, files if --help says so, otherwise nothing.
func completeFlags(c *cobra.Command) {
	register := func(f *pflag.Flag) {
		if f.Value.Type() == "bool" {
			return // a flag without a value
		}
		if err := c.RegisterFlagCompletionFunc(f.Name, flagValues(f)); err != nil {
			panic(err) // each flag is visited once
		}
	}
	c.LocalNonPersistentFlags().VisitAll(register)
	c.PersistentFlags().VisitAll(register)
	for _, under := range c.Commands() {
		completeFlags(under)
	}
}

// nameShells has completion refuse a shell that it does not know: cobra prints its help then, and
// whoever evaluates that finds no error. It keeps the output that root has.
func nameShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	c, _, err := root.Find([]string{"completion"})
	if err != nil {
		panic(err) // it was just made
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var shells []string
		for _, shell := range c.Commands() {
			shells = append(shells, shell.Name())
		}
		return fmt.Errorf("there is no completion for %q; there is one for %s", args[0], strings.Join(shells, ", "))
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
}

// flagValues completes the value of a flag.
func flagValues(f *pflag.Flag) cobra.CompletionFunc {
	if f.Name == "format" {
		return func(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return strings.FieldsFunc(c.Annotations[formats], func(r rune) bool { return strings.ContainsRune(", ", r) }), cobra.ShellCompDirectiveNoFileComp
		}
	}
	if c, ok := f.Value.(*choice); ok {
		return cobra.FixedCompletions(c.of, cobra.ShellCompDirectiveNoFileComp)
	}
	switch value, _ := pflag.UnquoteUsage(f); value {
	case "CHECK":
		return cobra.FixedCompletions(slugs(checks.All()), cobra.ShellCompDirectiveNoFileComp)
	case "FILE", "OUT":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	case "DIRECTORY":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	}
	return cobra.NoFileCompletions
}

// completeFiles completes arguments as files: those from index from on and before index most, or
// all of them if most is negative.
func completeFiles(from, most int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) < from || most >= 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveDefault
	}
}
