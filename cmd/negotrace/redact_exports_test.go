package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

// TestRedactExports redacts every browser export of testdata, and those of the directory that
// the environment names. The program keeps only what it has proven.
func TestRedactExports(t *testing.T) {
	t.Parallel()
	dirs := append([]string{"../../testdata"}, filepath.SplitList(os.Getenv(capturesVariable))...)
	dir, seen, proven := t.TempDir(), 0, 0
	for _, from := range dirs {
		for _, ending := range []string{"*.har", "*netlog*.json", "*.saz"} {
			files, err := filepath.Glob(filepath.Join(from, ending))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if strings.HasSuffix(file, ".report.json") {
					continue
				}
				if seen++; seen%testcost.Step(3) != 0 {
					continue
				}
				var stdout, stderr bytes.Buffer
				if status := run(t.Context(), []string{"redact", file, "-o", filepath.Join(dir, "out")}, noEnv, nil, &stdout, &stderr); status != clean {
					t.Errorf("%s: %s", file, stderr.String())
				}
				proven++
			}
		}
	}
	t.Logf("%d exports proven of %d", proven, seen)
	if seen < 25 {
		t.Errorf("%d exports in testdata", seen)
	}
}

// TestRedactSAZ redacts an archive of Fiddler, in which names are compressed.
func TestRedactSAZ(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range [][2]string{
		{"raw/1_c.txt", "GET http://intranet.contoso.example/reports HTTP/1.1\r\nHost: intranet.contoso.example\r\nCookie: a=secretvalue\r\n\r\n"},
		{"raw/1_s.txt", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"},
		{"raw/1_m.xml", `<Session SID="1"><SessionFlags><SessionFlag N="x-processinfo" V="browser:42"/></SessionFlags></Session>`},
	} {
		w, err := z.Create(m[0])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, m[1])
	}
	z.Close()
	in, out := filepath.Join(dir, "in.saz"), filepath.Join(dir, "out.saz")
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
		t.Fatal(stderr.String())
	}
	if !strings.Contains(stdout.String(), "1  sessions of a SAZ archive") {
		t.Errorf("manifest:\n%s", stdout.String())
	}
	r, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, m := range r.File {
		rc, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		for _, gone := range []string{"contoso", "intranet", "reports", "secretvalue", "browser"} {
			if bytes.Contains(text, []byte(gone)) {
				t.Errorf("%s holds %q:\n%s", m.Name, gone, text)
			}
		}
	}
}

// TestRedactRefusesTranscripts holds that the output of curl is refused with advice.
func TestRedactRefusesTranscripts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "curl.txt"), filepath.Join(dir, "out.txt")
	text := "> GET / HTTP/1.1\r\n> Host: web.contoso.example\r\n> User-Agent: curl/8.5.0\r\n> \r\n< HTTP/1.1 401 Unauthorized\r\n< WWW-Authenticate: Negotiate\r\n< \r\n"
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != notAnalysed {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(stderr.String(), "is a transcript: redact writes packets, HAR, NetLog and SAZ") {
		t.Errorf("said: %s", stderr.String())
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("something was written")
	}
}

// TestRedactArchive holds that the captures in an archive are redacted into a directory, with the
// same pseudonyms.
func TestRedactArchive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"chromium-ntlm.har", "chromium-ntlm.pcapng", "readme.txt"} {
		text := []byte("about alice")
		if name != "readme.txt" {
			text = mustRead(t, filepath.Join("../../testdata", name))
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(text)
	}
	z.Close()
	in, out := filepath.Join(dir, "two.zip"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
	har, packets := mustRead(t, filepath.Join(out, "1.har")), mustRead(t, filepath.Join(out, "2.pcapng"))
	host := regexp.MustCompile(`"Host","value":"([a-z.]+)"`).FindSubmatch(har)
	if host == nil || !bytes.Contains(packets, append([]byte("Host: "), host[1]...)) {
		t.Errorf("the hosts are not called alike: %q", host)
	}
	for _, text := range [][]byte{har, packets, mustRead(t, filepath.Join(out, manifestName+asText)), mustRead(t, filepath.Join(out, manifestName+asJSON))} {
		if bytes.Contains(text, []byte("corp.test")) || bytes.Contains(text, []byte("alice")) {
			t.Error("a name is left")
		}
	}
	if entries, err := os.ReadDir(out); err != nil || len(entries) != 4 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestRedactNameInUserAgent gives a user's name also as a word of User-Agent. It becomes its
// pseudonym there too, unless it is the name of a usual program: then the manifest must not say
// that no name is left.
func TestRedactNameInUserAgent(t *testing.T) {
	t.Parallel()
	const har = `{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[],"entries":[{"startedDateTime":"2026-01-02T03:04:05.000Z","time":1,
		"request":{"method":"GET","url":"https://web.contoso.com/","httpVersion":"HTTP/1.1","headers":[{"name":"Host","value":"web.contoso.com"},{"name":"User-Agent","value":"AGENT"},{"name":"Authorization","value":"Basic CREDENTIALS"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0},
		"response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","headers":[],"cookies":[],"content":{"size":0,"mimeType":"text/html"},"redirectURL":"","headersSize":-1,"bodySize":0},"cache":{},"timings":{"send":0,"wait":1,"receive":0}}]}}`
	for _, c := range []struct {
		agent, user, want string
		stays             bool
	}{
		{"Mozilla/5.0 (Windows NT 10.0)", "brunhilde", `"Mozilla/5.0 (Windows NT 10.0)"`, false},
		{"ContosoPayroll/3.1 (brunhilde; Win64) curl/8.5.0-DEV", "brunhilde", `; Win64) curl/8.5.0-DEV"`, false},
		{"Mozilla/5.0 Firefox/133.0", "firefox", `"Mozilla/5.0 Firefox/133.0"`, true},
	} {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in.har"), filepath.Join(dir, "out.har")
		text := strings.NewReplacer("AGENT", c.agent, "CREDENTIALS", base64.StdEncoding.EncodeToString([]byte(c.user+":secret"))).Replace(har)
		if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
			t.Fatal(stderr.String())
		}
		m, b := string(mustRead(t, out+"."+manifestName+asText)), mustRead(t, out)
		if c.stays && !strings.Contains(m, "but for those that stay") || strings.Contains(m, "Filled with") {
			t.Errorf("with %q the manifest says %q", c.agent, m)
		}
		if !bytes.Contains(b, []byte(c.want)) || bytes.Contains(b, []byte("brunhilde")) || bytes.Contains(b, []byte("ontoso")) {
			t.Errorf("%q became %s", c.agent, b)
		}
	}
}
