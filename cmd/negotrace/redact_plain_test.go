package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
)

// outcomesOf analyses a file, and returns who authenticated how, and with which outcome.
func outcomesOf(t *testing.T, args ...string) (all []string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	run(t.Context(), append([]string{"--format", "json"}, args...), noEnv, nil, &stdout, &stderr)
	var r struct {
		Handshakes []struct{ Side, Scheme, Mechanism, Outcome string }
	}
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	for _, h := range r.Handshakes {
		all = append(all, h.Side+" "+h.Scheme+" "+h.Mechanism+" "+h.Outcome)
	}
	return all
}

// TestRedactOpensTLS redacts captures with their key logs: what was in TLS can be read without
// keys, and is what it was. redact itself holds that the whole report is the same. Where all is
// tested, tshark reads what was written, too.
func TestRedactOpensTLS(t *testing.T) {
	t.Parallel()
	var files []string
	for _, dir := range append(filepath.SplitList(os.Getenv(capturesVariable)), "../../testdata") {
		more, err := filepath.Glob(filepath.Join(dir, "*.keylog"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	for i, keys := range files {
		seen := slices.ContainsFunc([]string{"testdata/h2-kerberos", "tls13-ntlm"}[:testcost.Count(0, 2)], func(name string) bool { return strings.Contains(keys, name) }) // by tshark, too
		if !seen && i%testcost.Step(7) > 0 {
			continue
		}
		in, out := strings.TrimSuffix(keys, ".keylog")+".pcapng", filepath.Join(t.TempDir(), "out.pcapng")
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), []string{"redact", in, "--keylog", keys, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
			t.Errorf("%s: %s", in, stderr.String())
			continue
		}
		want, got := outcomesOf(t, in, "--keylog", keys), outcomesOf(t, out)
		if len(want) == 0 || strings.Join(want, "\n") != strings.Join(got, "\n") {
			t.Errorf("%s: %q became %q", in, want, got)
		}
		if !strings.Contains(stdout.String(), "connections to port 80") || strings.Contains(stdout.String(), "missing in it") {
			t.Errorf("%s: the manifest says %s", in, stdout.String())
		}
		if program, err := exec.LookPath("tshark"); err == nil && seen {
			checkTshark(t, program, out)
		}
	}
}

// checkTshark holds that tshark reads HTTP without keys, and finds nothing wrong.
func checkTshark(t *testing.T, program, file string) {
	t.Helper()
	text, err := exec.Command(program, "-r", file, "-o", "tcp.check_checksum:TRUE", "-Y", "tcp.port == 80", "-T", "fields", "-e", "http.response.code",
		"-e", "http2.headers.status", "-e", "tcp.checksum.status", "-e", "_ws.malformed", "-e", "tcp.analysis.flags").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte("401")) || !bytes.Contains(text, []byte("200")) {
		t.Errorf("%s: tshark reads no HTTP: %s", file, text)
	}
	for l := range strings.Lines(string(text)) {
		if fields := strings.Split(strings.TrimSuffix(l, "\n"), "\t"); fields[2] != "1" || fields[3] != "" || fields[4] != "" {
			t.Errorf("%s: %q", file, l)
		}
	}
}

// TestRedactSecretsInside redacts a capture that brings its own secrets, and HTTP/2 without
// TLS: both are opened, and no secret is left.
func TestRedactSecretsInside(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse(`
conn 1 10.0.0.10:50001 > 10.0.0.20:443 tls h2 sni=web.contoso.com
> GET /one HTTP/1.1
> Host: web.contoso.com
> Authorization: Basic {basic brunhilde:secret}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Basic realm="contoso"
<
< access denied for brunhilde
conn 2 10.0.0.10:50002 > 10.0.0.20:8080 h2
> GET /two HTTP/1.1
> Host: web.contoso.com
> Cookie: brunhilde=valkyrie
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
`)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, b := range map[string][]byte{"in.pcapng": c.With(capturetest.Secrets).Pcapng(), "in.pcap": c.Pcap()} {
		in, out := filepath.Join(dir, name), filepath.Join(dir, "out-"+name)
		if err := os.WriteFile(in, b, 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
			t.Fatalf("%s: %s", name, stderr.String())
		}
		text := mustRead(t, out)
		for _, gone := range []string{"CLIENT_", "contoso", "brunhilde", "valkyrie", "/one", "/two"} {
			if bytes.Contains(text, []byte(gone)) {
				t.Errorf("%s: %q is left", name, gone)
			}
		}
		for stays, want := range map[string]bool{":status\x03401": true, "access denied for": name == "in.pcapng"} {
			if bytes.Contains(text, []byte(stays)) != want {
				t.Errorf("%s: %q is there: %v", name, stays, !want)
			}
		}
	}
}

// TestRedactOpensSome redacts captures of which the keys open one connection and not the others, or none.
func TestRedactOpensSome(t *testing.T) {
	t.Parallel()
	const right, other = "../../testdata/binding-right", "../../testdata/tls12-kerberos"
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pcapng")
	if err := os.WriteFile(in, slices.Concat(mustRead(t, right+".pcapng"), mustRead(t, other+".pcapng")), 0o600); err != nil {
		t.Fatal(err)
	}
	for keys, opens := range map[string]bool{right: true, other: true, "../../testdata/tls13-ntlm": false} {
		out := filepath.Join(dir, filepath.Base(keys)+".pcapng")
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), []string{"redact", in, "--keylog", keys + ".keylog", "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
			t.Errorf("%s: %s", keys, stderr.String())
			continue
		}
		if strings.Contains(stdout.String(), "connections to port 80") != opens {
			t.Errorf("%s: %s", keys, stdout.String())
		}
		if want, got := outcomesOf(t, in, "--keylog", keys+".keylog"), outcomesOf(t, out); strings.Join(want, "\n") != strings.Join(got, "\n") {
			t.Errorf("%s: %q became %q", keys, want, got)
		}
	}
}

// TestRedactOpensBesideOtherRecords holds that what is opened of a capture is proven, too, where it has records that are
// no packets, and that Wireshark numbers like them.
func TestRedactOpensBesideOtherRecords(t *testing.T) {
	t.Parallel()
	const name, enhanced = "../../testdata/tls13-ntlm", 6
	whole := mustRead(t, name+".pcapng")
	at := 0
	for binary.LittleEndian.Uint32(whole[at:]) != enhanced {
		at += int(binary.LittleEndian.Uint32(whole[at+4:]))
	}
	for kind, record := range map[string][]byte{
		"custom": {0xad, 0x0b, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 16, 0, 0, 0}, "journal": {9, 0, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0},
	} {
		dir := t.TempDir()
		in := filepath.Join(dir, "in.pcapng")
		if err := os.WriteFile(in, slices.Concat(whole[:at], record, record, whole[at:]), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, says, status := ran(t, "redact", in, "--keylog", name+".keylog", "-o", filepath.Join(dir, "out.pcapng")); status != clean {
			t.Errorf("with a record of kind %s: %s", kind, says)
		}
	}
}
