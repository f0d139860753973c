package exports

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/capture/export"
	"negotrace/capture/redact/pseudonym"
	"negotrace/tokens/mask"
)

// newRedactor returns a Redactor with rules for a few header lines: those that tests look at.
func newRedactor() *Redactor {
	names := pseudonym.New(pseudonym.Options{})
	r := &Redactor{Names: names, Mask: mask.Names{
		Name:    func(_ mask.Kind, name string) string { return names.Text(name) },
		URI:     names.URL,
		Noise:   func(dst, secret []byte) { copy(dst, names.Opaque(secret)) },
		Address: func(a netip.Addr) netip.Addr { return names.Addr(a) },
	}}
	r.Field = func(name, value string) (string, string) {
		switch strings.ToLower(name) {
		case "authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate":
			value, _ = r.Mask.Header(value)
		case "host":
			value = names.Host(value)
		case "referer", "origin", "location":
			value = names.URL(value)
		case "content-length", "connection", "proxy-connection", "content-type", "server", "user-agent", "date", "persistent-auth", "via",
			"proxy-support", "x-powered-by", "content-encoding", "transfer-encoding", "keep-alive", "upgrade", "proxy-authentication-info":
		default:
			value = names.OpaqueText(value)
		}
		return name, value
	}
	r.Words = func(b []byte) {
		for _, word := range regexp.MustCompile(`[A-Za-z\x80-\xff]+`).FindAllIndex(b, -1) {
			part := b[word[0]:word[1]]
			if !slices.Contains([]string{"Server", "not", "found", "in", "Kerberos", "database",
				"Unauthorized", "Proxy", "Authentication", "Required", "OK", "Connection", "established", "Established"}, string(part)) {
				copy(part, bytes.Repeat([]byte("x"), len(part)))
			}
		}
	}
	return r
}

// redacted returns what becomes of an export.
func redacted(t testing.TB, r *Redactor, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var err error
	switch {
	case export.IsSAZ(b):
		err = r.SAZ(bytes.NewReader(b), int64(len(b)), &out)
	case export.IsNetLog(b[:min(len(b), 64<<10)]):
		err = r.NetLog(bytes.NewReader(b), &out)
	default:
		err = r.HAR(bytes.NewReader(b), &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestExports redacts every export of testdata, and of the directories that
// NEGOTRACE_CAPTURES names, separated as in PATH. What it becomes must say the same, with
// other names, and hold nothing of what was replaced.
func TestExports(t *testing.T) {
	files := exportFiles(t)
	if len(files) < 20 {
		t.Fatalf("%d exports found", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := newRedactor()
			out := redacted(t, r, b)
			before, err := read(b)
			if err != nil {
				t.Skip(err)
			}
			after, err := read(out)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(summary(before, r.Names.Text), summary(after, func(s string) string { return s })); diff != "" {
				t.Errorf("-original +redacted\n%s", diff)
			}
			texts := []byte(strings.Join(values(t, out), "\n"))
			for _, p := range r.Names.Words() {
				isHeader := p.Original == "proxy" // of Proxy-Authenticate
				if len(p.Original) > 4 && strings.Trim(p.Original, "0123456789") != "" && !isHeader {
					absent(t, texts, p.Original)
				}
			}
			if len(r.Counts.LeftOut) > 0 {
				t.Log(r.Counts.LeftOut)
			}
		})
	}
}

func exportFiles(t *testing.T) (all []string) {
	dirs := append([]string{"../../../testdata"}, filepath.SplitList(os.Getenv("NEGOTRACE_CAPTURES"))...)
	for _, dir := range dirs {
		for _, ending := range []string{"har", "netlog.json", "saz"} {
			files, err := filepath.Glob(filepath.Join(dir, "*"+ending))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, files...)
		}
	}
	return all
}

// read makes the report of a file.
func read(b []byte) (*analysis.Report, error) {
	source := capture.Source{Name: "a", Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
	counters, err := capture.Read(context.Background(), []capture.Source{source}, capture.Sink{
		Files: trace.Files, Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
	}, capture.Options{})
	if err != nil {
		return nil, err
	}
	return trace.Report(counters), nil
}

// summary says what a report says of handshakes, findings and differentials.
func summary(r *analysis.Report, name func(string) string) (all []string) {
	all = append(all, fmt.Sprint(r.Summary.Packets, r.Summary.Requests, r.Summary.Responses))
	for _, h := range r.Handshakes {
		all = append(all, fmt.Sprintln("handshake", h.ID, h.Target, h.Scheme, h.Mechanism, h.Outcome, h.OutcomeEvidence, name(h.User), name(h.SPN), name(h.Host), len(h.Legs)))
		for _, c := range h.Candidates {
			all = append(all, fmt.Sprintln("  candidate", c.Check, c.Status))
		}
	}
	for _, f := range r.Findings {
		all = append(all, fmt.Sprintln("finding", f.Check, f.Severity, f.Evidence, f.Variant, f.Handshake, f.Frame))
	}
	return all
}

// absent holds that a name is not in a text, in any of the forms in which it could be.
func absent(t *testing.T, out []byte, name string) {
	t.Helper()
	lower := bytes.ToLower(out)
	var wide []byte
	for _, c := range []byte(name) {
		wide = append(wide, c, 0)
	}
	for form, b := range map[string][]byte{"plain": []byte(name), "UTF-16": wide, "hex": []byte(hex.EncodeToString([]byte(name)))} {
		if bytes.Contains(lower, b) {
			t.Errorf("%q is still there: %s", name, form)
		}
	}
	for _, cased := range []string{name, strings.ToUpper(name)} {
		for shift := range 3 {
			text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), cased...))
			text = text[(shift*8+5)/6 : (shift+len(cased))*8/6]
			if len(text) > 5 && bytes.Contains(out, []byte(text)) {
				t.Errorf("%q is still there: base64 at %d", name, shift)
			}
		}
	}
}

// values are the strings of an export, without the names of members and constants: a host may
// be called like one.
func values(t *testing.T, b []byte) (all []string) {
	if export.IsSAZ(b) {
		return texts(t, b)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			all = append(all, v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for name, e := range v {
				if name != "constants" && name != "target" { // which is "server" or "proxy"
					walk(e)
				}
			}
		}
	}
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		var v any
		if err := d.Decode(&v); err == io.EOF {
			return all
		} else if err != nil { // cut, as the original is
			return append(all, string(b))
		}
		walk(v)
	}
}

// TestStaysJSON holds that what is written can be read by everybody.
func TestStaysJSON(t *testing.T) {
	for _, file := range exportFiles(t) {
		b, err := os.ReadFile(file)
		if err != nil || !json.Valid(b) {
			continue
		}
		if out := redacted(t, newRedactor(), b); !json.Valid(out) {
			t.Errorf("%s became something that is no JSON", file)
		}
	}
}
