package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A section is a part of a help text: its title, empty for the first, and its lines.
type section struct {
	title string
	lines []string
}

// A text is a help text.
type text []section

// parse splits a help text into its sections. A title begins at the margin and ends with a
// colon, after an empty line.
func parse(s string) text {
	t := text{{}}
	empty := true
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, "\n")
		if title, ok := strings.CutSuffix(line, ":"); ok && empty && !strings.HasPrefix(line, " ") {
			t = append(t, section{title: title})
			empty = false
			continue
		}
		last := &t[len(t)-1]
		last.lines = append(last.lines, line)
		empty = line == ""
	}
	for i := range t {
		t[i].lines = trimmed(t[i].lines)
	}
	return t
}

// trimmed leaves out empty lines at both ends.
func trimmed(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func (t text) section(title string) []string {
	for _, s := range t {
		if s.title == title {
			return s.lines
		}
	}
	return nil
}

// commands returns the names of the commands that a help text lists.
func (t text) commands() (names []string) {
	for _, line := range t.section("Commands") {
		if fields := strings.Fields(line); len(fields) > 1 {
			names = append(names, fields[0])
		}
	}
	return names
}

// short returns the description of a command in the list of commands.
func (t text) short(command string) string {
	for _, line := range t.section("Commands") {
		if name, rest, _ := strings.Cut(strings.TrimSpace(line), " "); name == command && command != "" {
			return strings.TrimSpace(rest)
		}
	}
	return "who authenticated how over HTTP, what went wrong, and why"
}

// order puts the usage first, as man-pages(7) has it.
func order(s section) int {
	if s.title == "Usage" {
		return 0
	}
	return 1
}

// page returns the manual page of a command, "" for the program (man(7)).
func (t text) page(command, short string, commands []string) string {
	name := "negotrace"
	if command != "" {
		name += "-" + command
	}
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1\n.SH NAME\n%s \\- %s\n", strings.ToUpper(escape(name)), escape(name), escape(short))
	usageFirst := slices.Clone(t)
	slices.SortStableFunc(usageFirst, func(a, b section) int { return cmp.Compare(order(a), order(b)) })
	for _, s := range usageFirst {
		title := strings.ToUpper(s.title)
		switch s.title {
		case "":
			title = "DESCRIPTION"
		case "Usage":
			title = "SYNOPSIS"
		}
		fmt.Fprintf(&b, ".SH %s\n", escape(title))
		if s.title == "" {
			for _, line := range s.lines {
				if line == "" {
					line = ".PP"
				} else {
					line = escape(line)
				}
				b.WriteString(line + "\n")
			}
			continue
		}
		b.WriteString(".nf\n") // the help is laid out already
		for _, line := range s.lines {
			b.WriteString(escape(line) + "\n")
		}
		b.WriteString(".fi\n")
	}
	b.WriteString(".SH SEE ALSO\n")
	b.WriteString(escape(strings.Join(others(command, commands), ", ")) + "\n")
	return b.String()
}

// others names the other pages.
func others(command string, commands []string) []string {
	var all []string
	if command != "" {
		all = append(all, "negotrace(1)")
	}
	for _, c := range commands {
		if c != command {
			all = append(all, "negotrace-"+c+"(1)")
		}
	}
	return all
}

// escape quotes what roff would read as a request.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
