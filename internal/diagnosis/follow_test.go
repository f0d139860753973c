package diagnosis_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/internal/capturetest"
)

// stories are what happens on the link, each with a client of its own. %[1]s is its address,
// %[2]d a number.
var stories = []string{
	`
kdc %[1]s:60001 > 10.0.0.5:88 tgs-req HTTP/web.contoso.com
kdc %[1]s:60001 < 10.0.0.5:88 tgs-rep HTTP/web.contoso.com cname=user%[2]d@CONTOSO.COM
conn k%[2]d %[1]s:50001 > 10.0.0.20:80
> GET / HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
< WWW-Authenticate: NTLM

> GET / HTTP/1.1
> Host: web.contoso.com
> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}
< HTTP/1.1 200 OK
< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed token={aprep}}
wait 20s
> GET /page HTTP/1.1
> Host: web.contoso.com
< HTTP/1.1 200 OK
close client fin`,
	`
conn n%[2]d %[1]s:50002 > 10.0.0.21:80
> GET / HTTP/1.1
> Host: old.contoso.com
> Authorization: NTLM {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM {ntlm2}

> GET / HTTP/1.1
> Host: old.contoso.com
> Authorization: NTLM {ntlm3 user=user%[2]d}
< HTTP/1.1 200 OK`,
	`
conn f%[2]d %[1]s:50003 > 10.0.0.21:80
> GET /f HTTP/1.1
> Host: old.contoso.com
> Authorization: NTLM {ntlm1}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: NTLM {ntlm2}

> GET /f HTTP/1.1
> Host: old.contoso.com
> Authorization: NTLM {ntlm3 user=user%[2]d}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
< WWW-Authenticate: NTLM
wait 100s
close server fin`,
	`
conn c%[2]d %[1]s:50004 > 10.0.0.22:80
> GET /c HTTP/1.1
> Host: app.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Basic realm="x"
close server fin
wait 55s
conn d%[2]d %[1]s:50005 > 10.0.0.22:80
> GET /c HTTP/1.1
> Host: app.contoso.com
> Authorization: Basic {basic user%[2]d:x}
< HTTP/1.1 200 OK`,
	`
conn u%[2]d %[1]s:50006 > 10.0.0.23:80
> GET /nobody HTTP/1.1
> Host: api.contoso.com
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
wait 90s
close client fin`,
}

// A day is a capture of so many stories, as the records of a pcap file.
func day(tb testing.TB, count int, pause time.Duration) (head []byte, records [][]byte) {
	tb.Helper()
	var script strings.Builder
	script.WriteString("time 2026-11-23T00:00:00Z\n")
	for i := range count {
		client := fmt.Sprintf("10.1.%d.%d", i/200, 1+i%200)
		fmt.Fprintf(&script, stories[i%len(stories)]+"\n", client, i)
		fmt.Fprintf(&script, "wait %s\n", pause)
	}
	c, err := capturetest.Parse(script.String())
	if err != nil {
		tb.Fatal(err)
	}
	data := c.Pcap()
	head, data = data[:24], data[24:]
	for len(data) > 0 {
		n := 16 + int(binary.LittleEndian.Uint32(data[8:]))
		records, data = append(records, data[:n]), data[n:]
	}
	return head, records
}

// A writer writes the files of a ring while somebody follows it: a bit more whenever that one
// waits.
type writer struct {
	tb    testing.TB
	dir   string
	names func(n int) string
	keep  int // files, before the oldest is deleted; 0 for all
	rnd   *rand.Rand
	files [][]byte // what each will hold

	n, at   int // the file, and how much of it is written
	written []string
	pauses  int // still to be made without anything
	linger  int // the same at the end
	begun   func(n int)
	end     func()
}

// after does what time.After does, for who follows.
func (w *writer) after(time.Duration) <-chan time.Time {
	again := make(chan time.Time, 1)
	again <- time.Time{}
	switch {
	case w.pauses > 0:
		w.pauses--
	case w.n == len(w.files) && w.linger > 0:
		w.linger--
	case w.n == len(w.files):
		w.end()
	default:
		w.write()
		if w.rnd.IntN(40) == 0 {
			w.pauses = 10
		}
	}
	return again
}

func (w *writer) write() {
	data := w.files[w.n]
	n := min(1+w.rnd.IntN(20_000), len(data)-w.at)
	path := filepath.Join(w.dir, w.names(w.n))
	how := os.O_APPEND | os.O_WRONLY
	if w.at == 0 {
		how = os.O_CREATE | os.O_TRUNC | os.O_WRONLY
		w.written = append(w.written, path)
		if w.begun != nil {
			w.begun(w.n)
		}
	}
	f, err := os.OpenFile(path, how, 0o600)
	if err != nil {
		w.tb.Error(err)
		w.end()
		return
	}
	f.Write(data[w.at : w.at+n])
	f.Close()
	if w.at += n; w.at < len(data) {
		return
	}
	w.n, w.at = w.n+1, 0
	if w.keep > 0 && len(w.written) > w.keep {
		os.Remove(w.written[0])
		w.written = w.written[1:]
	}
}

// A followed is what came of a capture that was followed.
type followed struct {
	report      *analysis.Report
	handshakes  []string // as they were handed out
	findings    []string
	provisional map[int]int // handshakes that were shown before they were final, and how often
	early       []string    // findings on none that were shown before they were final
	before      int         // of these, how many came before any finding that is final
	wrong       []string
}

