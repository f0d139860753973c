package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
)

// A recording is a real capture of testdata.
type recording struct {
	name string // of the file, without its suffix
	path string
	flag []string // --keylog and --keytab, where such a file lies beside it
	// whole is its report as JSON, with these flags; it is made when a test first asks.
	whole func() (string, error)
}

// recordings returns the captures of packets in testdata.
func recordings(t *testing.T) []recording {
	t.Helper()
	all := testdata()
	if len(all) == 0 {
		t.Fatal("no captures in testdata")
	}
	return all
}

// some returns the captures of tests that change all they look at: every fifth, unless all are
// asked for. What they change does not depend on what is in the capture.
func some(t *testing.T) []recording {
	t.Helper()
	var chosen []recording
	for i, r := range recordings(t) {
		if i%testcost.Step(5) == 0 {
			chosen = append(chosen, r)
		}
	}
	return chosen
}

var testdata = sync.OnceValue(func() []recording {
	paths, _ := filepath.Glob("../../testdata/*.pcapng") // the pattern is right
	var all []recording
	for _, path := range paths {
		r := recording{name: strings.TrimSuffix(filepath.Base(path), ".pcapng"), path: path}
		for _, kind := range []string{"keylog", "keytab"} {
			if file := strings.TrimSuffix(path, "pcapng") + kind; exists(file) {
				r.flag = append(r.flag, "--"+kind, file)
			}
		}
		r.flag = slices.Clip(r.flag) // tests append to it side by side
		r.whole = sync.OnceValues(func() (string, error) {
			report, _, err := reportOf(context.Background(), "json", append(r.flag, r.path))
			return report, err
		})
		all = append(all, r)
	}
	return all
})

