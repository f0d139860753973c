package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// A row is what tests see of a packet: each carries a DNS query for a name.
type row struct {
	Frame int
	Time  string
	File  string
	Name  string
}

// source returns a file of a test.
func source(name string, b []byte) Source {
	return Source{Name: name, Size: int64(len(b)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b)), nil
	}}
}

// rows reads sources and returns the packets by the DNS queries in them.
func rows(t testing.TB, sources ...Source) ([]row, *httpstream.Counters, error) {
	t.Helper()
	var got []row
	counters, err := Read(t.Context(), sources, Sink{
		DNS: func(at httpstream.Pos, _, _ netip.AddrPort, m *dnsmessage.Message) {
			name := strings.TrimSuffix(m.Questions[0].Name.String(), ".")
			stamp := ""
			if !at.Time.IsZero() {
				stamp = at.Time.UTC().Format("05.000000000")
			}
			got = append(got, row{at.Frame, stamp, at.File.String(), name})
		},
	}, Options{})
	return got, counters, err
}

// msFile returns a pcap file of packets at times in milliseconds, each named after its time and
// a letter.
func msFile(letter string, ms ...int) []byte { return paddedFile(0, letter, ms...) }

// paddedFile returns msFile with so many bytes behind each datagram.
func paddedFile(padding int, letter string, ms ...int) []byte {
	le := binary.LittleEndian
	b := packettest.PcapHeader(le, packettest.PcapMicro, packettest.LinkRaw)
	for _, t := range ms {
		b = append(b, packettest.PcapRecord(le, t/1000, t%1000*1000, append(packettest.Query(fmt.Sprintf("%s%d", letter, t)), make([]byte, padding)...))...)
	}
	return b
}

// order returns what came, as "frame file name" with the number of the capture point.
func order(t *testing.T, sources ...Source) string {
	t.Helper()
	got, counters, err := rows(t, sources...)
	if err != nil || len(counters.Damage) > 0 {
		t.Fatal(err, counters.Damage)
	}
	var names []string
	frames := map[string]int{}
	for _, r := range got {
		if frames[r.File]++; r.File != "" && r.Frame != frames[r.File] {
			t.Errorf("frame %d of %s is its %d.", r.Frame, r.File, frames[r.File])
		}
		if !strings.HasPrefix(r.Name, r.File) {
			t.Errorf("%s is said to be from %s", r.Name, r.File)
		}
		names = append(names, r.Name)
	}
	return strings.Join(names, " ")
}

