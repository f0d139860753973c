package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite what README shows")

// TestReadmeCommands runs the commands that README shows with their output, in blocks
// marked console, and compares the two.
func TestReadmeCommands(t *testing.T) {
	t.Chdir("../..")
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text, shown := string(b), 0
	for _, block := range blocks(text, "console") {
		command, want, _ := strings.Cut(block, "\n")
		args, ok := strings.CutPrefix(command, "$ go run ./cmd/negotrace ")
		if !ok {
			t.Errorf("a block begins with %q", command)
			continue
		}
		shown++
		got, diag, _ := ran(t, strings.Fields(args)...)
		if *update {
			text = strings.Replace(text, command+"\n"+want, command+"\n"+got, 1)
		} else if got != want {
			t.Errorf("%s prints something else, which -update takes over:\n%s%s", command, cmp.Diff(want, got), diag)
		}
	}
	if shown == 0 {
		t.Error("README shows no report")
	}
	if *update {
		write(t, "README.md", []byte(text))
	}
}

// blocks returns the fenced blocks of a language.
func blocks(text, language string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(text, "```"+language+"\n")
		if !ok {
			return out
		}
		block, after, ok := strings.Cut(rest, "```")
		if !ok {
			return out
		}
		out, text = append(out, block), after
	}
}