// report returns the report of the capture as JSON.
func (r recording) report(t *testing.T) string {
	t.Helper()
	report, err := r.whole()
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// take takes the packets out of the capture.
func (r recording) take(t *testing.T) *capturetest.Recording {
	t.Helper()
	b, err := os.ReadFile(r.path)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := capturetest.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// analyse runs negotrace over files and returns its report and its complaints.
func analyse(t *testing.T, format string, args ...string) (report, complaints string) {
	t.Helper()
	report, complaints, err := reportOf(t.Context(), format, args)
	if err != nil {
		t.Fatal(err)
	}
	return report, complaints
}

func reportOf(ctx context.Context, format string, args []string) (report, complaints string, err error) {
	var out, diag bytes.Buffer
	args = append([]string{"--format", format, "--fail-on", "never"}, args...)
	if status := run(ctx, args, noEnv, nil, &out, &diag); status != 0 {
		err = fmt.Errorf("%q: exit status %d\n%s", args, status, diag.String())
	}
	return withoutInputs(out.String()), diag.String(), err
}

// withoutInputs returns a report without its inputs, which differ where nothing else does.
func withoutInputs(report string) string {
	before, rest, found := strings.Cut(report, "  \"inputs\": [\n")
	if !found {
		return report
	}
	_, after, _ := strings.Cut(rest, "\n  ],\n")
	return before + after
}

func write(t *testing.T, path string, b []byte) string {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// edited returns what a JSON text holds, with every object of it changed.
func edited(t *testing.T, text string, change func(map[string]any)) any {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			change(v)
			for _, e := range v {
				walk(e)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	return v
}

// TestRing cuts every third capture into five rotated files: their report is that of the
// whole, though they are given in another order. Of every thirtieth capture they are also
// given in order, and as a directory.
func TestRing(t *testing.T) {
	for i, r := range some(t) {
		if i%3 > 0 {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			whole := renumbered(t, r.report(t), nil)
			dir := t.TempDir()
			var files []string
			before := map[string]int{} // packets in front of each file
			n := 0
			for i, part := range r.take(t).Cut(5) {
				before[fmt.Sprintf("ring.pcapng%d", i)] = n
				n += len(part.Packets)
				files = append(files, write(t, filepath.Join(dir, fmt.Sprintf("ring.pcapng%d", i)), part.Pcapng(binary.LittleEndian)))
			}
			mixed := append(append([]string{}, files[len(files)/2:]...), files[:len(files)/2]...)
			given := map[string][]string{"in another order": mixed}
			if i%30 == 0 {
				given["in order"], given["a directory"] = files, []string{dir}
			}
			for name, args := range given {
				report, complaints := analyse(t, "json", append(r.flag, args...)...)
				if got := renumbered(t, report, before); complaints != "" || !reflect.DeepEqual(got, whole) {
					t.Errorf("%s: %s\n%s", name, complaints, cmp.Diff(whole, got))
				}
			}
		})
	}
}

// renumbered returns a report of several files as that of one which holds them all.
func renumbered(t *testing.T, report string, before map[string]int) any {
	t.Helper()
	report = regexp.MustCompile(`frame (\d+) of (ring\.pcapng\d)`).ReplaceAllStringFunc(report, func(text string) string {
		var frame int
		var file string
		fmt.Sscanf(text, "frame %d of %s", &frame, &file)
		return fmt.Sprintf("frame %d", frame+before[file])
	})
	number := func(n any, file any) json.Number {
		frame, _ := n.(json.Number).Int64()
		name, _ := file.(string)
		return json.Number(strconv.Itoa(int(frame) + before[filepath.Base(name)]))
	}
	return edited(t, report, func(object map[string]any) {
		if _, isFinding := object["message"]; isFinding {
			frames := []json.Number{}
			for _, n := range asList(object["frames"]) {
				frames = append(frames, number(n, object["file"]))
			}
			for _, at := range asList(object["also"]) {
				frames = append(frames, number(at.(map[string]any)["frame"], at.(map[string]any)["file"]))
			}
			slices.Sort(frames)
			object["shown"] = frames
		}
		for _, member := range [][2]string{{"frame", "file"}, {"last_frame", "last_file"}} {
			if n := object[member[0]]; n != nil {
				object[member[0]] = number(n, object[member[1]])
			}
		}
		for _, member := range []string{"file", "last_file", "files", "inputs", "frames", "also", "filter"} {
			delete(object, member)
		}
	})
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

// TestCompressed reads every third capture as gzip or as zstd.
func TestCompressed(t *testing.T) {
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	pack := map[string]func([]byte) []byte{
		"gzip": func(b []byte) []byte {
			var packed bytes.Buffer
			z, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed) // a level that there is
			z.Write(b)
			z.Close()
			return packed.Bytes()
		},
		"zstd": func(b []byte) []byte { return encoder.EncodeAll(b, nil) },
	}
	dir := t.TempDir()
	for i, r := range some(t) {
		if i%3 > 0 {
			continue
		}
		name := []string{"gzip", "zstd"}[i%2]
		t.Run(r.name+" as "+name, func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(r.path)
			if err != nil {
				t.Fatal(err)
			}
			whole := r.report(t)
			file := write(t, filepath.Join(dir, r.name), pack[name](b))
			if got, complaints := analyse(t, "json", append(r.flag, file)...); got != whole || complaints != "" {
				t.Errorf("%s\n%s", complaints, cmp.Diff(whole, got))
			}
		})
	}
}

// TestFormats reads captures in every packet format and on every kind of link; each of
// these carries a few of the captures.
func TestFormats(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	// ARP has no place on links without an EtherType: there it is an empty packet.
	decoded := func(t *testing.T, report string) any { return unwrapped(t, report, nil, "undecoded") }
	dir := t.TempDir()
	for i, r := range some(t) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			plain := decoded(t, r.report(t))
			rec := r.take(t)
			links := rec.Relinked()
			file := filepath.Join(dir, r.name)
			for j, form := range append(slices.Sorted(maps.Keys(links)), "pcap", "pcap, big-endian", "pcapng, big-endian") {
				if (i+j)%testcost.Count(36, 30) > 0 {
					continue
				}
				var b []byte
				switch form {
				case "pcap":
					b = rec.Pcap(le)
				case "pcap, big-endian":
					b = rec.Pcap(be)
				case "pcapng, big-endian":
					b = rec.Pcapng(be)
				default:
					b = links[form]().Pcapng(le)
				}
				write(t, file, b)
				report, complaints := analyse(t, "json", append(r.flag, file)...)
				if got := decoded(t, report); complaints != "" || !reflect.DeepEqual(got, plain) {
					t.Errorf("%s: %s\n%s", form, complaints, cmp.Diff(plain, got))
				}
			}
		})
	}
}

// TestEncapsulated puts captures into tunnels and fragments: nothing changes but the
// numbers of the packets that became several. Each tunnel carries a few of the
// captures: what is inside does not depend on what is around it.
func TestEncapsulated(t *testing.T) {
	dir := t.TempDir()
	for i, r := range some(t) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			plain := unwrapped(t, r.report(t), nil)
			rec := r.take(t)
			file := filepath.Join(dir, r.name+".pcapng")
			for j, w := range capturetest.Wrappings() {
				if (i+j)%testcost.Count(36, 30) > 0 {
					continue
				}
				wrapped, from := rec.Wrap(w)
				write(t, file, wrapped.Pcapng(binary.LittleEndian))
				report, complaints := analyse(t, "json", append(r.flag, file)...)
				if got := unwrapped(t, report, from); complaints != "" || !reflect.DeepEqual(got, plain) {
					t.Errorf("%s: %s\n%s", w.Name, complaints, cmp.Diff(plain, got))
				}
			}
		})
	}
}

