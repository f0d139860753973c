package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A joinedReport is what a report of several files says of how they belong together.
type joinedReport struct {
	Summary struct {
		Packets, Requests, Connections int
		Responses                      map[string]int
	}
	Inputs []struct {
		Requests, Joined int
		Ahead            time.Duration `json:"clock_ahead_ns"`
	}
	Handshakes []struct {
		Mechanism, Outcome string
		Files              []string
		Legs               []json.RawMessage
	}
	Findings []struct{ Check string }
}

func readJoined(t *testing.T, args ...string) joinedReport {
	t.Helper()
	var out, diag bytes.Buffer
	if status := run(t.Context(), append([]string{"--format", "json", "--fail-on", "never"}, args...), noEnv, nil, &out, &diag); status != 0 {
		t.Fatalf("exit status %d\n%s", status, diag.String())
	}
	var j joinedReport
	if err := json.Unmarshal(out.Bytes(), &j); err != nil {
		t.Fatal(err)
	}
	return j
}

// TestJoined changes one of the files of an event: what is still the same event counts
// once, and what is another one counts apart.
func TestJoined(t *testing.T) {
	const dir = "../../testdata/"
	otherBrowser := func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte("HeadlessChrome/"), []byte("Firefox/"))
	}
	tests := []struct {
		name   string
		event  string
		suffix string
		change func([]byte) []byte
		joined int // of the requests of the changed file
		ahead  time.Duration
	}{
		{"NetLog", "chromium-ntlm", ".netlog.json", same, 4, 0},
		{"HAR", "chromium-ntlm", ".har", same, 1, 0},
		{"NetLog without tokens, by the client's port", "chromium-ntlm", ".netlog.json", defaultNetLog, 4, 0},
		{"NetLog of another hour, by its tokens", "chromium-ntlm", ".netlog.json", hourLater, 4, time.Hour},
		{"NetLog without tokens, through a NAT", "chromium-ntlm", ".netlog.json", func(b []byte) []byte {
			return regexp.MustCompile(`198\.51\.100\.10:\d(\d)`).ReplaceAll(defaultNetLog(b), []byte("192.168.7.7:1$1"))
		}, 4, 0},
		{"NetLog without tokens of another hour", "chromium-ntlm", ".netlog.json", func(b []byte) []byte { return hourLater(defaultNetLog(b)) }, 0, 0},
		{"HAR of another hour", "chromium-ntlm", ".har", hourLater, 0, 0},
		{"HAR of another hour, by the server's Date", "chromium-page", ".har", hourLater, 13, time.Hour},
		{"HAR of one request of another hour, by the server's Date", "chromium-kerberos", ".har", hourLater, 1, time.Hour},
		{"HAR by a clock that is three seconds ahead", "chromium-page", ".har", later(3 * time.Second), 13, 3 * time.Second},
		{"HAR without Date by such a clock", "chromium-ntlm", ".har", later(3 * time.Second), 0, 0},
		{"HAR of another browser at the same time", "chromium-ntlm", ".har", otherBrowser, 0, 0},
		{"HAR of another server's page", "chromium-ntlm", ".har", func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("198.51.100."), []byte("203.0.113."))
		}, 0, 0},
		{"HAR of another answer", "chromium-ntlm", ".har", func(b []byte) []byte {
			return regexp.MustCompile(`"status":200`).ReplaceAll(b, []byte(`"status":404`))
		}, 0, 0},
		{"a page with many requests", "chromium-page", ".har", same, 13, 0},
		{"NetLog of a page without tokens", "chromium-page", ".netlog.json", defaultNetLog, 26, 0},
		{"through a proxy", "chromium-proxy", ".netlog.json", same, 7, 0}, // without keys, what is inside of TLS is in the log alone
	}
	written := t.TempDir()
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			packets := dir + tt.event + ".pcapng"
			original, err := os.ReadFile(dir + tt.event + tt.suffix)
			if err != nil {
				t.Fatal(err)
			}
			export := write(t, filepath.Join(written, strconv.Itoa(i)), tt.change(original))
			alone, its, both := readJoined(t, packets), readJoined(t, export), readJoined(t, packets, export)
			s := both.Summary
			if got, want := both.Inputs[1].Joined, tt.joined; got != want {
				t.Errorf("%d of %d requests were joined, not %d", got, both.Inputs[1].Requests, want)
			}
			if got, want := s.Requests, alone.Summary.Requests+its.Summary.Requests-tt.joined; got != want {
				t.Errorf("%d requests, not %d", got, want)
			}
			if (both.Inputs[1].Ahead - tt.ahead).Abs() > time.Second {
				t.Errorf("the clock is %v ahead", both.Inputs[1].Ahead)
			}
			if tt.joined == both.Inputs[1].Requests && fmt.Sprint(both.Findings) != fmt.Sprint(alone.Findings) {
				t.Errorf("findings %v, alone %v", both.Findings, alone.Findings)
			}
			if got, want := len(both.Handshakes), len(alone.Handshakes); tt.joined == both.Inputs[1].Requests && got != want {
				t.Errorf("%d handshakes, alone %d", got, want)
			}
			table, _ := analyse(t, "table", packets, export)
			text := strings.Join(strings.Fields(table), " ") // where lines break depends on the name of the temporary directory
			if said := strings.Contains(text, "none of its"); said != (tt.joined == 0) || strings.Contains(table, "mergecap") {
				t.Errorf("the table says:\n%s", table)
			}
		})
	}
}

