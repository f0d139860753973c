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

// suggestFlags makes the error of an unknown flag suggest the most similar flags.
func suggestFlags(c *cobra.Command) {
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
			return usageError("unknown flag: " + dashes + name)
		}
		return fmt.Errorf("unknown flag: %s%s; did you mean --%s?", dashes, name, strings.Join(near, " or --"))
	})
}

// suggestion returns the end of a message, with the commands and help topics most similar to a
// word. by is "help " if their help was asked for.
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

// suggestCommand adds to the error for a missing file the command that may have been meant.
func suggestCommand(root *cobra.Command, args []string, err error) error {
	var missing *os.PathError
	if !errors.As(err, &missing) || !errors.Is(err, os.ErrNotExist) || len(args) == 0 {
		return err
	}
	if missing.Path != args[0] {
		if c, rest, _ := root.Find([]string{missing.Path}); c != root && len(rest) == 0 {
			return fmt.Errorf("%s: there is no such file; a command comes first: %s", missing.Path, c.CommandPath())
		}
		return err
	}
	if s := suggestion(root, args[0], ""); s != "" {
		return fmt.Errorf("%s: there is no such file or command%s", args[0], s)
	}
	return err
}

// expand replaces patterns by the files that match, for shells that do not do it. A pattern that
// is the name of a file, or that matches nothing, stays as it is.
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
