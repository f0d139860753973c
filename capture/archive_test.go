package capture

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/httpstream"
)

const smallHAR = `{"log":{"creator":{"name":"Fiddler"},"entries":[{"request":{"method":"GET","url":"http://a/"},"response":{"status":401}}]}}`

// tarOf makes a tar archive of files.
func tarOf(t testing.TB, files ...zipEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		kind := byte(tar.TypeReg)
		if strings.HasSuffix(f.name, "/") {
			kind = tar.TypeDir
		}
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o600, Typeflag: kind}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The files of an archive are one timeline, whatever else lies beside them.
func TestArchives(t *testing.T) {
	t.Parallel()
	files := []zipEntry{
		{"ticket/", nil}, {"ticket/b.pcap", msFile("b", 20000, 40000)}, {"ticket/readme.txt", []byte("see the captures")}, {"ticket/a.pcap.gz", gzipped(t, msFile("a", 10000, 30000))},
		{"__MACOSX/ticket/._b.pcap", []byte("\x00\x05\x16\x07")}, {"ticket/page.har", []byte(smallHAR)}, {"ticket/nested.zip", []byte("not a zip")},
	}
	for name, b := range map[string][]byte{
		"zip": zipped(t, zip.Deflate, false, files...), "zip, stored": zipped(t, zip.Store, false, files...), "zip, streamed": zipped(t, zip.Deflate, true, files...),
		"tar": tarOf(t, files...), "tar in gzip": gzipped(t, tarOf(t, files...)), "tar in zstd": zstandard(t, tarOf(t, files...)), "tar in xz": xzOf(t, tarOf(t, files...)),
	} {
		live := source("x", b)
		live.OpensOnce, live.Size = true, 0
		if piped, _, err := rows(t, live); err != nil || len(piped) != 4 {
			t.Errorf("%s, from a pipe: %v, %v", name, piped, err)
		}
		got, counters, err := rows(t, source("x", b))
		want := "1 x/ticket/a.pcap.gz a10000,1 x/ticket/b.pcap b20000,2 x/ticket/a.pcap.gz a30000,2 x/ticket/b.pcap b40000"
		var all []string
		for _, r := range got {
			all = append(all, fmt.Sprintf("%d %s %s", r.Frame, r.File, r.Name))
		}
		if s := strings.Join(all, ","); s != want || err != nil || counters.Responses[401] != 1 {
			t.Errorf("%s: got %s, err %v, responses %v", name, s, err, counters.Responses)
		}
		if len(counters.Damage) != 1 || counters.Damage[0].Text != "files in this archive that are not read: ticket/readme.txt, ticket/nested.zip" {
			t.Errorf("%s: damage %v", name, counters.Damage)
		}
	}
}

// An archive on disk is not read into memory; beside other files its members are sources
// like them.
func TestArchiveOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sources, err := Open([]string{
		write("x.zip", zipped(t, zip.Deflate, false, zipEntry{"b.pcap", msFile("b", 20000)}, zipEntry{"c.pcap", msFile("c", 40000)})),
		write("a.pcap", msFile("a", 10000, 30000)),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, counters, err := rows(t, sources...)
	if err != nil || len(got) != 4 || got[0].Name != "a10000" || got[1].Name != "b20000" || got[3].Name != "c40000" || len(counters.Damage) > 0 {
		t.Errorf("%v, %v, %v", got, counters.Damage, err)
	}
}

func TestArchiveErrors(t *testing.T) {
	t.Parallel()
	two := []zipEntry{{"a.txt", []byte("hello")}, {"b.txt", []byte("hello")}}
	many := make([]zipEntry, maxArchiveFiles+1)
	for i := range many {
		many[i].name = fmt.Sprint(i)
	}
	for want, b := range map[string][]byte{
		`"x" has no file that negotrace reads: a.txt, b.txt`: zipped(t, zip.Deflate, false, two...),
		"has no file that negotrace reads: a.txt":            tarOf(t, two[:1]...),
		"zip archive of more than 10000 files":               zipped(t, zip.Store, false, many...),
		"tar archive of more than 10000 files":               tarOf(t, many...),
	} {
		if _, _, err := rows(t, source("x", b)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	whole := tarOf(t, zipEntry{"a.pcap", msFile("a", 1, 2)}, zipEntry{"b.pcap", msFile("b", 3)})
	for n := 512; n < len(whole)-1024; n += 37 {
		got, counters, err := rows(t, source("x", whole[:n]))
		if err == nil && len(counters.Damage) == 0 && len(got) != 2 && len(got) != 3 {
			t.Fatalf("cut at %d of %d: all is well with %d packets", n, len(whole), len(got))
		}
	}
}

func TestBzip2(t *testing.T) {
	t.Parallel()
	const packed = "QlpoOTFBWSZTWe7Y22oAADgfgBAE5BADgAQKLuf+CiAAaDUynqNDTJ6hoaHpAap6GRMQDIA9Jiqz8GzNdIewMwDIky+EeHpotlrqkHbkJphe0s319r9XVC3Rlkhe/tBFtSCTWdIjE0JYA8Q7Mg54ZJDk2zzpQgpODQtvxdyRThQkO7Y22oA="
	b, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		t.Fatal(err)
	}
	var got []*httpstream.Exchange
	counters, err := Read(t.Context(), []Source{source("x.har.bz2", b)}, Sink{Exchange: func(x *httpstream.Exchange) bool {
		got = append(got, x)
		return true
	}}, Options{})
	if err != nil || len(got) != 1 || got[0].Response.Status != 401 || len(counters.Damage) > 0 {
		t.Errorf("%d exchanges, %v, %v", len(got), counters.Damage, err)
	}
}