// unwrapped returns a report with the numbers of the packets that the wrapped ones came from,
// without what depends on the wrapping and what else is named.
func unwrapped(t *testing.T, report string, from []int, without ...string) any {
	t.Helper()
	was := func(n string) string {
		i, err := strconv.Atoi(n)
		if err != nil || i < 1 || i > len(from) {
			return n
		}
		return strconv.Itoa(from[i-1])
	}
	return edited(t, report, func(object map[string]any) {
		for _, key := range append(without, "packets", "bytes", "filter") {
			delete(object, key)
		}
		for key, v := range object {
			switch v := v.(type) {
			case []any:
				for i := range v {
					if n, ok := v[i].(json.Number); ok && key == "frames" {
						v[i] = json.Number(was(n.String()))
					}
				}
			case json.Number:
				if strings.HasSuffix(key, "frame") {
					object[key] = json.Number(was(v.String()))
				}
			case string:
				object[key] = inText.ReplaceAllStringFunc(v, func(s string) string { return "frame " + was(s[len("frame "):]) })
			}
		}
	})
}

// inText is how sentences name a frame.
var inText = regexp.MustCompile(`frame [0-9]+`)

// TestEmbeddedSecrets puts the key log of each capture into the file itself.
func TestEmbeddedSecrets(t *testing.T) {
	file, tried := filepath.Join(t.TempDir(), "embedded.pcapng"), 0
	for _, r := range recordings(t) {
		keylog, err := os.ReadFile(strings.TrimSuffix(r.path, "pcapng") + "keylog")
		if err != nil {
			continue
		}
		tried++
		want, rec := r.report(t), r.take(t)
		rec.Secrets = keylog
		write(t, file, rec.Pcapng(binary.LittleEndian))
		var keytab []string
		if i := slices.Index(r.flag, "--keytab"); i >= 0 {
			keytab = r.flag[i : i+2]
		}
		if got, complaints := analyse(t, "json", append(keytab, file)...); got != want || complaints != "" {
			t.Errorf("%s: %s\n%s", r.name, complaints, cmp.Diff(want, got))
		}
	}
	if tried == 0 {
		t.Error("no capture has a key log")
	}
}

// TestKeysMissing opens captures of TLS without their keys, and with those of another:
// that is said once for each host, with what to do.
func TestKeysMissing(t *testing.T) {
	var others []string
	for _, r := range recordings(t) {
		keylog := strings.TrimSuffix(r.path, "pcapng") + "keylog"
		if !exists(keylog) {
			continue
		}
		out, _ := analyse(t, "json", r.path)
		said := map[string]int{}
		for _, f := range decode(t, out).Findings {
			if f.Variant == "tls-not-decrypted" {
				said[f.Message]++
			}
		}
		for host, n := range decode(t, out).Summary.TLSClosed {
			message := fmt.Sprintf("TLS to %s could not be opened: no keys (%d connections)", host, n)
			if n == 1 {
				message = fmt.Sprintf("TLS to %s could not be opened: no keys (1 connection)", host)
			}
			if said[message] != 1 {
				t.Errorf("%s: %q is said %d times", r.name, message, said[message])
			}
		}
		if len(said) == 0 {
			t.Errorf("%s: without keys nothing is said", r.name)
		}
		if table, _ := analyse(t, "table", r.path); strings.Count(table, "negotrace --keylog keys.log FILE") != 1 {
			t.Errorf("%s: advice to give a key log:\n%s", r.name, table)
		}
		if others = append(others, keylog); len(others) == 1 {
			continue
		}
		const none = "belongs to a connection of this capture"
		if out, _ := analyse(t, "json", "--keylog", others[len(others)-2], r.path); !strings.Contains(out, none) {
			t.Errorf("%s with the key log of another: nothing is said of it", r.name)
		}
		if out, _ := analyse(t, "json", append(r.flag, "--keylog", others[len(others)-2], r.path)...); strings.Contains(out, none) {
			t.Errorf("%s with its own key log and another: said to have none", r.name)
		}
	}
}

// The contents of a report are what tests look at.
type contents struct {
	Summary struct {
		TLSClosed   map[string]int `json:"tls_closed"`
		Limitations []struct{ Kind, Text string }
		Damage      []struct{ Text string }
	}
	Handshakes []handshake
	Findings   []struct {
		Check, Variant, Severity, Message, File string
		Frame                                   int
	}
}