func same(b []byte) []byte { return b }

// hourLater moves the clock of an export.
func hourLater(b []byte) []byte { return later(time.Hour)(b) }

// later moves the clock of an export.
func later(by time.Duration) func([]byte) []byte {
	ticks := regexp.MustCompile(`"timeTickOffset":\d+`)
	started := regexp.MustCompile(`"startedDateTime":"[^"]*"`)
	return func(b []byte) []byte {
		b = ticks.ReplaceAllFunc(b, func(member []byte) []byte {
			name, digits, _ := bytes.Cut(member, []byte(":"))
			ms, _ := strconv.ParseInt(string(digits), 10, 64)
			return fmt.Appendf(nil, "%s:%d", name, ms+by.Milliseconds())
		})
		return started.ReplaceAllFunc(b, func(member []byte) []byte {
			_, value, _ := bytes.Cut(member, []byte(`:"`))
			at, _ := time.Parse(time.RFC3339, strings.TrimSuffix(string(value), `"`))
			return fmt.Appendf(nil, `"startedDateTime":"%s"`, at.Add(by).Format(time.RFC3339Nano))
		})
	}
}

// TestJoinedExports holds that two exports of one page are one event, and that those of two
// pages are two.
func TestJoinedExports(t *testing.T) {
	const dir = "../../testdata/"
	tests := []struct {
		name     string
		files    []string
		change   func([]byte) []byte // of the first file
		requests int
	}{
		{"HAR and NetLog of one page", []string{"chromium-ntlm.har", "chromium-ntlm.netlog.json"}, same, 4},
		{"HARs of two users at one time", []string{"chromium-page.har", "chromium-page.har"}, later(20 * time.Millisecond), 26},
		{"HARs of two users in one second", []string{"chromium-page.har", "chromium-page.har"}, later(700 * time.Millisecond), 26},
		{"HAR of one user and NetLog of another", []string{"chromium-page.har", "chromium-page.netlog.json"}, later(700 * time.Millisecond), 39},
		{"HARs that differ in an answer's length", []string{"chromium-ntlm.har", "chromium-ntlm.har"}, func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(`"value":"42"`), []byte(`"value":"43"`))
		}, 2},
		{"HAR and NetLog of two pages", []string{"chromium-ntlm.har", "chromium-page.netlog.json"}, same, 27},
		{"two HARs of two pages", []string{"chromium-ntlm.har", "chromium-cname.har"}, same, 2},
		{"the same HAR twice", []string{"chromium-page.har", "chromium-page.har"}, same, 13},
	}
	written := t.TempDir()
	for _, tt := range tests {
		var args []string
		for i, f := range tt.files {
			b, err := os.ReadFile(dir + f)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				b = tt.change(b)
			}
			args = append(args, write(t, filepath.Join(written, strconv.Itoa(i)), b))
		}
		for range 2 {
			if j := readJoined(t, args...); j.Summary.Requests != tt.requests {
				t.Errorf("%s: %d requests, not %d", tt.name, j.Summary.Requests, tt.requests)
			}
			args[0], args[1] = args[1], args[0]
		}
	}
}

// TestPage holds that a HAR says for which page a request was made, without what may be
// secret in its URL, and that packets get that from it.
func TestPage(t *testing.T) {
	t.Parallel()
	har, err := os.ReadFile("../../testdata/chromium-ntlm.har")
	if err != nil {
		t.Fatal(err)
	}
	har = regexp.MustCompile(`"title":"[^"]*"`).ReplaceAll(har, []byte(`"title":"http://alice:Passw0rd@app.corp.test/start;jsessionid=1?token=2#3"`))
	file := write(t, filepath.Join(t.TempDir(), "page.har"), har)
	report, _ := analyse(t, "json", "../../testdata/chromium-ntlm.pcapng", file)
	if want := `"page": "http://app.corp.test/start"`; strings.Count(report, want) != 1 {
		t.Errorf("%d times %s, want 1", strings.Count(report, want), want)
	}
	for _, secret := range []string{"Passw0rd", "jsessionid=1", "token=2"} {
		if strings.Contains(report, secret) {
			t.Errorf("the report holds %q", secret)
		}
	}
}
