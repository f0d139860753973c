package redactproof_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	sazRequest = "GET https://web.corp.example/private/report.aspx?user=alice HTTP/1.1\r\nHost: web.corp.example\r\n" +
		"Authorization: Basic YWxpY2U6emVicmEtcGFzc3dvcmQ=\r\nCookie: session=zebra-cookie\r\nX-Contoso: zebra-header\r\n\r\n"
	sazResponse = "HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-IIS/10.0\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n" +
		"Content-Length: 23\r\n\r\n<p>zebra of the page</p>"
	sazMeta = `<?xml version="1.0" encoding="utf-8"?><Session SID="1" BitFlags="zebra"><SessionTimers ClientConnected="zebra" ` +
		`ClientBeginRequest="2026-01-02T03:04:05.1234567+01:00" ServerDoneResponse="2026-01-02T03:04:06.1234567+01:00" />` +
		`<PipeInfo CltReuse="true" /><SessionFlags><SessionFlag N="x-clientip" V="10.1.2.3" /><SessionFlag N="x-clientport" V="50123" />` +
		`<SessionFlag N="x-hostip" V="10.9.8.7" /><SessionFlag N="x-processinfo" V="zebra:123" /></SessionFlags></Session>`
)

func sazFile(t testing.TB, members ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, members[i+1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts returns the members of an archive, their names first.
func texts(t *testing.T, b []byte) (all []string) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Name, string(text))
	}
	return all
}

func TestSAZ(t *testing.T) {
	b := sazFile(t, "raw/01_c.txt", sazRequest, "raw/01_s.txt", sazResponse, "raw/01_m.xml", sazMeta,
		"raw/2_c.txt", strings.ReplaceAll(sazRequest, "GET", "POST")+"zebra=body", "raw/2_s.txt", "HTTP/1.1 100 Continue\r\n\r\n"+sazResponse,
		"_index.htm", "zebra", "[Content_Types].xml", "zebra")
	r := newRedactor()
	out := redacted(t, r, b)
	all := texts(t, out)
	text := strings.Join(all, "\n")
	for _, gone := range []string{"zebra", "emVicm", "alice", "web.corp", "10.1.2.3", "10.9.8.7", "private", "index.htm"} {
		if strings.Contains(text, gone) {
			t.Errorf("%q is still there\n%s", gone, text)
		}
	}
	for _, stays := range []string{"Microsoft-IIS/10.0", "WWW-Authenticate: Negotiate\r\n", "2026-01-02T03:04:05.1234567+01:00", "50123", "raw/01_s.txt"} {
		if !strings.Contains(text, stays) {
			t.Errorf("%q is gone\n%s", stays, text)
		}
	}
	if len(all[1]) != len(sazRequest) || len(all[3]) != len(sazResponse) {
		t.Errorf("a request of %d bytes, of %d; a response of %d, of %d", len(all[1]), len(sazRequest), len(all[3]), len(sazResponse))
	}
	before, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	after, err := read(out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(summary(before, r.Names.Text), summary(after, func(s string) string { return s })); diff != "" {
		t.Errorf("-original +redacted\n%s", diff)
	}
}

// TestSAZDamaged cuts an archive at every tenth byte.
func TestSAZDamaged(t *testing.T) {
	b := sazFile(t, "raw/1_c.txt", sazRequest, "raw/1_s.txt", sazResponse, "raw/1_m.xml", sazMeta)
	for n := 0; n < len(b); n += 10 {
		if err := newRedactor().SAZ(bytes.NewReader(b[:n]), int64(n), io.Discard); err == nil {
			t.Errorf("cut at %d of %d: no error", n, len(b))
		}
	}
}

// TestSAZPackedPage holds that a page which is packed keeps what went wrong, and that a header line may go on in
// the next one.
func TestSAZPackedPage(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "<h3>HTTP Error 401.2 - Unauthorized</h3><p>Access is denied for Canary7Zebra of Canary7Zebra</p>")
	z.Close()
	out := redacted(t, newRedactor(), sazFile(t,
		"raw/1_c.txt", "GET /a HTTP/1.1\r\nHost: web.example\r\nAuthorization: Basic\r\n Q2FuYXJ5N1plYnJhOng=\r\n\r\n",
		"raw/1_s.txt", "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"+packed.String()))
	report, err := read(out)
	if err != nil || len(report.Handshakes) != 1 || report.Handshakes[0].Last().SubStatus != "401.2" || len(report.Handshakes[0].User) != len("Canary7Zebra") {
		t.Errorf("%+v, %v", report, err)
	}
	for _, text := range texts(t, out) {
		_, body, _ := strings.Cut(text, "\r\n\r\n")
		if is, err := gzip.NewReader(strings.NewReader(body)); err == nil {
			b, _ := io.ReadAll(is)
			text += string(b)
		}
		if strings.Contains(text, "Canary") || strings.Contains(text, "Q2FuYXJ5") {
			t.Errorf("a name is in %q", text)
		}
	}
}

// TestSAZZone holds that an address stays one of its interface: of one with a number of the same, of one with a name
// of its pseudonym.
func TestSAZZone(t *testing.T) {
	for zone, stays := range map[string]bool{"12": true, "zebra": false, "zebra7": false, "a zebra": false} {
		meta := strings.Replace(sazMeta, "10.1.2.3", "fe80::1234%"+zone, 1)
		out := redacted(t, newRedactor(), sazFile(t, "raw/1_c.txt", sazRequest, "raw/1_s.txt", sazResponse, "raw/1_m.xml", meta))
		text := strings.Join(texts(t, out), "\n")
		if !strings.Contains(text, `V="fe80::`) || strings.Contains(text, "1234%") || strings.Contains(text, "%"+zone+`"`) != stays || strings.Count(text, "%") != 1 {
			t.Errorf("%s: %s", zone, text)
		}
	}
}
