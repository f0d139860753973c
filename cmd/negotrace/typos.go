package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpFlags makes a command answer a mistaken flag with those most like it.
func helpFlags(c *cobra.Command) {
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
		dashes := "--"
		if !unknown {
			if _, name, unknown = strings.Cut(err.Error(), " in -"); !unknown || !strings.HasPrefix(err.Error(), "unknown shorthand flag: ") {
				return err
			}
			dashes = "-" // as PowerShell and Go's own programs have it
		}
		var all []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden || f.Name == "json" {
				all = append(all, f.Name)
			}
		})
		name, _, _ = strings.Cut(name, "=")
		near := nearest(all, name)
		if len(near) == 0 {
			return fmt.Errorf("unknown flag: %s%s\nsee %s --help", dashes, name, c.CommandPath())
		}
		return fmt.Errorf("unknown flag: %s%s; did you mean --%s?", dashes, name, strings.Join(near, " or --"))
	})
}

// suggestion names the commands most like a word, for the end of a message; by is "help "
// where their help was asked for. What the word says may also be a topic of the help.
func suggestion(root *cobra.Command, word, by string) string {
	var commands, about []string
	for _, c := range root.Commands() {
		commands = append(commands, c.Name())
	}
	for _, t := range topics() {
		about = append(about, t.name)
	}
	if word == "" || strings.ContainsAny(word, `./\`) {
		return ""
	}
	var near []string
	for _, name := range nearest(commands, word) {
		near = append(near, "negotrace "+by+name)
	}
	for _, name := range nearest(about, word) {
		near = append(near, "negotrace help "+name)
	}
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// mistaken adds to the error of a file that is not there the command that may have been
// meant.
func mistaken(root *cobra.Command, args []string, err error) error {
	var missing *os.PathError
	if !errors.As(err, &missing) || !errors.Is(err, os.ErrNotExist) || len(args) == 0 || missing.Path != args[0] {
		return err
	}
	if s := suggestion(root, args[0], ""); s != "" {
		return fmt.Errorf("%s: there is no such file or command%s", args[0], s)
	}
	return err
}

// expand puts the files that a pattern stands for in its place, for shells that do not.
// What is a file of that name, and what stands for nothing, stays as it is.
func expand(args []string) []string {
	var all []string
	for _, a := range args {
		if strings.ContainsAny(a, "*?[") {
			if _, err := os.Lstat(a); err != nil {
				if files, err := filepath.Glob(a); err == nil && len(files) > 0 {
					all = append(all, files...)
					continue
				}
			}
		}
		all = append(all, a)
	}
	return all
}
