package text

import (
	"fmt"
	"strings"
	"testing"

	"negotrace/capture/redact/pseudonym"
)

// canary is a name that must not stay.
const canary = "Canary7Zebra"

// TestNoHeaderKeepsNames puts a canary into every header line that is known, in the forms that
// values have.
func TestNoHeaderKeepsNames(t *testing.T) {
	t.Parallel()
	names := pseudonym.New(pseudonym.Options{})
	r := New(names)
	for name := range rules {
		for _, form := range []string{"%", "%/1.0", "a; %=b", "b=\"%\"", "text/% ;q=1", "application/vnd.%+json; x=%", "X-%-Name, Vary-%", "%://%/%", "1.1 % (%)",
			"gzip, %", "private=\"%\"", "Mozilla/5.0 (%; Win64) %2x", "<http://%.test/%>; rel=%", "%.corp.test:8080", "% \"%\" 2026"} {
			value := strings.ReplaceAll(form, "%", canary)
			if form == "%" {
				for _, c := range []byte(canary) {
					value += fmt.Sprintf("%%%02X", c)
				}
			}
			after, got := r.Field(name, value)
			if len(got) != len(value) || len(after) != len(name) {
				t.Errorf("%s: %q became %q", name, value, got)
			}
			if lower := strings.ToLower(got); strings.Contains(lower, "canary") || strings.Contains(lower, "zebra") || strings.Contains(got, "%43%61%6E") {
				t.Errorf("%s: %q became %q", name, value, got)
			}
		}
	}
}

// TestNoHeaderKeepsCodes holds that no header line keeps a name whose characters are written as numbers.
func TestNoHeaderKeepsCodes(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}))
	for _, form := range []string{"=%02X", "%%25%02X", "%%2525%02x", "%%u00%02x", "%d ", "%02x:", "%d,", "%02x-", "x%%25%02X", "&#%d;", "U+%04X ", "0x%02x, ", "{%d}", "\\%03o", "%08b ", "%d.", "%c ", "%c-", "<b>%c"} {
		coded, first := "", ""
		for i, c := range []byte(canary) {
			if coded += fmt.Sprintf(form, c); i == 2 {
				first = strings.TrimRight(coded, " :,-;.")
			}
		}
		for name := range rules {
			for _, around := range []string{"%s", "Mozilla/5.0 (%s)", "a=\"%s\"; max-age=60", "=?utf-8?Q?%s?="} {
				value := strings.Replace(around, "%s", coded, 1)
				if _, got := r.Field(name, value); strings.Contains(got, first) || len(got) != len(value) {
					t.Errorf("%s: %q became %q", name, value, got)
				}
			}
		}
	}
}

// TestUsualValuesStay holds that what says nothing about whose a message is stays.
func TestUsualValuesStay(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}))
	for _, line := range []string{
		"User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.86",
		`X-MS-Diagnostics: 2000008;reason="The user is not allowed"`, "X-MSDAVEXT_Error: 917656; Access%20denied%2e", `WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"`,
		"Proxy-Status: proxy; error=http_request_denied", "User-Agent: curl/8.5.0", "User-Agent: python-requests/2.31.0", "User-Agent: Java/17.0.9", "User-Agent: Apache-HttpClient/4.5.14 (Java/1.8.0_392)",
		"User-Agent: Microsoft WinRM Client", "User-Agent: Microsoft-CryptoAPI/10.0", "User-Agent: Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0; SLCC2; .NET CLR 2.0.50727)",
		"Server: Microsoft-IIS/10.0", "Server: Microsoft-HTTPAPI/2.0", "Server: Apache/2.4.66 (Debian) mod_auth_gssapi/1.6.4 OpenSSL/3.0.19", "Server: nginx/1.22.1", "Server: squid/5.7",
		"Server: Apache-Coyote/1.1", "Server: Jetty(9.4.z-SNAPSHOT)", "X-Powered-By: ASP.NET", "X-AspNet-Version: 4.0.30319", "MicrosoftSharePointTeamServices: 16.0.0.10337",
		"Connection: Keep-Alive", "Connection: close, Upgrade", "Vary: Accept-Encoding, Cookie", "Cache-Control: no-cache, no-store, must-revalidate, max-age=0", "Persistent-Auth: true",
		"Proxy-Support: Session-Based-Authentication", "X-Squid-Error: ERR_CACHE_ACCESS_DENIED 0", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
		"Content-Type: text/html; charset=utf-8", "Content-Type: application/x-www-form-urlencoded", "Content-Type: application/json", "Transfer-Encoding: chunked", "Content-Encoding: gzip",
		"Date: Sun, 22 Nov 2026 18:35:43 GMT", "Allow: GET, HEAD, OPTIONS, PROPFIND", "Expect: 100-continue", "Upgrade: websocket", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "X-Requested-With: XMLHttpRequest",
		"X-Content-Type-Options: nosniff", "Strict-Transport-Security: max-age=31536000; includeSubDomains", "Sec-Fetch-Site: same-origin", "Range: bytes=0-499", "Content-Length: 15000000000", "Range: bytes=1234567890-1234567999", "Content-Range: bytes 0-1/12345678901", "Content-Range: bytes */9876543210", "Accept-Encoding: gzip, deflate, br, zstd",
	} {
		name, value, _ := strings.Cut(line, ": ")
		if _, got := r.Field(name, value); got != value {
			t.Errorf("%s: %q became %q", name, value, got)
		}
	}
}

// TestNoHeaderKeepsAddresses does the same with addresses, and with the number of an employee.
func TestNoHeaderKeepsAddresses(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}))
	for name := range rules {
		for _, value := range []string{"10.77.88.99", "1.1 10.77.88.99", "10.77.88.99:8080", "App/1.0 (10.77.88.99)", "http://10.77.88.99/a", "for=10.77.88.99;by=\"10.77.88.99:1\"", "ALLOW-FROM http://10.77.88.99:80", "HIT from 10.77.88.99",
			"[fd00::7788:99]:80", "App/2.0 (u7788995)", "X7788995", "a, U7788995;q=1"} {
			if _, got := r.Field(name, value); strings.Contains(got, "77.88.99") || strings.Contains(got, "7788") || len(got) != len(value) {
				t.Errorf("%s: %q became %q", name, value, got)
			}
		}
	}
}

// TestVersionsAndAddresses holds that a version stays that looks like an address, and that an address
// does not stay where a version may be.
func TestVersionsAndAddresses(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}))
	seen := r.Names.Text("192.0.2.77")
	for text, want := range map[string]string{
		"Chrome/120.0.0.0 v9.8.7.6":                    "Chrome/120.0.0.0 v9.8.7.6",
		"Chrome/192.0.2.77 v192.0.2.77 (192.0.2.77)":   "Chrome/" + seen + " v" + seen + " (" + seen + ")",
		"Chrome/192.0.2.77.1 Version/1.192.0.2 v192.0": "Chrome/192.0.2.77.1 Version/1.192.0.2 v192.0",
	} {
		if got := r.productText(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
