package main

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// A pagedOutput is standard output through a pager, which starts at the first byte. Close waits
// until the pager ends.
type pagedOutput struct {
	command *exec.Cmd
	out     io.Writer
	pipe    io.WriteCloser // nil before the pager has started, and if it could not
	failed  bool
}

func (s *pagedOutput) Write(b []byte) (int, error) {
	if s.pipe == nil && !s.failed {
		s.start()
	}
	if s.failed {
		return s.out.Write(b)
	}
	if _, err := s.pipe.Write(b); err != nil {
		return len(b), nil // the pager was quit; that is no failure
	}
	return len(b), nil
}

func (s *pagedOutput) start() {
	pipe, err := s.command.StdinPipe()
	if err == nil {
		err = s.command.Start()
	}
	if err != nil {
		s.failed = true // there is no such pager
		return
	}
	s.pipe = pipe
}

// Close ends the text and waits for the pager.
func (s *pagedOutput) Close() error {
	if s.pipe != nil {
		s.pipe.Close()
		s.command.Wait() // its exit status says nothing about the report
	}
	return nil
}

// A plainOutput is standard output without a pager.
type plainOutput struct{ io.Writer }

func (plainOutput) Close() error { return nil }

// output returns where a result is written: the file that -o names, or standard output, through a
// pager if it is a terminal.
func (t *tool) output() io.WriteCloser {
	if t.display.toFile() {
		return &fileOutput{tool: t}
	}
	forPerson := t.display.format.value == t.display.format.of[0]
	if t.display.noPager || !forPerson || !isTerminal(t.stdout) || t.env("TERM") == "dumb" {
		return plainOutput{t.stdout}
	}
	command := pager(t.env)
	if command == nil {
		return plainOutput{t.stdout}
	}
	command.Stdout, command.Stderr = t.stdout, t.stderr
	return &pagedOutput{command: command, out: t.stdout}
}

// pager returns the command that shows text a screen at a time, nil if there is none or it is not
// wanted. As with git, PAGER names it, and less gets options that end it at once if the text fits
// on the screen.
func pager(env func(string) string) *exec.Cmd {
	name := strings.TrimSpace(env("PAGER"))
	switch name {
	case "cat":
		return nil
	case "":
		name = "less"
		if _, err := exec.LookPath(name); err != nil {
			return nil
		}
	}
	command := exec.Command("sh", "-c", name)
	if runtime.GOOS == "windows" {
		command = exec.Command(name)
	}
	command.Env = os.Environ()
	if env("LESS") == "" {
		command.Env = append(command.Env, "LESS=FRX")
	}
	return command
}