func TestTimelineMerge(t *testing.T) {
	tests := []struct {
		name  string
		files map[string][]int
		args  string
		want  string
	}{
		{"overlap", map[string][]int{"a": {1, 4, 5, 9, 10, 11}, "b": {2, 3, 6, 7, 8, 12}}, "a b",
			"a1 b2 b3 a4 a5 b6 b7 b8 a9 a10 a11 b12"},
		{"ring given in any order", map[string][]int{"a": {1, 2}, "b": {3, 4}, "c": {5}}, "c a b", "a1 a2 b3 b4 c5"},
		{"equal times in the order of beginning", map[string][]int{"a": {1, 2, 3, 4, 5}, "b": {1, 2, 3, 4, 5}}, "b a",
			"b1 a1 b2 a2 b3 a3 b4 a4 b5 a5"},
		{"not sorted inside a file", map[string][]int{"a": {1, 5, 3, 9, 11, 12}, "b": {4, 6, 10, 13, 14, 15}}, "a b",
			"a1 b4 a5 a3 b6 a9 b10 a11 a12 b13 b14 b15"},
		{"ring not sorted where it was cut", map[string][]int{"a": {1, 2, 5}, "b": {4, 3, 6}}, "a b", "a1 a2 a5 b4 b3 b6"},
		{"two rings", map[string][]int{"a1": {0, 20, 40, 60, 80}, "b1": {10, 30, 50, 70, 90}, "a2": {100, 120, 140}, "b2": {110, 130, 150}}, "a1 a2 b1 b2",
			"a10 b110 a120 b130 a140 b150 a160 b170 a180 b190 a2100 b2110 a2120 b2130 a2140 b2150"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sources []Source
			for _, name := range strings.Fields(tt.args) {
				sources = append(sources, source(name, msFile(name, tt.files[name]...)))
			}
			if got := order(t, sources...); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestTimelineOrigin holds which files are the same capture point.
func TestTimelineOrigin(t *testing.T) {
	var long []int
	for i := range 40 {
		long = append(long, i*100)
	}
	tests := []struct {
		name  string
		files []Source
		want  string // file=origin, in the order of the files
	}{
		{"ring", []Source{source("r1", msFile("", 1, 2)), source("r2", msFile("", 3, 4)), source("r3", msFile("", 5))}, "r1=0 r2=0 r3=0"},
		{"two hosts", []Source{source("x", msFile("", long...)), source("y", msFile("", long[4:]...))}, "x=0 y=1"},
		{"two hosts and their rings", []Source{
			source("x1", msFile("", 0, 20, 40, 60, 80)), source("x2", msFile("", 100, 120, 140, 160, 180)),
			source("y1", msFile("", 10, 30, 50, 70, 90)), source("y2", msFile("", 110, 130, 150, 170, 190)),
		}, "x1=0 x2=0 y1=1 y2=1"},
		{"one inside of the other", []Source{source("x", msFile("", long...)), source("y", msFile("", 1010, 1020))}, "x=0 y=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(t.Context(), Sink{}, Options{})
			label(tt.files)
			line, err := r.survey(tt.files)
			if err != nil {
				t.Fatal(err)
			}
			origins := map[string]int{}
			line.read(func(_ *pcap.Packet, origin int, file httpstream.File) { origins[file.String()] = origin })
			var got []string
			for _, f := range tt.files {
				got = append(got, fmt.Sprintf("%s=%d", f.Name, origins[f.Name]))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %s, want %s", s, tt.want)
			}
		})
	}
}

// TestRing cuts a capture into files and reads it as if it had never been cut.
func TestRing(t *testing.T) {
	var ms []int
	for i := range 200 {
		ms = append(ms, i*3+i%7) // not quite sorted
	}
	want := order(t, source("", msFile("", ms...)))
	for _, size := range []int{2, 3, 20, 77, 199} {
		var sources []Source
		for i := 0; i < len(ms); i += size {
			sources = append(sources, source("", msFile("", ms[i:min(i+size, len(ms))]...)))
		}
		if diff := cmp.Diff(want, order(t, sources...)); diff != "" {
			t.Errorf("files of %d packets: %s", size, diff)
		}
	}
}

// TestRingOpensLazily holds that a ring of a thousand files is never open all at once.
func TestRingOpensLazily(t *testing.T) {
	open, most := 0, 0
	var sources []Source
	for i := range 1000 {
		b := msFile("", i*10, i*10+5)
		sources = append(sources, Source{Name: "", Open: func() (io.ReadCloser, error) {
			open++
			most = max(most, open)
			return closer{bytes.NewReader(b), func() { open-- }}, nil
		}})
	}
	got, counters, err := rows(t, sources...)
	if err != nil || len(counters.Damage) > 0 || len(got) != 2000 {
		t.Fatal(err, counters.Damage, len(got))
	}
	if most > 2 || open != 0 {
		t.Errorf("%d files were open at a time, %d are still", most, open)
	}
}

type closer struct {
	io.Reader
	close func()
}

func (c closer) Close() error {
	c.close()
	return nil
}

func TestLiveSource(t *testing.T) {
	opened := 0
	live := Source{Name: "b", OpensOnce: true, Open: func() (io.ReadCloser, error) {
		opened++
		return io.NopCloser(bytes.NewReader(msFile("b", 2, 3, 6, 7, 8))), nil
	}}
	if got, want := order(t, source("a", msFile("a", 1, 4, 5, 9, 10)), live), "a1 b2 b3 a4 a5 b6 b7 b8 a9 a10"; got != want {
		t.Errorf("got %s", got)
	}
	if opened != 1 {
		t.Errorf("opened %d times", opened)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for name, b := range map[string][]byte{"b.pcap": msFile("", 2), "a.pcap": msFile("", 1), "readme.txt": []byte("hello"), ".hidden": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sources, err := Open([]string{dir, "-"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sources {
		got = append(got, fmt.Sprintln(filepath.Base(s.Name), s.FoundInDirectory, s.OpensOnce))
	}
	want := []string{"a.pcap true false\n", "b.pcap true false\n", "readme.txt true false\n", "- false true\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r, counters, err := rows(t, sources[:3]...)
	if err != nil || len(r) != 2 || len(counters.Damage) != 1 || !strings.Contains(counters.Damage[0].Text, "passed over") {
		t.Errorf("%v, %v, %v", r, counters.Damage, err)
	}
	if _, err := Open([]string{t.TempDir()}, nil); err == nil {
		t.Error("an empty directory is no error")
	}
	if _, err := Open([]string{filepath.Join(dir, "nothing")}, nil); err == nil {
		t.Error("a missing file is no error")
	}
}
