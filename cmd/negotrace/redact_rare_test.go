package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// rareValues are header lines that are seldom seen, of which a report has to say the same.
var rareValues = []string{
	`WWW-Authenticate: Acme.Auth realm="contoso"`,
	"WWW-Authenticate: X.Y.Z",
	`WWW-Authenticate: Ac%20me realm="contoso"`,
	"WWW-Authenticate: %41cme",
	"WWW-Authenticate: A!b#c$d&e'f*g+h^i`j|k~l.m",
	"Authorization: Acme.Auth abcdefghij.KLMNOPQ.rstuvw",
	"Authorization: Acme.Auth abcdefghij",
	"Authorization: abcdefghij.KLMNOPQ.rstuvw",
	"Set-Cookie: a=b; Path=/brunhilde; SameSite=brunhilde; Expires=brunhilde",
}

// TestRedactRareValues redacts captures and exports with such lines, in which no word of them may be left.
func TestRedactRareValues(t *testing.T) {
	t.Parallel()
	for _, line := range rareValues {
		request, response := "", "< WWW-Authenticate: Negotiate\n"
		if strings.HasPrefix(line, "Authorization") {
			request = "> " + line + "\n"
		} else {
			response = "< " + line + "\n"
		}
		c, err := capturetest.Parse("conn 1\n> GET /a HTTP/1.1\n> Host: web.contoso.example\n" + request + "< HTTP/1.1 401 Unauthorized\n" + response)
		if err != nil {
			t.Fatal(err)
		}
		har, _ := c.HAR()
		for name, file := range map[string][]byte{"in.pcap": c.Pcap(), "in.har": har} {
			dir := t.TempDir()
			in, out := filepath.Join(dir, name), filepath.Join(dir, "out-"+name)
			if err := os.WriteFile(in, file, 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			if status := run(t.Context(), []string{"redact", in, "-o", out}, noEnv, nil, &stdout, &stderr); status != clean {
				t.Errorf("%s: %s: %s", name, line, stderr.String())
				continue
			}
			for _, word := range []string{"Acme", "acme", "Auth ", "abcdef", "KLMN", "rstuvw", "20me", "41cme", "A!b", "brunhilde"} {
				if strings.Contains(line, word) && bytes.Contains(mustRead(t, out), []byte(word)) {
					t.Errorf("%s: of %s %q is left", name, line, word)
				}
			}
		}
	}
}
