package capture

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// followed follows a directory while steps change it, one each time that it waits, and
// returns the names that came, and what is said of the files.
func followed(t *testing.T, dir string, steps ...func()) (names []string, said string) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	waits := ""
	counters, err := Follow(ctx, dir, nil, Sink{
		DNS: func(at httpstream.Pos, _, _ netip.AddrPort, m *dnsmessage.Message) {
			names = append(names, strings.TrimSuffix(m.Questions[0].Name.String(), "."))
		},
	}, Options{Waiting: func(why error) { waits += "waits: " + why.Error() + "\n" }}, func(time.Duration) <-chan time.Time {
		again := make(chan time.Time, 1)
		again <- time.Time{}
		if len(steps) == 0 {
			end()
			return again
		}
		steps[0]()
		steps = steps[1:]
		return again
	})
	if err != nil {
		said += "error: " + err.Error() + "\n"
	}
	said += waits
	for _, n := range counters.Damage {
		said += n.Text + "\n"
	}
	return names, said
}

// put returns a step that writes a file.
func put(t *testing.T, dir, name string, data []byte) func() {
	return func() {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Error(err)
		}
	}
}

func nothing() {}

// TestFollowWholeFiles holds that files which can be read only when they are complete are
// read when the next one has begun, the last one at the end, whatever they are packed in.
func TestFollowWholeFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "a.etl", etlFile("a", 1, 2))()
	names, said := followed(t, dir,
		nothing, put(t, dir, "b.etl", etlFile("b", 5000)), nothing, put(t, dir, "b.etl", etlFile("b", 5000, 5001, 5002)),
		put(t, dir, "c.pcap.gz", gzipped(t, msFile("c", 9000, 9001))), nothing)
	want := []string{"a1", "a2", "b5000", "b5001", "b5002", "c9000", "c9001"}
	if !slices.Equal(names, want) || said != "" {
		t.Errorf("%v, want %v\n%s", names, want, said)
	}
}

// TestFollowLost holds that a file which is gone before it was read is said.
func TestFollowLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "a.etl", etlFile("a", 1))()
	names, said := followed(t, dir, nothing, func() { os.Remove(filepath.Join(dir, "a.etl")) }, put(t, dir, "b.pcap", msFile("b", 2000)), nothing)
	if want := []string{"b2000"}; !slices.Equal(names, want) || !strings.Contains(said, "deleted before it was read") {
		t.Errorf("%v, want %v\n%s", names, want, said)
	}
}

// TestFollowClockSet holds that the next file of a ring is read though the clock was set back,
// when the one before grows no more.
func TestFollowClockSet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "a.pcap", msFile("a", 60_000, 61_000))()
	steps := []func(){nothing, put(t, dir, "b.pcap", msFile("b", 40_000, 41_000))}
	names, said := followed(t, dir, append(steps, slices.Repeat([]func(){nothing}, 12)...)...)
	if want := []string{"a60000", "a61000", "b40000", "b41000"}; !slices.Equal(names, want) || said != "" {
		t.Errorf("%v, want %v\n%s", names, want, said)
	}
}

// TestFollowLate holds that a file, or the directory of a ring, need not be there yet, and that
// it is said what is waited for.
func TestFollowLate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := []string{"a1", "a2"}
	file := filepath.Join(dir, "late.pcap")
	names, said := followed(t, file, nothing, put(t, dir, "late.pcap", nil), put(t, dir, "late.pcap", msFile("a", 1, 2)), nothing)
	if !slices.Equal(names, want) || !strings.HasPrefix(said, "waits: ") || strings.Count(said, "\n") != 1 {
		t.Errorf("a file: %v, want %v\n%s", names, want, said)
	}
	ring := filepath.Join(dir, "ring")
	names, said = followed(t, ring, nothing, func() { os.Mkdir(ring, 0o700) }, put(t, ring, "a.pcap", msFile("a", 1, 2)), nothing)
	if !slices.Equal(names, want) || !strings.HasPrefix(said, "waits: ") || strings.Count(said, "\n") != 1 {
		t.Errorf("a ring: %v, want %v\n%s", names, want, said)
	}
}

// TestFollowNothing holds what is said where there is nothing to follow: at once where more of
// a file will not help, and at the end where it may.
func TestFollowNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "text", []byte("not a capture at all\n"))()
	put(t, dir, "export.har", []byte(`{"log": {"entries": []}}`))()
	put(t, dir, "a.etl", etlFile("a", 1))()
	put(t, dir, "packed.gz", gzipped(t, msFile("c", 9000)))()
	put(t, dir, "begun", []byte("\x0a\x0d\x0d\x0a\x1c\x00"))()
	put(t, dir, "empty", nil)()
	waited := false
	wait := slices.Repeat([]func(){func() { waited = true }}, 10)
	for name, want := range map[string]struct {
		said  string
		waits bool
	}{
		"text":       {`error: "` + filepath.Join(dir, "text") + `" is in no known format`, false},
		"export.har": {"is a HAR", false},
		"a.etl":      {"can be read only when it is complete", false},
		"packed.gz":  {"can be read only when it is complete", false},
		"begun":      {"waits: ", true},
		"empty":      {"is empty", true},
		"nowhere":    {"waits: ", true},
		"nowhere/a":  {"error: stat ", false},
	} {
		waited = false
		_, said := followed(t, filepath.Join(dir, name), wait...)
		if !strings.Contains(said, want.said) || !strings.Contains(said, "error: ") || waited != want.waits {
			t.Errorf("%s: waited %v, said %s", name, waited, said)
		}
	}
}

// TestFollowBeginning holds that what is held of the beginning of a connection comes when nothing
// has come for a while: in the middle of a connection it is not certain yet what was sent first.
func TestFollowBeginning(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse("conn 1 10.0.0.10:50000 > 10.0.0.20:80 nosyn\n> GET / HTTP/1.1\n> Host: a.test\n< HTTP/1.1 204 No Content\n\n")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.pcap")
	if err := os.WriteFile(path, c.Pcap(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	exchanges, looks := 0, 0
	var atIdle []int
	_, err = Follow(ctx, path, nil, Sink{
		Exchange: func(*httpstream.Exchange) bool { exchanges++; return false },
		CaughtUp: func(idle bool) {
			if idle {
				atIdle = append(atIdle, exchanges)
			}
		},
	}, Options{}, func(time.Duration) <-chan time.Time {
		if looks++; looks > int(silence/poll)+2 {
			end()
		}
		again := make(chan time.Time, 1)
		again <- time.Time{}
		return again
	})
	if err != nil || !slices.Equal(atIdle, []int{1}) {
		t.Errorf("%d exchanges when nothing came: %v", atIdle, err)
	}
}
