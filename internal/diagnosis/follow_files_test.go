package diagnosis_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// seen returns what came of a capture that was read at once, without the names of files, which
// differ, and the numbers of frames, which begin anew in each.
func seen(all []string) []string {
	var out []string
	for _, s := range all {
		_, rest, _ := strings.Cut(s, "] ")
		out = append(out, rest)
	}
	return out
}

// TestFollowSmallWindow holds that what becomes final because there is too much of it, and
// what becomes final by its age, add up.
func TestFollowSmallWindow(t *testing.T) {
	head, records := day(t, 180, 2*time.Second)
	files := ringOf(head, records, 7)
	names := func(n int) string { return "eth0-" + string(rune('a'+n)) + ".pcap" }
	w := &writer{tb: t, dir: t.TempDir(), names: names, rnd: rand.New(rand.NewPCG(2, 1)), files: files}
	got := follow(t, w.dir, nil, w, 32)
	want := atOnce(t, files, func(n int) string { return filepath.Join(w.dir, names(n)) }, 0)
	same(t, "handshake", got.handshakes, want.handshakes)
}

// TestFollowOverwritten follows a ring whose few names come again and again, as of tcpdump
// -C -W.
func TestFollowOverwritten(t *testing.T) {
	head, records := day(t, 120, 30*time.Second)
	files := ringOf(head, records, 11)
	w := &writer{tb: t, dir: t.TempDir(), names: func(n int) string { return "ring" + string(rune('0'+n%4)) }, rnd: rand.New(rand.NewPCG(3, 1)), files: files}
	got := follow(t, w.dir, nil, w, 0)
	want := atOnce(t, files, func(n int) string { return filepath.Join(w.dir, string(rune('a'+n))) }, 0)
	same(t, "handshake", seen(got.handshakes), seen(want.handshakes))
}

// TestFollowFile follows one file that is truncated and begun anew, and then replaced by
// another of its name.
func TestFollowFile(t *testing.T) {
	head, records := day(t, 60, 30*time.Second)
	files := ringOf(head, records, 3)
	w := &writer{tb: t, dir: t.TempDir(), names: func(int) string { return "auth.pcap" }, rnd: rand.New(rand.NewPCG(4, 1)), files: files}
	path := filepath.Join(w.dir, "auth.pcap")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := follow(t, path, nil, w, 0)
	want := atOnce(t, files, func(n int) string { return filepath.Join(w.dir, string(rune('a'+n))) }, 0)
	same(t, "handshake", seen(got.handshakes), seen(want.handshakes))
}

// TestFollowPipe follows standard input to its end, where nobody interrupts.
func TestFollowPipe(t *testing.T) {
	head, records := day(t, 100, 10*time.Second)
	whole := append(slices.Clone(head), bytes.Join(records, nil)...)
	w := &writer{tb: t, rnd: rand.New(rand.NewPCG(5, 1)), pauses: 1 << 30}
	got := follow(t, "-", bytes.NewReader(whole), w, 0)
	want := atOnce(t, [][]byte{whole}, func(int) string { return "-" }, 0)
	same(t, "handshake", got.handshakes, want.handshakes)
	same(t, "finding", got.findings, want.findings)
}

// TestFollowOtherFiles holds that what does not belong to the ring is said and not read:
// a text, an empty file, a capture of another time, and what was read and is now packed.
func TestFollowOtherFiles(t *testing.T) {
	head, records := day(t, 100, 30*time.Second)
	files := ringOf(head, records, 4)
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Error(err)
		}
	}
	names := func(n int) string { return "ring" + string(rune('0'+n)) + ".pcap" }
	write("notes.txt", []byte("what was done that day\n"))
	write("empty.pcap", nil)
	write("between.pcap", append(slices.Clone(head), bytes.Join(records[10:40], nil)...))
	write(names(0), files[0])
	write(names(1), files[1])
	write(names(1)+".gz", []byte("\x1f\x8b, which nobody looks at"))
	w := &writer{tb: t, dir: dir, names: names, rnd: rand.New(rand.NewPCG(6, 1)), files: files, n: 2}
	got := follow(t, dir, nil, w, 0)
	want := atOnce(t, files, func(n int) string { return filepath.Join(dir, names(n)) }, 0)
	same(t, "handshake", got.handshakes, want.handshakes)
	said := textOf(got.report.Summary.Damage)
	for _, text := range []string{"between.pcap: passed over: it begins before", "notes.txt\" is in no known format", "empty.pcap\" is empty"} {
		if !strings.Contains(said, text) {
			t.Errorf("not said: %s\n%s", text, said)
		}
	}
	if strings.Contains(said, ".gz") {
		t.Error(said)
	}
}

func textOf(notes []httpstream.Note) string {
	var b strings.Builder
	for _, n := range notes {
		b.WriteString(filepath.Base(n.Pos.File.String()) + ": " + n.Text + "\n")
	}
	return b.String()
}

