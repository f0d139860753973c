package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"negotrace/analysis/report"
)

// commands returns all commands of the program, with itself.
func commands() []*cobra.Command {
	t := &tool{}
	root := t.root()
	root.InitDefaultCompletionCmd()
	root.InitDefaultVersionFlag()
	all := append([]*cobra.Command{root}, root.Commands()...)
	for _, c := range all {
		c.InitDefaultHelpFlag()
	}
	return all
}

// TestHelp holds that the help of each command fits on one screen and names each flag, and that
// nothing is missing from all of it.
func TestHelp(t *testing.T) {
	t.Parallel()
	const lines, columns = 36, 80
	for _, c := range commands() {
		var short, full strings.Builder
		writeHelp(&short, c)
		writeFullHelp(&full, c)
		if n := strings.Count(short.String(), "\n"); n > lines {
			t.Errorf("the help of %s has %d lines", c.Name(), n)
		}
		narrow(t, c.Name(), columns, short.String())
		narrow(t, c.Name(), columns, full.String())
		for what, text := range map[string]string{"description": c.Long, "examples": c.Example} {
			if !strings.Contains(full.String(), text) {
				t.Errorf("%s: the %s are not in all of its help", c.Name(), what)
			}
		}
		each := func(f *pflag.Flag) {
			if f.Hidden || f.Name == "format" && c.Annotations[formats] == "" {
				return
			}
			if !strings.Contains(short.String(), "--"+f.Name) {
				t.Errorf("%s: its help does not name --%s", c.Name(), f.Name)
			}
			_, usage := pflag.UnquoteUsage(f)
			for line := range strings.SplitSeq(usage, "\n") {
				if !strings.Contains(full.String(), line) {
					t.Errorf("%s: %q of --%s is not in all of its help", c.Name(), line, f.Name)
				}
			}
		}
		c.LocalFlags().VisitAll(each)
		if c.Annotations[formats] != "" {
			c.InheritedFlags().VisitAll(each)
		}
	}
}

// TestTopics holds that each topic fits on one screen, and that the help names it.
func TestTopics(t *testing.T) {
	t.Parallel()
	root := commands()[0]
	var short, full strings.Builder
	writeHelp(&short, root)
	writeFullHelp(&full, root)
	for _, topic := range topics() {
		if n := strings.Count(topic.text(), "\n"); n > 24 || !strings.HasSuffix(topic.text(), "\n") {
			t.Errorf("the topic %s has %d lines", topic.name, n)
		}
		narrow(t, topic.name, 80, topic.text())
		if !strings.Contains(short.String(), "|"+topic.name) {
			t.Errorf("the help does not name the topic %s", topic.name)
		}
		if strings.Count(full.String(), topic.text()) != 1 {
			t.Errorf("all of the help has not the topic %s, or has it twice", topic.name)
		}
		if slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == topic.name }) {
			t.Errorf("the topic %s is called like a command", topic.name)
		}
	}
}

// narrow holds that no line of a text is too long.
func narrow(t *testing.T, name string, columns int, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if len(strings.TrimSuffix(line, "\n")) > columns {
			t.Errorf("%s: %q is too long", name, line)
		}
	}
}

// TestChosen holds that a command takes the formats that it says it can write, and no other.
func TestChosen(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		able := strings.Split(c.Annotations[formats], ", ")
		for _, format := range report.Formats() {
			name := format.Name
			r := &tool{display: display{format: choice{value: name}}}
			f, err := r.formatFor(c)
			if can := slices.Contains(able, name); can != (err == nil) || can && f.Name != name {
				t.Errorf("%s --format %s: %v", c.Name(), name, err)
			}
		}
		for _, f := range topicFormats(t) {
			if want, can := slices.Contains(f.commands, c.Name()), slices.Contains(able, f.name); c.HasParent() && want != can {
				t.Errorf("help formats says of %s that it writes %s: %v", c.Name(), f.name, want)
			}
		}
	}
}

type topicFormat struct {
	name     string
	commands []string
}

// topicFormats reads what the topic of the formats says.
func topicFormats(t *testing.T) (all []topicFormat) {
	t.Helper()
	lines := strings.Split(aboutFormats(), "\n")
	for i := 0; i+1 < len(lines) && lines[i] != ""; i += 2 {
		all = append(all, topicFormat{strings.Fields(lines[i])[0], strings.Fields(lines[i+1])})
	}
	if n := len(report.Formats()); len(all) != n {
		t.Errorf("the topic has %d formats of %d", len(all), n)
	}
	return all
}
