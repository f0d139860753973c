package main

import (
	"bytes"
	"encoding/base64"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// TestTranscript reads what people paste: what it says is said, and what it leaves open is
// not made up.
func TestTranscript(t *testing.T) {
	const (
		asked   = "> GET / HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n<\n"
		refused = "GET / HTTP/1.1\nHost: web.corp.test\nAuthorization: Basic YWxpY2U6U2VjcmV0UGFzczE=\n\nHTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\n\n"
		// shortenedTicket ends behind the name of the service.
		shortenedTicket = "YIICXAYJKoZIhvcSAQICAQBuggJLMIICR6ADAgEFoQMCAQ6iBwMFACAAAACjggFoYYIBZDCCAWCgAwIBBaELGwlDT1JQLlRFU1SiIDAeoAMCAQKhFzAVGwRIVFRQGw13ZWIuY29ycC50ZXN0"
		untrusted       = "%http request [\n%  GET / HTTP/1.1\n%  Host: web.corp.test\n%]\n%http response [\n%  HTTP/1.1 401 Unauthorized\n%  WWW-Authenticate: Negotiate\n%]\n" +
			"2026-11-02 09:00:00.323456 UTC - [Parent 1: Main Thread]: D/negotiateauth nsHttpNegotiateAuth::ChallengeReceived URI blocked\n"
		open = "* Connected to web.corp.test (10.0.0.20) port 80 (#0)\n"
	)
	marked := strings.NewReplacer("GET", "> GET", "Host", "> Host", "Auth", "> Auth", "HTTP/1.1 401", "< HTTP/1.1 401", "WWW-Auth", "< WWW-Auth")
	tests := []struct {
		name, text string
		status     int
		want, not  string
	}{
		{"curl without a ticket", open + asked + "* gss_init_sec_context() failed: No credentials were supplied. \n", 1,
			`could not make a token: its library said "No credentials were supplied."`, "nothing went wrong"},
		{"curl for an unknown service", open + asked + "* InitializeSecurityContext failed: SEC_E_TARGET_UNKNOWN (0x80090303) - The specified target is unknown\n", 1,
			`could get no ticket for web.corp.test: "SEC_E_TARGET_UNKNOWN`, ""},
		{"curl that was not asked to log on", open + asked, 0, "challenge unanswered", "could not make a token"},
		{"a text that does not say whether it was TLS", refused, 1, "refused the Basic credentials of alice", "plain HTTP"},
		{"curl over HTTP", open + marked.Replace(strings.SplitAfter(refused, "\n\n")[0]), 1, "in plain HTTP (Basic)", ""},
		{"credentials that were taken out", "> GET / HTTP/2\n> Host: web\n> Authorization: Negotiate <redacted>\n>\n< HTTP/2 401\n< WWW-Authenticate: Negotiate\n<\n", 1, "refused the Negotiate credentials", "over HTTP/2"},
		{"the port of HTTPS without the lines of TLS", strings.Replace(open, "port 80", "port 443", 1) + marked.Replace(refused), 1, "to https://web.corp.test/", "plain HTTP"},
		{"the port of HTTPS, named because the scheme is another", strings.Replace(open, "port 80", "port 443", 1) + marked.Replace(strings.ReplaceAll(refused, "web.corp.test", "web.corp.test:443")), 1, "refused the Basic", "https:"},
		{"credentials whose line was taken out", open + asked + "* Server auth using Negotiate with user ''\n> GET / HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n<\n", 1,
			"refused the Negotiate credentials of the client", "unanswered"},
		{"credentials whose line was taken out, and that were taken", open + asked + "* Server auth using Negotiate with user ''\n> GET / HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 200 OK\n<\n", 0,
			"credentials in this transcript were shortened or replaced by words (1)", "unanswered"},
		{"no credentials for want of a token", open + asked + "* gss_init_sec_context() failed: No Kerberos credentials available\n* Server auth using Negotiate with user ''\n> GET / HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n<\n", 1,
			"could not make a token", "refused"},
		{"a connection that keeps the logon", open + asked + "* Server auth using Negotiate with user ''\n> GET / HTTP/1.1\n> Host: web.corp.test\n> Authorization: Negotiate <redacted>\n>\n< HTTP/1.1 200 OK\n<\n* Server auth using Negotiate with user ''\n> GET /b HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 200 OK\n<\n", 0,
			"replaced by words (1)", "unanswered"},
		{"Firefox without its User-Agent", strings.ReplaceAll(untrusted, "%", "2026-11-02 09:00:00.123456 UTC - [Parent 1: Socket Thread]: I/nsHttp "), 1,
			"network.negotiate-auth.trusted-uris = web.corp.test", "AuthServerAllowlist"},
		{"Digest that waits for its challenge", open + "* Server auth using Digest with user 'alice'\n> GET / HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\n<\n", 0,
			"challenge unanswered", "refused"},
		{"credentials for which a word stands alone", open + asked + "> GET / HTTP/1.1\n> Host: web.corp.test\n> Authorization: ***\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n< WWW-Authenticate: NTLM\n<\n", 1,
			"refused the credentials of the client", ""},
		{"a ticket whose end somebody left out, and that was taken", "> GET / HTTP/1.1\n> Host: web.corp.test\n> Authorization: Negotiate " + shortenedTicket + "\n>\n< HTTP/1.1 200 OK\n<\n", 0,
			"with a ticket for HTTP/web.corp.test@CORP.TEST", "cannot be read"},
		{"a ticket whose end somebody left out, and that was refused", asked + "> GET / HTTP/1.1\n> Host: web.corp.test\n> Authorization: Negotiate " + shortenedTicket + "\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n<\n", 1,
			"not visible the size of the header: the credentials in it are not all there", "kvno 0"},
		{"a proxy without a name", "> CONNECT a:443 HTTP/1.1\n> Proxy-Authorization: Basic YTpi\n>\n< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: Basic\n<\n", 1, "the proxy refused", "proxy  "},
		{"a response alone", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Negotiate\n\n", 0, "responses of this transcript without their requests: 1;", "sent no credentials"},
		{"what to do about responses alone", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Negotiate\n\n", 0, "Do curl -v in place of curl -i", "challenge unanswered"},
		{"a challenge alone that says why", "HTTP/1.1 401 GSSException: Failure (Mechanism level: Checksum failed)\nWWW-Authenticate: Negotiate\n\n", 1,
			"refused a request that is not here: \"GSSException: Failure (Mechanism level: Checksum failed)\"", "challenge unanswered"},
		{"curl that could make no token, and was not asked", open + "* gss_init_sec_context() failed: Server not found in Kerberos database\n> GET / HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 200 OK\n<\n", 0,
			"sent its request without one: its library said \"Server not found", "nothing went wrong"},
		{"responses alone that say why", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Negotiate\n\nHTTP/1.1 403 GSSException: Failure (Mechanism level: Request is a replay (34))\nContent-Length: 0\n\n", 1,
			"refused a request that is not here: \"GSSException: Failure (Mechanism level: Request is a replay (34))\"", "none came"},
		{"that of a proxy", "HTTP/1.1 407 Proxy Authentication Required\nProxy-Authenticate: Negotiate\n\n", 0, "what the client sent is not recorded", "sent no credentials"},
		{"a log of urllib3", "DEBUG:urllib3.connectionpool:http://web:80 \"GET /a HTTP/1.1\" 401 None\nDEBUG:urllib3.connectionpool:http://web:80 \"GET /b HTTP/1.1\" 407 0\n", 0, "2 asked for credentials, and whether any were sent is not recorded", "unanswered"},
		{"last responses in another order than their requests", "[A#a] ---> GET http://web/a HTTP/1.1\n[A#a] ---> GET http://web/b HTTP/1.1\n[A#a] <--- HTTP/1.1 401 Unauthorized (2ms)\n[A#a] WWW-Authenticate: Basic\n", 1,
			"Feign was not let in at the server", "page of"},
		{"the log of a library is no browser", "[A#a] ---> GET http://web/a HTTP/1.1\n[A#a] <--- HTTP/1.1 401 Unauthorized (2ms)\n[A#a] WWW-Authenticate: Basic\n", 1,
			"The program has nothing that answers the challenge", "net-export"},
		{"what a library may do with Negotiate", "[A#a] ---> GET http://web/a HTTP/1.1\n[A#a] <--- HTTP/1.1 401 Unauthorized (2ms)\n[A#a] WWW-Authenticate: Negotiate\n", 1,
			"kvno HTTP/web", "allow-list"},
		{"a head that is not there to its end, and a library that was asked for a token", "< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n* gss_init_sec_context() failed: Server not found in Kerberos database.\n", 1,
			"could get no ticket for the server", "without naming a scheme"},
		{"a head that is not there to its end", "> GET / HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n", 0,
			"unanswered", "without naming a scheme"},
		{"a head that is there to its end", "> GET / HTTP/1.1\n> Host: web.corp.test\n>\n< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n<\n", 1,
			"without naming a scheme", ""},
		{"header lines of requests without their first line", "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n> Authorization: Negotiate XXXX\n< HTTP/1.1 200 OK\n< WWW-Authenticate: Negotiate\n\n", 0,
			"is not in this text were passed over, with what credentials they have: 1", "curl -v in place of"},
		{"the message of an event, as a mail quotes it", "> An account failed to log on.\n> \n> Subject:\n> \tSecurity ID:\t\tNULL SID\n> \tAccount Name:\t\t-\n> \n> Account For Which Logon Failed:\n> \tAccount Name:\t\talice\n> \tAccount Domain:\t\tCORP\n> \n> Failure Information:\n> \tStatus:\t\t\t0x80090302\n> \tSub Status:\t\t0xC0000418\n> \n> Detailed Authentication Information:\n> \tLogon Process:\t\tNtLmSsp \n> \tAuthentication Package:\tNTLM\n", 1,
			"CORP\\alice was not logged on by NTLM", "no known format"},
		{"a log of IIS with a blank before its lines", " #Fields: date time s-ip cs-method cs-uri-stem s-port cs-username c-ip sc-status sc-substatus sc-win32-status\n 2026-11-23 10:00:00 10.0.0.20 GET / 80 CORP\\alice 10.0.0.10 200 0 0\n", 0,
			"1 logon accepted", "no known format"},
		{"an error log, which names no time zone", " [Mon Nov 23 10:00:00.100000 2026] [auth_gssapi:error] [pid 7:tid 8] [client 10.0.0.10:50000] GSS ERROR gss_acquire_cred[_from]() failed to get server creds: [Unspecified GSS failure.  Minor code may provide more information (Permission denied)]\n", 1,
			"2026-11-23 10:00:00.100, by the server's clock", "10:00:00.100 UTC"},
		{"a header that is too long for an old Jetty", "HTTP/1.1 401 Authentication required\nWWW-Authenticate: Negotiate\nServer: Jetty(7.6.13)\n\nHTTP/1.1 413 FULL head\nConnection: close\nServer: Jetty(7.6.13)\n\n", 1,
			"mostly a Kerberos token of a user in many groups", ""},
		{"its first line only", "HTTP/1.1 401 Unauthorized\n", 2, "negotrace decode - <", ""},
	}
	dir := t.TempDir()
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := write(t, filepath.Join(dir, strconv.Itoa(i)+".txt"), []byte(tt.text))
			var out, diag bytes.Buffer
			status := run(t.Context(), []string{file}, noEnv, nil, &out, &diag)
			said := strings.Join(strings.Fields(out.String()+diag.String()), " ")
			if strings.Contains(tt.not, "  ") {
				said = out.String()
			}
			if status != tt.status || !strings.Contains(said, tt.want) || tt.not != "" && strings.Contains(said, tt.not) {
				t.Errorf("exit status %d, want %d, %q and not %q:\n%s%s", status, tt.status, tt.want, tt.not, out.String(), diag.String())
			}
		})
	}
}

// TestTranscriptWithoutTimes holds that nothing is said of clocks where a text has no times.
func TestTranscriptWithoutTimes(t *testing.T) {
	tokens, err := capturetest.Tokens("ntlm1", "ntlm2 time=none", "ntlm3 user=alice domain=CONTOSO")
	if err != nil {
		t.Fatal(err)
	}
	text := "* Connected to web.corp.test (10.0.0.20) port 80 (#0)\n"
	for i, challenge := range []string{"NTLM " + base64.StdEncoding.EncodeToString(tokens[1]), "NTLM"} {
		text += "> GET / HTTP/1.1\n> Host: web.corp.test\n> Authorization: NTLM " + base64.StdEncoding.EncodeToString(tokens[2*i]) +
			"\n>\n< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: " + challenge + "\n<\n"
	}
	file := write(t, filepath.Join(t.TempDir(), "a.txt"), []byte(text))
	var out, diag bytes.Buffer
	if status := run(t.Context(), []string{file}, noEnv, nil, &out, &diag); status != 1 || !strings.Contains(out.String(), `refused the logon of CONTOSO\alice`) || strings.Contains(out.String(), "a clock") {
		t.Errorf("exit status %d:\n%s%s", status, out.String(), diag.String())
	}
}
