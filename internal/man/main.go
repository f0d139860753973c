// Command man writes the manual pages of negotrace from its help texts: a page for the
// program and one for each command.
//
//	go run ./internal/man DIRECTORY [PROGRAM]
//
// PROGRAM is a built negotrace; without it one is built.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: man DIRECTORY [PROGRAM]")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

// write writes all pages into a directory.
func write(dir string, program []string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var path string
	if len(program) == 1 {
		path = program[0]
	} else {
		built, err := build()
		if err != nil {
			return err
		}
		defer os.RemoveAll(filepath.Dir(built))
		path = built
	}
	main, err := help(path)
	if err != nil {
		return err
	}
	commands := main.commands()
	for _, name := range append([]string{""}, commands...) {
		h, file := main, "negotrace.1"
		if name != "" {
			if h, err = help(path, name); err != nil {
				return err
			}
			file = "negotrace-" + name + ".1"
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(h.page(name, main.short(name), commands)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// build builds the program into a directory of its own.
func build() (string, error) {
	dir, err := os.MkdirTemp("", "man")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "negotrace")
	out, err := exec.Command("go", "build", "-o", path, "./cmd/negotrace").CombinedOutput()
	if err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("go build: %v\n%s", err, out)
	}
	return path, nil
}

// help returns the full help of a command, as the program prints it.
func help(program string, command ...string) (text, error) {
	out, err := exec.Command(program, append([]string{"help", "--all"}, command...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("help of %q: %v", command, err)
	}
	return parse(string(out)), nil
}
