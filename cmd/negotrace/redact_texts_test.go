package main

import (
	"bytes"
	"fmt"
	"testing"

	"negotrace/internal/capturetest"
)

// TestRedactTextsThatDiffer redacts phrases and pages that differ only in words which nobody knows, and some with a word
// of a mechanism within another. redact itself holds that it reports as many reasons as before.
func TestRedactTextsThatDiffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ phrase, page string }{
		{"Clock of %s is wrong", "x"},
		{"Unauthorized", "GSSException: No valid credentials provided (Mechanism level: cannot find %s there)"},
		{"Unauthorized", "<p>one &auml; two</p><p>KrbException: bad thing web-%s, %s.test</p>"},
		{"Brunhildesntlmproxy says no to %s", "x"},
		{"ProxyKeytabBrunhildes", "krb5brunhilde1 was here"},
	} {
		text := ""
		for i, name := range []string{"brunhilde", "kriemhild", "brunhilde", "gutrune01"} {
			filled := func(s string) string { return string(bytes.ReplaceAll([]byte(s), []byte("%s"), []byte(name))) }
			text += fmt.Sprintf("conn %d 10.0.0.10:%d > 10.0.0.20:80\n> GET /a HTTP/1.1\n> Host: web.contoso.com\n> Authorization: NTLM {ntlm1}\n< HTTP/1.1 401 %s\n< WWW-Authenticate: NTLM\n< Content-Type: text/html\n<\n< %s\n",
				i, 50000+i, filled(c.phrase), filled(c.page))
		}
		made, err := capturetest.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{"pcap": made.Pcap()}
		if har, ok := made.HAR(); ok {
			files["har"] = har
		}
		for kind, b := range files {
			out := redactFile(t, kind+": "+c.phrase+": "+c.page, b)
			for _, name := range []string{"runhild", "riemhild", "utrune"} {
				if bytes.Contains(out, []byte(name)) {
					t.Errorf("%s, %q: %q is left", kind, c, name)
				}
			}
		}
	}
}
