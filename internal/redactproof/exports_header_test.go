package redactproof_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"negotrace/tokens"
)

// TestSecretsOfHeaderLines puts a secret into every place of a header line or a URL where one
// was ever seen, in a HAR and in a NetLog.
func TestSecretsOfHeaderLines(t *testing.T) {
	ntlm := base64.StdEncoding.EncodeToString([]byte("NTLMSSP\x00\x03\x00\x00\x00zebra zebra zebra zebra zebra zebra zebra zebra zebra"))
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"zebra","iss":"https://zebra/","x":{"zebra":["zebra"]},"exp":1}`))
	for _, line := range []string{
		"Host: zebra:zebra@zebra.example", "Authorization: zebra", "Authorization: zebra-zebra-zebra-zebra-zebra-zebra",
		"Authorization: Basic emVicmE6emVicmE", "Authorization: Basic emVicmE=", "Authorization: Bearer zebra", "Authorization: Bearer eyJhbGciOiJub25lIn0." + claims + ".zebra",
		"Authorization: ApiKey zebra", "Authorization: Negotiate zebra!!!", "Authorization: NTLM " + ntlm, "Authorization: Negotiate emVicmF6ZWJyYXplYnJh",
		`Authorization: Digest username="zebra", realm="zebra", nonce="zebra", uri="/zebra;jsessionid=zebra?zebra=zebra", response="zebra", opaque="zebra", zebra=zebra`,
		`Authorization: Digest username*=UTF-8''z%65bra, response="zebra`, "Authorization: AWS4-HMAC-SHA256 Credential=zebra/1, Signature=zebra",
		"Authorization: [zebra]", "Proxy-Authorization: Basic emVicmE6emVicmE=", `WWW-Authenticate: Bearer realm="zebra", error_description="zebra", authorization_uri="https://zebra/zebra"`,
		`WWW-Authenticate: Zebra zebra="zebra"`, "Authentication-Info: nextnonce=\"zebra\", rspauth=zebra",
		"Cookie: zebra=zebra; a=zebra", "Set-Cookie: zebra=zebra; Path=/zebra; Domain=.zebra.example", "Location: https://zebra:zebra@zebra/zebra?zebra#zebra",
		"Referer: /zebra;jsessionid=zebra", "X-Forwarded-For: zebra", "Forwarded: for=zebra;host=zebra", "Via: 1.1 zebra.example (zebra)", "X-Zebra: zebra",
		"X-Auth-User: zebra", "SOAPAction: zebra", "Content-Disposition: attachment; filename=zebra.doc", "From: zebra@zebra.example", "X-API-Key: zebra",
		"Content-Type: multipart/form-data; boundary=zebra", "User-Agent: App/1.0 (host zebra.example.net)", "Refresh: 0; url=https://zebra/", "Link: <https://zebra/>",
	} {
		name, value, _ := strings.Cut(line, ": ")
		har := fmt.Sprintf(`{"log":{"entries":[{"request":{"method":"GET","url":"http://a.test/","headers":[{"name":%q,"value":%q}]},"response":{"status":200}}]}}`, name, value)
		netlog := fmt.Sprintf(`{"constants":{"logEventTypes":{"A":1}},"events":[{"params":{"headers":[%q],"line":"CONNECT zebra:zebra@zebra:443 HTTP/1.1"},"phase":0,"source":{"id":1,"type":1},"time":"1","type":1}]}`, line)
		for _, text := range []string{har, netlog} {
			out := redacted(t, newRedactor(), []byte(text))
			plain := bytes.ToLower(out)
			for _, word := range bytes.FieldsFunc(out, func(r rune) bool { return strings.ContainsRune(` ".,`, r) }) {
				b, _ := tokens.Base64(string(word))
				plain = append(plain, bytes.ToLower(b)...)
			}
			if bytes.Contains(plain, []byte("zebra")) {
				t.Errorf("%q stays in\n%s", line, out)
			}
		}
	}
}
