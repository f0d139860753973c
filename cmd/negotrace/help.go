package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups of flags that many commands have. --help lists the flags of a group in one line.
const (
	filterGroup  = "narrow"  // of filters
	displayGroup = "display" // how a result is shown
)

// grouped puts flags into a group.
func grouped(f *pflag.FlagSet, group string, names ...string) {
	for _, name := range names {
		f.Lookup(name).Annotations = map[string][]string{"group": {group}}
	}
}

// inGroup returns the flags of a group that a reader is shown; "" is the group of all others.
func inGroup(c *cobra.Command, group string) *pflag.FlagSet {
	set := pflag.NewFlagSet(group, pflag.ContinueOnError)
	set.SortFlags = false
	add := func(f *pflag.Flag) {
		of := strings.Join(f.Annotations["group"], "")
		switch {
		case f.Hidden, f.Name == "format" && c.Annotations[formats] == "":
		case f.Name == "help", f.Name == "version":
			if group == displayGroup {
				set.AddFlag(f)
			}
		case of == group:
			set.AddFlag(f)
		}
	}
	c.LocalFlags().VisitAll(add)
	if c.Annotations[formats] != "" { // what they say is about results
		c.InheritedFlags().VisitAll(add)
	}
	return set
}

// help returns the command that shows the help of another command, or of a topic.
func (t *tool) help() *cobra.Command {
	all := false
	c := &cobra.Command{
		Use:               "help [COMMAND|TOPIC]",
		Short:             "Show the help of a command, or about a topic",
		ValidArgsFunction: completeHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				if i := slices.IndexFunc(topics(), func(t topic) bool { return t.name == args[0] }); i >= 0 {
					fmt.Fprint(t.stdout, topics()[i].text())
					return nil
				}
			}
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return fmt.Errorf("there is no command or topic %q%s\nsee negotrace --help", strings.Join(args, " "), suggestion(c.Root(), args[0], "help "))
			}
			about.InitDefaultHelpFlag()
			if all {
				writeFullHelp(t.stdout, about)
				return nil
			}
			return about.Help()
		},
	}
	c.Flags().BoolVar(&all, "all", false, "all of it: every flag and topic")
	return c
}

// completeHelp completes the name of a command or topic.
func completeHelp(c *cobra.Command, args []string, _ string) (all []cobra.Completion, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, under := range c.Root().Commands() {
		if under.IsAvailableCommand() {
			all = append(all, cobra.CompletionWithDesc(under.Name(), under.Short))
		}
	}
	for _, t := range topics() {
		all = append(all, cobra.CompletionWithDesc(t.name, t.title))
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// writeHelp writes what fits on one screen: the first paragraph, the first examples, and the first
// line of each flag.
func writeHelp(w io.Writer, c *cobra.Command) {
	about, _, _ := strings.Cut(c.Long, "\n\n")
	if about == "" {
		about = c.Short
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n  %s\n", about, c.UseLine())
	if c.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", strings.Join(firstOf(strings.Split(c.Example, "\n"), 3), "\n"))
	}
	writeCommands(w, c)
	if own := inGroup(c, ""); own.HasFlags() {
		fmt.Fprint(w, "\nFlags:\n", shortUsages(own, c.Annotations[formats]))
	} else {
		fmt.Fprintln(w, "\nFlags:")
	}
	writeNames(w, "Narrow by", inGroup(c, filterGroup))
	writeNames(w, "Also", inGroup(c, displayGroup))
	more := []string{"COMMAND", "--all"}
	for _, t := range topics() {
		more = append(more, t.name)
	}
	if c.HasParent() {
		more = []string{"--all" + strings.TrimPrefix(c.CommandPath(), c.Root().Name())}
	}
	fmt.Fprintf(w, "\nMore: negotrace help %s\n", strings.Join(more, "|"))
}

// writeFullHelp writes the whole help of a command; for the program also the topics.
func writeFullHelp(w io.Writer, c *cobra.Command) {
	about := c.Long
	if about == "" {
		about = c.Short
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n  %s\n", about, c.UseLine())
	if c.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
	writeCommands(w, c)
	fmt.Fprintf(w, "\nFlags:\n%s", fullUsages(inGroup(c, ""), c.Annotations[formats]))
	if inGroup(c, filterGroup).HasFlags() {
		fmt.Fprintf(w, "\n%s", filters().text())
	}
	fmt.Fprintf(w, "\nGeneral flags:\n%s", inGroup(c, displayGroup).FlagUsages())
	if c.HasParent() {
		return
	}
	for _, t := range topics() {
		if t.name != filters().name {
			fmt.Fprintf(w, "\n%s", t.text())
		}
	}
}

// writeCommands lists the commands beneath one.
func writeCommands(w io.Writer, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	fmt.Fprintln(w, "\nCommands:")
	for _, under := range c.Commands() {
		if under.IsAvailableCommand() {
			fmt.Fprintf(w, "  %-*s %s\n", under.NamePadding(), under.Name(), under.Short)
		}
	}
}

// writeNames writes the names of flags, in lines that fit.
func writeNames(w io.Writer, label string, set *pflag.FlagSet) {
	const most = 80
	if !set.HasFlags() {
		return
	}
	line := "  " + label
	set.VisitAll(func(f *pflag.Flag) {
		if word := " --" + f.Name; len(line)+len(word) > most {
			fmt.Fprintln(w, line)
			line = "   " + word
		} else {
			line += word
		}
	})
	fmt.Fprintln(w, line)
}

// shortUsages describes each flag in one line: the first line of its description. For the format
// it lists those that the command can write.
func shortUsages(set *pflag.FlagSet, able string) string {
	const name = "FORMAT"
	short := pflag.NewFlagSet("", pflag.ContinueOnError)
	short.SortFlags = false
	set.VisitAll(func(f *pflag.Flag) {
		one := *f
		if one.Usage, _, _ = strings.Cut(f.Usage, "\n"); f.Name == "format" {
			one.Usage, one.DefValue = "`"+name+"`: "+strings.ReplaceAll(able, ", ", "|"), ""
		}
		short.AddFlag(&one)
	})
	return strings.Replace(short.FlagUsages(), name+": ", "", 1) // there is no room to name it again
}

// fullUsages describes each flag in full. For the format it lists those that the command can
// write.
func fullUsages(set *pflag.FlagSet, able string) string {
	full := pflag.NewFlagSet("", pflag.ContinueOnError)
	full.SortFlags = false
	set.VisitAll(func(f *pflag.Flag) {
		one := *f
		if f.Name == "format" {
			for names := range slices.Chunk(strings.Split(able, ", "), 5) {
				one.Usage += "\n" + strings.Join(names, ", ")
			}
		}
		full.AddFlag(&one)
	})
	return full.FlagUsages()
}

func firstOf[T any](all []T, most int) []T { return all[:min(most, len(all))] }
