package fleet

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"negotrace/capture"
	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
	"negotrace/tokens"
)

// sumOfTicket is a member that only records between machines have.
var sumOfTicket = regexp.MustCompile(`"ticket":[0-9]`)

// captures returns those of the lab, and files that are no captures.
func captures(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../../testdata/*.pcapng")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return append(names, "../../testdata/README.md", "../../testdata/nowhere.pcap", "../../testdata")
}

// TestRun holds that the results depend neither on the order of the sets, nor on work that
// is done again, and that they hold no sums of tokens.
func TestRun(t *testing.T) {
	t.Parallel()
	var some []string
	for i, name := range captures(t) {
		if i%(4*testcost.Step(3)) == 0 || !strings.HasSuffix(name, ".pcapng") {
			some = append(some, name)
		}
	}
	sets := setsOf(some...)
	want := run(t, sets, 1, 1)
	for i, j := 0, len(sets)-1; i < j; i, j = i+1, j-1 {
		sets[i], sets[j] = sets[j], sets[i]
	}
	got := run(t, sets, 1, 2)
	for name, text := range want.files {
		if got.files[name] != text {
			t.Errorf("%s differs in another order", name)
		}
		if sumOfTicket.MatchString(text) || len(text) == 0 {
			t.Errorf("%s is empty, or holds the sum of a ticket", name)
		}
	}
	if want.overview.Failed != 3 {
		t.Errorf("%d files could not be read, want 3", want.overview.Failed)
	}
	sharded := run(t, sets, 3, 1)
	for _, table := range tables {
		rows := 0
		for n := range 3 {
			name, err := FileName(table.name.shard(n), 3, "ndjson")
			if err != nil {
				t.Fatal(err)
			}
			rows += strings.Count(sharded.files[name], "\n")
		}
		if one := strings.Count(want.files[string(table.name)+"-00000-of-00001.ndjson"], "\n"); rows != one {
			t.Errorf("three shards of %s have %d rows, one has %d", table.name, rows, one)
		}
	}
}

// faulty is a file that begins as a capture of packets does, and then has the reader panic.
type faulty struct{ begin *bytes.Reader }

func (f faulty) Read(b []byte) (int, error) {
	if f.begin.Len() == 0 {
		panic("a fault")
	}
	return f.begin.Read(b)
}

func (faulty) Close() error { return nil }

// TestFault holds that a fault of the analysis costs its own set alone, in whatever goroutine:
// that of the caller, that which unpacks, that which decodes packets.
func TestFault(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse("conn 1 10.0.0.10:50000 > 10.0.0.20:80\n" + strings.Repeat("> GET / HTTP/1.1\n> Host: web\n< HTTP/1.1 200 OK\n\n", 3000))
	if err != nil {
		t.Fatal(err)
	}
	plain := c.Pcap()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(plain); err != nil || w.Flush() != nil {
		t.Fatal(err)
	}
	for name, begin := range map[string][]byte{"open": nil, "packets": plain, "unpack": packed.Bytes()} {
		a := &Analyser{SumKey: &tokens.SumKey{1}, Shards: 1, Source: func(_ context.Context, name string) capture.Source {
			return capture.Source{Name: name, Open: func() (io.ReadCloser, error) {
				if begin == nil {
					panic("a fault")
				}
				return faulty{bytes.NewReader(begin)}, nil
			}}
		}}
		overview := &Overview{}
		ignore := func(string, []byte) {}
		rows := group{}
		a.Analyse(t.Context(), NewSet("s", []File{{versioned: versioned{version}, Name: "a"}}), Out{Row: rows.add, Request: ignore, Client: ignore, Finding: ignore, Case: ignore, Overview: func(b []byte) {
			if err := overview.Add(b); err != nil {
				t.Error(err)
			}
		}})
		if overview.Failed != 1 || overview.Sets != 1 || !strings.Contains(overview.Captures[0].Failure, "a bug of negotrace ended the analysis of this set early: a fault at analyse_test.go:") {
			t.Errorf("%s: %+v", name, overview)
		}
	}
}

// TestVersions holds that a record of another version is refused, and what is none.
func TestVersions(t *testing.T) {
	t.Parallel()
	for _, b := range []string{`{"record":2}`, `{}`, `{"record":1`, ``} {
		if _, err := decode[clientRecord]([]byte(b)); err == nil {
			t.Errorf("%q is taken", b)
		}
		if err := (&Overview{}).Add([]byte(b)); err == nil {
			t.Errorf("%q is taken as an overview", b)
		}
		if err := WriteShard("kdc 0", func(yield func([]byte) bool) { yield([]byte(b)) }, io.Discard, io.Discard); err == nil {
			t.Errorf("%q is taken as a row", b)
		}
	}
	if err := WriteShard("nonsense", nil, io.Discard, io.Discard); err == nil {
		t.Error("a table that there is not is written")
	}
}

// TestFailureOf finds the error of a file among several.
func TestFailureOf(t *testing.T) {
	t.Parallel()
	_, missing := os.Open("nowhere")
	all := errors.Join(errors.New(`"a" is empty`), missing)
	for name, want := range map[string]string{"a": `"a" is empty`, "nowhere": "no such file or directory"} {
		if got := failureOf(name, all); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestRingWithGap holds that a file of a ring that cannot be read is said, beside one whose
// name begins like its own.
func TestRingWithGap(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := copied(t, "kerberos-ad.pcapng", dir+"/web/a.pcap1", nil)
	r := run(t, setsOf(dir+"/web/a.pcap", good, dir+"/web/a.pcap2"), 1, 1)
	if r.overview.Sets != 1 || r.overview.Files != 3 || r.overview.Failed != 2 {
		t.Errorf("%d sets, %d files, %d of them not read; want 1, 3 and 2", r.overview.Sets, r.overview.Files, r.overview.Failed)
	}
	if n := len(linesOf[Handshake](t, r, handshakeTable)); n == 0 {
		t.Error("the others are not analysed")
	}
}

// TestOddFiles holds that a file whose format is known, but nothing more, is said not to be
// read, and that one whose name is not UTF-8 is.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cut := filepath.Join(dir, "host", "cut.pcap")
	good := copied(t, "kerberos-ad.pcapng", filepath.Join(dir, "host", "good.pcap"), nil)
	if err := os.WriteFile(cut, []byte("\xd4\xc3\xb2\xa1"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := run(t, setsOf(cut), 1, 1)
	if o := r.overview; o.Failed != 1 || !strings.Contains(o.Captures[0].Failure, "cut short in its header") {
		t.Errorf("%+v", o)
	}
	odd := filepath.Join(dir, "host", "\xe4.pcap")
	if err := os.Rename(good, odd); err != nil {
		t.Skip(err) // not every system has such names
	}
	_, f := Pattern{}.Assign(odd)
	sent, err := DecodeFile(f.Encode())
	if err != nil {
		t.Fatal(err)
	}
	r = run(t, []Set{NewSet("s", []File{*sent})}, 1, 1)
	if n := len(linesOf[Handshake](t, r, handshakeTable)); n == 0 || r.overview.Failed != 0 {
		t.Errorf("%d handshakes of a file whose name is not UTF-8: %+v", n, r.overview)
	}
}