type handshake struct {
	Side, Scheme, Mechanism, Outcome, Host, User, SPN string
	Start                                             struct{ File string }
}

func decode(t *testing.T, report string) contents {
	t.Helper()
	var r contents
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTwoHosts reads captures of one event from two hosts: each row and each finding
// names the file that it is from, in JSON and in the table.
func TestTwoHosts(t *testing.T) {
	pairs, err := filepath.Glob("../../testdata/*.backend.pcapng")
	if err != nil || len(pairs) == 0 {
		t.Fatal("no pairs of captures in testdata", err)
	}
	for _, back := range pairs {
		front := strings.TrimSuffix(back, ".backend.pcapng") + ".pcapng"
		out, _ := analyse(t, "json", front, back)
		r := decode(t, out)
		from := map[string]int{}
		for i, h := range r.Handshakes {
			from[h.Start.File]++
			if h.Start.File != front && h.Start.File != back {
				t.Errorf("%s: handshake %d is from %q", front, i+1, h.Start.File)
			}
		}
		one, _ := analyse(t, "json", front)
		other, _ := analyse(t, "json", back)
		if got, want := from[front], len(decode(t, one).Handshakes); got != want {
			t.Errorf("%s: %d handshakes, alone %d", front, got, want)
		}
		if got, want := from[back], len(decode(t, other).Handshakes); got != want {
			t.Errorf("%s: %d handshakes, alone %d", back, got, want)
		}
		for _, f := range r.Findings {
			if f.Frame > 0 && f.File == "" {
				t.Errorf("%s: %s at frame %d of an unknown file", front, f.Check, f.Frame)
			}
		}
		table, _ := analyse(t, "table", "--width", "200", front, back)
		for _, want := range []string{"File A: " + front + " (pcapng, ", "File B: " + back, "#  File  Time", " of " + filepath.Base(front)} {
			if !strings.Contains(table, want) {
				t.Errorf("%s: the table does not say %q:\n%s", front, want, table)
			}
		}
	}
}

// TestInterrupted reads from a pipe that nobody closes, by its name and as standard
// input: at the interrupt there is a report of what came so far. More than a pipe and the blocks that
// are read ahead hold stands behind the packets, so that these were read when all is written.
func TestInterrupted(t *testing.T) {
	capture, err := os.ReadFile("../../testdata/ntlm-scheme.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := analyse(t, "json", "../../testdata/ntlm-scheme.pcapng")
	custom := append([]byte("\xad\x0b\x00\x00\x00\x10\x00\x00"), make([]byte, 0x1000-12)...)
	behind := bytes.Repeat(append(custom, "\x00\x10\x00\x00"...), 512)
	for _, name := range []string{"standard input", "named pipe"} {
		t.Run(name, func(t *testing.T) {
			from, to, path := pipe(t, name)
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			go func() {
				to.Write(capture)
				to.Write(behind)
				interrupt()
			}()
			var out, diag bytes.Buffer
			args := []string{"--format", "json", "--fail-on", "never", path}
			if status := run(ctx, args, noEnv, from, &out, &diag); status != 0 {
				t.Errorf("exit status %d\n%s", status, diag.String())
			}
			want, got := decode(t, whole), decode(t, out.String())
			if d := cmp.Diff(want.Handshakes, got.Handshakes); d != "" {
				t.Errorf("handshakes:\n%s", d)
			}
			if len(got.Summary.Damage) != 1 || !strings.Contains(diag.String(), "reading was interrupted") {
				t.Errorf("damage %v\n%s", got.Summary.Damage, diag.String())
			}
		})
	}
}

// TestInterruptedEarly interrupts before anything came.
func TestInterruptedEarly(t *testing.T) {
	from, _, _ := pipe(t, "standard input")
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	var out, diag bytes.Buffer
	status := run(ctx, []string{"-"}, noEnv, from, &out, &diag)
	if status != notAnalysed || out.Len() > 0 || !strings.Contains(diag.String(), "interrupted before anything came") {
		t.Errorf("exit status %d\n%s", status, diag.String())
	}
}

// pipe returns the two ends of a pipe, and what it is called as an argument.
func pipe(t *testing.T, kind string) (from, to *os.File, name string) {
	t.Helper()
	var err error
	if name = "-"; kind == "named pipe" {
		name = filepath.Join(t.TempDir(), "pipe")
		makePipe(t, name)
		to, err = os.OpenFile(name, os.O_RDWR, 0) // for writing alone it would wait for a reader
	} else {
		from, to, err = os.Pipe()
		t.Cleanup(func() { from.Close() })
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { to.Close() })
	return from, to, name
}