func newFollowed(segment int) (*followed, correlate.Options) {
	f := &followed{provisional: map[int]int{}}
	ids := map[int]bool{}
	return f, correlate.Options{
		Checks: checks.All(), Segment: segment,
		Sink: analysis.Sink{
			Handshake: func(h *analysis.Handshake) {
				if ids[h.ID] {
					f.wrong = append(f.wrong, fmt.Sprintf("handshake %d comes twice", h.ID))
				}
				ids[h.ID] = true
				f.handshakes = append(f.handshakes, keyOf(h))
			},
			Finding: func(x *analysis.Finding) { f.findings = append(f.findings, textOfFinding(x)) },
			Provisional: func(h *analysis.Handshake, found []*analysis.Finding) {
				if h == nil {
					for _, x := range found {
						f.early = append(f.early, textOfFinding(x))
					}
					if len(f.findings) == 0 {
						f.before = len(f.early)
					}
					return
				}
				if f.provisional[h.ID]++; ids[h.ID] {
					f.wrong = append(f.wrong, fmt.Sprintf("handshake %d is shown after it was final", h.ID))
				}
			},
		},
	}
}

func textOfFinding(x *analysis.Finding) string {
	return fmt.Sprint(x.Check, " ", x.Severity, " ", x.Evidence, " ", x.Message, " ", x.Client, " ", x.Time)
}

func keyOf(h *analysis.Handshake) string {
	return fmt.Sprint(h.Start.File, " ", h.Frames, " ", h.Client, " ", h.Host, " ", h.Mechanism, " ", h.Outcome, " ", h.User, " ", h.SPN, " ", len(h.Legs))
}

// follow follows a path until the writer ends.
func follow(tb testing.TB, path string, stdin io.Reader, w *writer, segment int) *followed {
	tb.Helper()
	f, o := newFollowed(segment)
	followTo(tb, path, stdin, w, f, o)
	for _, text := range f.wrong {
		tb.Error(text)
	}
	return f
}

// followTo is follow with what takes the results.
func followTo(tb testing.TB, path string, stdin io.Reader, w *writer, f *followed, o correlate.Options) {
	tb.Helper()
	o.Live = true
	trace := correlate.NewTrace(o)
	ctx, cancel := context.WithCancel(tb.Context())
	defer cancel()
	w.end = cancel
	counters, err := capture.Follow(ctx, path, stdin, capture.Sink{
		Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
		CaptureTime: trace.CaptureTime, CaughtUp: trace.CaughtUp,
	}, capture.Options{}, w.after)
	if err != nil {
		tb.Error(err)
	}
	f.report = trace.Report(counters)
}

// atOnce reads all files of a ring at once.
func atOnce(tb testing.TB, files [][]byte, names func(int) string, segment int) *followed {
	tb.Helper()
	var sources []capture.Source
	for i, data := range files {
		sources = append(sources, capture.Source{
			Name: names(i), Size: int64(len(data)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		})
	}
	f, o := newFollowed(segment)
	trace := correlate.NewTrace(o)
	counters, err := capture.Read(tb.Context(), sources, capture.Sink{
		Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS, Files: trace.Files,
	}, capture.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	f.report = trace.Report(counters)
	return f
}

// ringOf cuts records into files of about the same length.
func ringOf(head []byte, records [][]byte, files int) [][]byte {
	var all [][]byte
	for part := range slices.Chunk(records, (len(records)+files-1)/files) {
		all = append(all, append(slices.Clone(head), bytes.Join(part, nil)...))
	}
	return all
}

// same reports what is in one list and not in the other.
func same(tb testing.TB, what string, got, want []string) {
	tb.Helper()
	missing := map[string]int{}
	for _, s := range want {
		missing[s]++
	}
	for _, s := range got {
		missing[s]--
	}
	for _, s := range slices.Sorted(func(yield func(string) bool) {
		for s, n := range missing {
			if n != 0 && !yield(fmt.Sprintf("%+d %s", -n, s)) {
				return
			}
		}
	}) {
		tb.Errorf("%s: %s", what, s)
	}
}

// TestFollowDay follows the ring of a day, an hour in each file, and holds that it comes to
// the same as reading all files at once.
func TestFollowDay(t *testing.T) {
	const count = 180
	head, records := day(t, count, 8*time.Minute)
	files := ringOf(head, records, 24)
	names := func(n int) string { return fmt.Sprintf("ring_%05d.pcap", n) }
	w := &writer{tb: t, dir: t.TempDir(), names: names, keep: 3, rnd: rand.New(rand.NewPCG(1, 1)), files: files}
	got := follow(t, w.dir, nil, w, 0)
	in := func(n int) string { return filepath.Join(w.dir, names(n)) }
	want := atOnce(t, files, in, 0)
	if len(want.handshakes) != count {
		t.Errorf("%d handshakes of %d stories", len(want.handshakes), count)
	}
	same(t, "handshake", got.handshakes, want.handshakes)
	same(t, "finding", got.findings, want.findings)
	if len(got.report.Summary.Damage) > 0 {
		t.Error(got.report.Summary.Damage)
	}
	t.Log(len(got.provisional), "were shown before they were final")
}
