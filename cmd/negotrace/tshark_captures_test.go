package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// capturesVariable names the variable of the environment with a directory of captures.
const capturesVariable = "NEGOTRACE_CAPTURES"

// TestMessagesAgainstTshark counts the HTTP messages of all captures in a directory, and
// those that tshark counts. tshark misses some, after loss for instance. Where it counts
// more, the report must say that something was not read.
func TestMessagesAgainstTshark(t *testing.T) {
	dir := os.Getenv(capturesVariable)
	program, err := exec.LookPath("tshark")
	if dir == "" || err != nil {
		t.Skipf("no %s, or no tshark", capturesVariable)
	}
	same, more, less := 0, 0, 0
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		theirs := messagesOf(t, program, path)
		if theirs.requests+len(theirs.responses) == 0 {
			return nil // nothing that could be missed, or no capture
		}
		report, _, err := reportOf(t.Context(), "json", []string{path})
		if err != nil {
			t.Errorf("%s: tshark reads it, and we do not: %v", name, err)
			return nil
		}
		ours := messagesIn(t, report)
		switch {
		case ours.String() == theirs.String():
			same++
		case ours.covers(theirs):
			more++
			t.Logf("%s: we read %v, tshark %v", name, ours, theirs)
		default:
			less++
			t.Logf("%s: tshark reads %v, we %v", name, theirs, ours)
			if table, _ := analyse(t, "table", path); strings.Contains(table, everythingRead) {
				t.Errorf("%s: and the report says %q", name, everythingRead)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the same in %d captures, more in %d, less in %d", same, more, less)
}

// covers reports whether m has all messages of o.
func (m messages) covers(o messages) bool {
	for status, n := range o.responses {
		if m.responses[status] < n {
			return false
		}
	}
	return m.requests >= o.requests
}

// messagesIn takes the messages out of a report.
func messagesIn(t *testing.T, report string) messages {
	t.Helper()
	var r struct {
		Summary struct {
			Requests  int         `json:"requests"`
			Responses map[int]int `json:"responses"`
		} `json:"summary"`
	}
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		t.Fatal(err)
	}
	return messages{r.Summary.Requests, r.Summary.Responses}
}

// messagesOf counts what tshark reads, nothing where it cannot read the file.
func messagesOf(t *testing.T, program, file string) messages {
	t.Helper()
	m := messages{responses: map[int]int{}}
	out, err := exec.Command(program, "-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-r", file, "-Y", "http||http2",
		"-T", "fields", "-E", "occurrence=a", "-E", "aggregator=\x1f",
		"-e", "http.request.method", "-e", "http2.headers.method", "-e", "http.response.code", "-e", "http2.headers.status").Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		m.add(t, strings.Split(strings.TrimRight(line, "\r\n"), "\t"))
	}
	return m
}
