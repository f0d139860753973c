package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"testing"

	"negotrace/internal/capturetest"
)

// TestRedactMalformedCredentials redacts credentials and challenges that are written wrongly, or of rare
// schemes. redact itself holds that what is said to be wrong with them is the same.
func TestRedactMalformedCredentials(t *testing.T) {
	t.Parallel()
	latin := base64.StdEncoding.EncodeToString([]byte("br\xfcnhilde:p\xe4ss"))
	for _, line := range []string{
		"> Authorization: Negotiate {spnego-init mechs=negoex token={negoex initiator-nego schemes=00112233445566778899aabbccddeeff}}",
		"> Authorization: Basic " + latin, "> Authorization: Basic: YnJ1bmhpbGRlOng=", "> Authorization: Basic brunhilde:secret", "> Authorization: Negotiate:brunhilde",
		"> Authorization: Bearer: brunhilde", `> Authorization: Bearer "brunhilde"`, "> Authorization: SharedKey brunhilde:c2VjcmV0", "> Authorization: AWS brunhilde:c2VjcmV0/=",
		`> Authorization: Digest username="brunhilde" realm="corp.test", response="x"`, `> Authorization: "brunhilde"`,
		`< WWW-Authenticate: Basic realm="brunhilde"; charset="UTF-8"`, `< WWW-Authenticate: Bearer realm="brunhilde" error="invalid_token"`,
		"< WWW-Authenticate: Basic realm=brunhilde valkyrie", "< WWW-Authenticate: Negotiate; realm=brunhilde", `< WWW-Authenticate: Basic "brunhilde"`,
		"< WWW-Authenticate: NTLM;brunhilde", `< WWW-Authenticate: Basic realm="brunhilde" Negotiate NTLM`, "< WWW-Authenticate: Basic realm=\"\xe9brunhilde\"",
	} {
		request, response := line, ""
		if line[0] == '<' {
			request, response = "", line
		}
		c, err := capturetest.Parse(fmt.Sprintf("conn 1 10.0.0.10:50001 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: br\xfcnhilde.test\n%s\n< HTTP/1.1 401 Unauthorized\n%s\n", request, response))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if out := redactFile(t, line, c.Pcap()); bytes.Contains(out, []byte("nhilde")) || bytes.Contains(out, []byte("valkyrie")) || bytes.Contains(out, []byte(latin[:8])) {
			t.Errorf("%s: %q", line, out)
		}
	}
}

// TestRedactEncodedPrograms redacts names of programs with characters that are encoded, as those of apps with a space in
// their name.
func TestRedactEncodedPrograms(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"My%20Brunhilde/12 CFNetwork/1410.0.3 Darwin/22.6.0", "%42runhilde", "Mozilla/5.0 %41bc", "%E5%BE%AEBrunhilde/8.0", "50%app/1 100%25",
		"A&#66;runhilde/1", "A&#xe9;runhilde", `A\u0042runhilde/1`, `A\x42runhilde/1`, "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "%20%20Ab%20a b", "%2"} {
		c, err := capturetest.Parse("conn 1 10.0.0.10:50001 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: a.test\n> User-Agent: " + program +
			"\n> Authorization: Negotiate YII=\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n< Server: " + program + "\n")
		if err != nil {
			t.Fatalf("%s: %v", program, err)
		}
		if out := redactFile(t, program, c.Pcap()); bytes.Contains(out, []byte("runhilde")) {
			t.Errorf("%s: %q", program, out)
		}
	}
}

// TestRedactEncodedURLs redacts URLs with names in percent-encoding.
func TestRedactEncodedURLs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"/My%20Brunhilde/x.aspx", "/%42runhilde/", "/%E5%BE%AEBrunhilde.aspx", "/brunhild%C3%A9.docx", "/M%c3%bcller%20Brunhilde/", "/br%FCnhilde/x", "/%D0%9F%D1%80/brunhilde?q=%252Fbrunhilde"} {
		c, err := capturetest.Parse("conn 1 10.0.0.10:50001 > 10.0.0.20:80\n> GET " + url + " HTTP/1.1\n> Host: a.test\n> Authorization: Negotiate YII=\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n")
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		if out := redactFile(t, url, c.Pcap()); bytes.Contains(out, []byte("nhild")) {
			t.Errorf("%s: %q", url, out)
		}
	}
}