// TestFollowEnds holds that an interrupt in the middle of a file ends with all that is there,
// and that a packet that is not whole yet is said.
func TestFollowEnds(t *testing.T) {
	head, records := day(t, 30, 30*time.Second)
	half := len(records) / 2
	whole := append(slices.Clone(head), bytes.Join(records[:half], nil)...)
	cut := append(slices.Clone(whole), records[half][:20]...)
	w := &writer{tb: t, dir: t.TempDir(), names: func(int) string { return "auth.pcap" }, rnd: rand.New(rand.NewPCG(7, 1)), files: [][]byte{cut}}
	got := follow(t, w.dir, nil, w, 0)
	want := atOnce(t, [][]byte{whole}, func(int) string { return filepath.Join(w.dir, "auth.pcap") }, 0)
	if got.report.Summary.Packets != half {
		t.Errorf("%d packets of %d", got.report.Summary.Packets, half)
	}
	same(t, "handshake", seen(got.handshakes), seen(want.handshakes))
	if said := textOf(got.report.Summary.Damage); !strings.Contains(said, "in the middle of a packet") {
		t.Error(said)
	}
}

// TestFollowIdle holds that what is not final is shown when nothing comes any more, and
// comes once more when it is.
func TestFollowIdle(t *testing.T) {
	script := "time 2026-11-23T00:00:00Z\n"
	for i := range 5 {
		script += fmt.Sprintf(stories[1], fmt.Sprint("10.1.0.", 1+i), i) + "\n"
	}
	c, err := capturetest.Parse(script)
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{tb: t, dir: t.TempDir(), names: func(int) string { return "auth.pcap" }, rnd: rand.New(rand.NewPCG(8, 1)), files: [][]byte{c.Pcap()}, linger: 20}
	got := follow(t, w.dir, nil, w, 0)
	if len(got.provisional) != 5 || len(got.handshakes) != 5 {
		t.Errorf("%d were shown and %d were final of 5", len(got.provisional), len(got.handshakes))
	}
}

// TestFollowLoose holds that what is found on no handshake is shown as soon as it is known,
// once, and says the same when it is final: what is proven while packets come, what something
// missing says when nothing comes any more.
func TestFollowLoose(t *testing.T) {
	c, err := capturetest.Parse(`time 2026-11-23T00:00:00Z
kdc 10.1.0.1:60001 > 10.0.0.5:88 tgs-req HTTP/nowhere.contoso.com
kdc 10.1.0.1:60001 < 10.0.0.5:88 krb-error 7 sname=HTTP/nowhere.contoso.com@CONTOSO.COM
wait 1s
` + fmt.Sprintf(stories[1], "10.1.0.2", 1) + `
wait 5s
` + fmt.Sprintf(stories[1], "10.1.0.3", 2) + `
wait 200s
` + fmt.Sprintf(stories[1], "10.1.0.4", 3))
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{tb: t, dir: t.TempDir(), names: func(int) string { return "auth.pcap" }, rnd: rand.New(rand.NewPCG(8, 1)), files: [][]byte{c.Pcap()}, linger: 20}
	got := follow(t, w.dir, nil, w, 0)
	if len(got.early) != 1 || got.before != 1 || !slices.Contains(got.findings, got.early[0]) || !strings.Contains(got.early[0], "nowhere.contoso.com") {
		t.Errorf("shown %q, of these %d before all that is final:\n%s", got.early, got.before, strings.Join(got.findings, "\n"))
	}
}

// TestFollowMemory holds that memory does not grow with the days.
func TestFollowMemory(t *testing.T) {
	const count = 600
	head, records := day(t, count, 3*time.Minute)
	w := &writer{tb: t, dir: t.TempDir(), names: func(n int) string { return fmt.Sprint("ring", n) }, keep: 2, rnd: rand.New(rand.NewPCG(9, 1)), files: ringOf(head, records, 30)}
	var held [30]int64
	w.begun = func(n int) {
		if n < 10 || n >= 18 && n < 22 {
			return
		}
		inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		held[n] = math.MaxInt64
		for range 2 { // by the second time the reader has nothing left to do
			runtime.GC()
			metrics.Read(inUse)
			held[n] = min(held[n], int64(inUse[0].Value.Uint64()))
		}
	}
	f, o := newFollowed(24)
	o.Sink, o.OmitLists = analysis.Sink{Handshake: func(*analysis.Handshake) {}, Finding: func(*analysis.Finding) {}}, true
	followTo(t, w.dir, nil, w, f, o)
	// What is being judged at the moment is in use too: so the least of some times. The
	// handshakes between these times would take more than 2.6 MB.
	early, late := slices.Min(held[10:18]), slices.Min(held[22:])
	if more := late - early; more > 2<<20 {
		t.Errorf("%d KB more are in use at the end than in the middle", more>>10)
	}
	t.Logf("%d KB in the middle, %d KB at the end", early>>10, late>>10)
}
