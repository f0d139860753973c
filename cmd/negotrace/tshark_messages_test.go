package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"negotrace/capture"
	"negotrace/tokens"
)

// messages counts the HTTP messages of a capture: requests, and responses by status without
// interim ones.
type messages struct {
	requests  int
	responses map[int]int
}

func (m messages) String() string {
	text := fmt.Sprintf("%d requests", m.requests)
	for _, status := range slices.Sorted(maps.Keys(m.responses)) {
		text += fmt.Sprintf(", %d x%d", status, m.responses[status])
	}
	return text
}

// TestMessagesAgainstTshark holds that as many requests are read, and responses of each
// status, as tshark sees in the captures of testdata.
func TestMessagesAgainstTshark(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip(err)
	}
	files, err := filepath.Glob("../../testdata/*.pcapng")
	if err != nil || len(files) == 0 {
		t.Fatal("no captures in testdata", err)
	}
	for i, file := range files {
		if os.Getenv("NEGOTRACE_REQUIRE_TSHARK") == "" && i%20 != 7 {
			continue // all of them take a minute or two
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			ours, theirs := ourMessages(t, file), tsharkMessages(t, program, file)
			t.Log(theirs)
			if ours.String() != theirs.String() {
				t.Errorf("we read %v, tshark %v", ours, theirs)
			}
		})
	}
}

func ourMessages(t *testing.T, file string) messages {
	t.Helper()
	counters := readWithSecrets(t, file, capture.Sink{}, tokens.Decoder{})
	return messages{counters.Requests, counters.Responses}
}

// tsharkMessages runs tshark and counts the methods and statuses that it sees.
func tsharkMessages(t *testing.T, program, file string) messages {
	t.Helper()
	args := []string{"-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-r", file, "-Y", "http||http2", "-T", "fields",
		"-E", "occurrence=a", "-E", "aggregator= ", "-e", "http.request.method", "-e", "http2.headers.method",
		"-e", "http.response.code", "-e", "http2.headers.status"}
	if _, err := os.Stat(keylog(file)); err == nil {
		args = append(args, "-o", "tls.keylog_file:"+keylog(file))
	}
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	m := messages{responses: map[int]int{}}
	for line := range strings.Lines(string(out)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		m.requests += len(strings.Fields(cells[0])) + len(strings.Fields(cells[1]))
		for _, code := range strings.Fields(cells[2] + " " + cells[3]) {
			status, err := strconv.Atoi(code)
			if err != nil {
				t.Fatalf("%q", line)
			}
			if status >= 200 {
				m.responses[status]++
			}
		}
	}
	return m
}
