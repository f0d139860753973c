package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

func TestScreen(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh")
	}
	text := strings.Repeat("a line of a report\n", 20000) // more than a pipe holds
	for _, c := range []struct {
		pager string
		want  string
	}{
		{"tr a-z A-Z", strings.ToUpper(text)},
		{"head -n 1", "a line of a report\n"}, // a reader that leaves early
		{"sh -c 'cat; exit 3'", text},
	} {
		var out bytes.Buffer
		command := pager(func(name string) string { return map[string]string{"PAGER": c.pager}[name] })
		command.Stdout = &out
		s := &pagedOutput{command: command, out: &out}
		if n, err := s.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%s: wrote %d bytes, %v", c.pager, n, err)
		}
		s.Close()
		if out.String() != c.want {
			t.Errorf("%s: %d bytes came through, want %d", c.pager, out.Len(), len(c.want))
		}
	}

	var out bytes.Buffer
	s := &pagedOutput{command: exec.Command("/no/such/pager"), out: &out}
	if _, err := s.Write([]byte(text)); err != nil || out.String() != text {
		t.Errorf("without its pager a report has %d bytes (%v), want %d", out.Len(), err, len(text))
	}
	s.Close()
}

func TestPager(t *testing.T) {
	t.Parallel()
	for name, wanted := range map[string]bool{"cat": false, "more": true} {
		command := pager(func(variable string) string { return map[string]string{"PAGER": name}[variable] })
		if (command != nil) != wanted {
			t.Errorf("PAGER=%s gives %v", name, command)
		}
	}
}
