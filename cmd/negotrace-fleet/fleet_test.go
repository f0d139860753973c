package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/inventory"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/internal/diagnosis"
)

// howMany returns how many sets the test makes: NEGOTRACE_FLEET_SETS, or few.
func howMany(t *testing.T) int {
	t.Helper()
	text := os.Getenv("NEGOTRACE_FLEET_SETS")
	if text == "" {
		return 200
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A record is a line of JSON by its members.
type record map[string]json.RawMessage

// lines returns the records of a table.
func lines(t *testing.T, text string) (all []record) {
	t.Helper()
	for line := range strings.Lines(text) {
		r := record{}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, r)
	}
	return all
}

// without returns the text of a record without some members.
func (r record) without(names ...string) string {
	c := record{}
	for name, v := range r {
		c[name] = v
	}
	for _, name := range names {
		delete(c, name)
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// A machine is what one machine says of the same files, one after the other.
type machine struct {
	handshakes, kdc map[string][]string // by set
	findings        map[string]int
	entries         map[inventory.Key]int
}

// add analyses a file as negotrace --format ndjson does.
func (m *machine) add(t *testing.T, set, file string) {
	t.Helper()
	sources, err := capture.Open([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var format report.Format
	for _, f := range report.Formats() {
		if f.Name == "ndjson" {
			format = f
		}
	}
	stream := format.Begin(&out, report.Options{})
	counter := inventory.NewCounter(t.TempDir(), 0)
	sink, count := stream.Sink, counter.Sink()
	r, err := diagnosis.Read(t.Context(), sources, diagnosis.Options{Correlate: correlate.Options{OmitLists: true, Sink: analysis.Sink{
		KDC:       sink.KDC,
		Handshake: func(h *analysis.Handshake) { sink.Handshake(h); count.Handshake(h) },
		Finding:   func(f *analysis.Finding) { sink.Finding(f); count.Finding(f) },
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.End(r); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines(t, out.String()) {
		switch string(line["type"]) {
		case `"handshake"`:
			m.handshakes[set] = append(m.handshakes[set], line.without("type", "legs", "kdc", "dns"))
		case `"kdc"`:
			m.kdc[set] = append(m.kdc[set], line.without("type"))
		case `"finding"`:
			m.findings[says(line)]++
		}
	}
	if err := counter.Entries(func(e *inventory.Entry) error { m.entries[e.Key] += e.Count; return nil }); err != nil {
		t.Fatal(err)
	}
}

// says returns what findings have in common that are merged.
func says(r record) string {
	return fmt.Sprint(string(r["check"]), string(r["variant"]), string(r["message"]), string(r["under"]), string(r["severity"]), string(r["evidence"]))
}

// TestFleet runs many sets: record by record it says what one machine says of each, with
// one worker and with two, and after a run that was killed. What cannot be read is a record.
func TestFleet(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	m := &machine{map[string][]string{}, map[string][]string{}, map[string]int{}, map[inventory.Key]int{}}
	made := makeSets(t, in, howMany(t))
	for _, file := range made {
		m.add(t, filepath.ToSlash(filepath.Dir(file))+"/ring.pcap", file)
	}
	addUnreadable(t, in, made[0])
	pattern := filepath.Join(in, "*", "*")

	one, two, killed := filepath.Join(dir, "one"), filepath.Join(dir, "two"), filepath.Join(dir, "killed")
	first := program(t, 20*time.Minute, "-out", one, "-workers", "1", pattern)
	second := program(t, 20*time.Minute, "-out", two, "-workers", "2", pattern)
	for workers, r := range []ran{first, second} {
		if r.status != notAnalysed || strings.Count(r.stderr, "negotrace-fleet: ") != 2 || !strings.Contains(r.stderr, "b.pcap: no such file") { // two files cannot be read; Beam may log, too
			t.Fatalf("%d workers: status %d, %s", workers+1, r.status, r.stderr)
		}
		t.Logf("%d sets, %d workers: %.1f s, %.1f s of CPU, %d MB", len(made), workers+1, r.took.Seconds(), r.cpu.Seconds(), r.peak>>20)
	}
	same(t, "one worker and two", one, two)
	if r := program(t, first.took*2/3, "-out", killed, "-workers", "2", pattern); r.status != -1 {
		t.Logf("the run that was to be killed ended with status %d", r.status)
	}
	if r := program(t, 20*time.Minute, "-out", killed, "-workers", "2", pattern); r.status != notAnalysed {
		t.Fatalf("after a run that was killed: status %d, %s", r.status, r.stderr)
	}
	same(t, "after a run that was killed", one, killed)
	cluster := filepath.Join(dir, "cluster")
	if r := program(t, 20*time.Minute, "-out", cluster, "-runner", "universal", "-endpoint", jobServer(t), "-environment_type", "LOOPBACK", pattern); r.status != notAnalysed {
		t.Fatalf("on another runner: status %d, %s", r.status, r.stderr)
	}
	same(t, "on another runner", one, cluster)
	m.compare(t, files(t, one))
	failures(t, files(t, one))
}

// jobServer returns the address of a runner that is not embedded, but in the process of the test.
func jobServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	if _, err := prism.CreateJobServer(t.Context(), prism.Options{Port: port}); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("localhost:%d", port)
}

// addUnreadable adds captures of hosts that cannot be read, or not to their ends.
func addUnreadable(t *testing.T, in, whole string) {
	t.Helper()
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for host, text := range map[string][]byte{"spoiled1": []byte("no capture\n"), "spoiled2": b[:len(b)-7]} {
		if err := os.MkdirAll(filepath.Join(in, host), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(in, host, "a.pcap"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", filepath.Join(in, "spoiled1", "b.pcap")); err != nil {
		t.Skip(err)
	}
}

// compare compares the tables of the fleet with what one machine says.
func (m *machine) compare(t *testing.T, tables map[string]string) {
	t.Helper()
	handshakes, kdc := map[string][]string{}, map[string][]string{}
	of := func(r record) string {
		var set string
		if err := json.Unmarshal(r["set"], &set); err != nil {
			t.Fatal(err)
		}
		return set
	}
	for _, r := range lines(t, tables["handshakes-00000-of-00001.ndjson"]) {
		if set := of(r); !strings.Contains(set, "spoiled") {
			handshakes[set] = append(handshakes[set], r.without("record", "type", "set", "capture_host", "legs", "checks"))
		}
	}
	for _, r := range lines(t, tables["kdc-00000-of-00001.ndjson"]) {
		if set := of(r); !strings.Contains(set, "spoiled") {
			kdc[set] = append(kdc[set], r.without("record", "type", "set", "capture_host"))
		}
	}
	equal(t, "handshakes", handshakes, m.handshakes)
	equal(t, "exchanges with KDCs", kdc, m.kdc)
	findings := map[string]int{}
	for _, r := range lines(t, tables["findings-00000-of-00001.ndjson"]) {
		var n int
		if err := json.Unmarshal(r["count"], &n); err != nil {
			t.Fatal(err)
		}
		findings[says(r)] += n
	}
	for what, n := range m.findings {
		if findings[what] < n { // a capture that was cut says some again
			t.Errorf("%d times %s, want %d", findings[what], what, n)
		}
	}
	entries := map[inventory.Key]int{}
	for line := range strings.Lines(tables["inventory-00000-of-00001.ndjson"]) {
		var e inventory.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		entries[e.Key] += e.Count
	}
	for k, n := range m.entries {
		if entries[k] != n {
			t.Errorf("%+v counts %d, want %d", k, entries[k], n)
		}
	}
	if len(m.entries) == 0 || len(entries) != len(m.entries) {
		t.Errorf("the inventory has %d entries, want %d", len(entries), len(m.entries))
	}
}

// equal compares what two runs say of each set.
func equal(t *testing.T, what string, got, want map[string][]string) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Errorf("%s of %d sets, want %d", what, len(got), len(want))
	}
	for set, all := range want {
		if g, w := strings.Join(got[set], "\n"), strings.Join(all, "\n"); g != w {
			t.Errorf("%s of %s:\n%s\nwant\n%s", what, set, g, w)
			return
		}
	}
}

// failures looks for the captures that could not be read.
func failures(t *testing.T, tables map[string]string) {
	t.Helper()
	found := map[string]string{}
	for _, r := range lines(t, tables["captures-00000-of-00001.ndjson"]) {
		var name string
		if err := json.Unmarshal(r["name"], &name); err != nil {
			t.Fatal(err)
		}
		if i := strings.Index(name, "spoiled"); i >= 0 {
			found[filepath.ToSlash(name[i:])] = string(r["failure"]) + string(r["damage"])
		}
	}
	for name, want := range map[string]string{"spoiled1/a.pcap": "no known format", "spoiled1/b.pcap": "no such file", "spoiled2/a.pcap": "the file ends in the middle of a packet"} {
		if !strings.Contains(found[name], want) {
			t.Errorf("of %s it says %q, want %q", name, found[name], want)
		}
	}
}
