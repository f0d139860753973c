package checks_test

import "testing"

// TestAdviceByWords holds what is advised where only words, names or statuses show what a server, a client
// or a KDC is.
func TestAdviceByWords(t *testing.T) {
	const (
		conn   = "conn 1 10.0.0.10:50000 > 10.0.0.20:8080\n"
		get    = "> GET / HTTP/1.1\n> Host: web.contoso.com:8080\n"
		ticket = "> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM mutual size=7000 etype=23}}\n"
		asks   = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n"
		wsman  = "conn 1 10.0.0.10:50000 > 10.0.0.20:5985\n> POST /wsman HTTP/1.1\n> Host: dc1.contoso.com:5985\n> Content-Length: 0\n" + asks
		goesOn = "wait 20s\nconn 9 10.0.0.12:50000 > 10.0.0.20:8080\n> GET / HTTP/1.1\n> Host: other.contoso.com\n< HTTP/1.1 200 OK\n\n"
		linux  = "> User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0\n"
	)
	holdAdvice(t, []advised{
		{"the page of Tomcat", conn + get + ticket + "< HTTP/1.1 400\n< Content-Type: text/html\n<\n< <html><body><h1>HTTP Status 400 – Bad Request</h1><p>Request header is too large</p></body></html>\n", "token-too-large", "The user is in many groups", "Tomcat: maxHttpRequestHeaderSize", "HTTP.sys"},
		{"Java allows no RC4", conn + get + ticket + "< HTTP/1.1 500 Internal Server Error\n< Content-Type: text/plain\n<\n< GSSException: Failure unspecified at GSS-API level (Mechanism level: Encryption type RC4 with HMAC is not supported/enabled)\n", "reported-reason", "The acceptor's settings allow no such encryption type", "AES keys", ""},
		{"Java has no keytab", conn + get + ticket + "< HTTP/1.1 500 Internal Server Error\n< Content-Type: text/plain\n<\n< GSSException: No valid credentials provided (Mechanism level: Failed to find any Kerberos credentials)\n", "reported-reason", "The acceptor has no credentials of its own", "keytab", ""},
		{"another name for WinRM", wsman + "kdc > tgs-req WSMAN/dc1.contoso.com@CONTOSO.COM\nkdc < krb-error 7 sname=WSMAN/dc1.contoso.com@CONTOSO.COM\nclose client fin\n", "spn-not-found", "asks for the service class WSMAN", "Let the client ask for HTTP", ""},
		{"TCP is closed", "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < krb-error 52 sname=HTTP/web.contoso.com@CONTOSO.COM\nconn k 10.0.0.10:61000 > 10.0.0.1:88 unanswered\n" + conn + get + asks + "close client fin\n", "kdc-error", "over TCP", "Open TCP port 88", ""},
		{"the account is elsewhere", conn + get + asks + "kdc > as-req cname=bob@CONTOSO.COM\nkdc < krb-error 68 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=bob@SUB.CONTOSO.COM\nclose client fin\n" + goesOn, "kdc-error", "sends the client to another realm", "kinit -C", "klist get"},
		{"Firefox asks its user", conn + get + linux + asks + goesOn, "challenge-unanswered", "network.negotiate-auth.trusted-uris", "trusted-uris = web.contoso.com", "AuthServerAllowlist"},
		{"an acceptor that allows no RC4", conn + get + ticket + "< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: Negotiate {spnego-resp state=reject mech=ms-krb5 token={krberror 14}}\n", "krb-ap-req-rejected", "allows no ticket of this encryption type", "AES keys", ""},
		{"a password that the server has checked", "log [Fri Jan 02 03:04:05.008000 2026] [auth_kerb:error] [pid 1:tid 1] [client 10.0.0.10:50000] krb5_get_init_creds_password() failed: Preauthentication failed\n" + conn + get + "> Authorization: Basic {basic bob:pw}\n< HTTP/1.1 401 Unauthorized\n< Server: Apache/2.4.6\n< WWW-Authenticate: Basic realm=\"x\"\n", "reported-reason", "had name and password checked by a KDC", "kinit <user>", ""},
		{"another name than the keytab's", conn + get + "> Authorization: Negotiate {spnego-init mechs=krb5 token={apreq HTTP/node2.contoso.com@CONTOSO.COM mutual}}\n< HTTP/1.1 401 Unauthorized\n< Server: Apache/2.4.62\n< WWW-Authenticate: Negotiate {spnego-resp state=reject mech=krb5 token={krberror 35 sname=HTTP/node2.contoso.com@CONTOSO.COM}}\n", "keytab-key-mismatch", "no key for the name in the ticket", "Put the name into the keytab", "password was changed"},
		{"another version than the keytab's", conn + get + "> Authorization: Negotiate {spnego-init mechs=krb5 token={apreq HTTP/web.contoso.com@CONTOSO.COM mutual}}\n< HTTP/1.1 401 Unauthorized\n< Server: Apache/2.4.62\n< WWW-Authenticate: Negotiate {spnego-resp state=reject mech=krb5 token={krberror 44}}\n", "keytab-key-mismatch", "The account's password was changed", "klist -kte", "insists"},
		{"curl at a proxy", "conn 1 10.0.0.10:50000 > 10.0.0.20:8080\n> CONNECT www.example.org:443 HTTP/1.1\n> Host: www.example.org:443\n> User-Agent: curl/8.5.0\n< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: Negotiate\n\nclose client fin\n" + goesOn, "client-ignored-challenge", "--proxy-negotiate", "curl --proxy-negotiate -U :", "curl --negotiate"},
		{"Windows Update at a proxy", "conn 1 10.0.0.10:50000 > 10.0.0.20:8080\n> CONNECT fe2.update.microsoft.com:443 HTTP/1.1\n> Host: fe2.update.microsoft.com:443\n> User-Agent: Windows-Update-Agent/10.0.10011.16384\n< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: Negotiate\n\nclose client fin\n" + goesOn, "client-ignored-challenge", "A service of Windows", "Let the proxy pass", "bypass list"},
		{"a password for which somebody asked", conn + get + "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n\n" + get + "> Authorization: Basic {basic bob:pw}\n< HTTP/1.1 200 OK\n\n", "basic-credentials-used", "Basic is offered", "Offer Basic no more", "cannot be seen"},
		{"a password, and who asked is not here", conn + get + "> Authorization: Basic {basic bob:pw}\n< HTTP/1.1 200 OK\n\n", "basic-credentials-used", "Whether anybody asked for it cannot be seen", "Look where the password comes from", "offered"},
		{"nothing but NTLM is offered", conn + get + "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM\n\n" + get + "> Authorization: NTLM {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM {ntlm2}\n\n" + get + "> Authorization: NTLM {ntlm3 user=alice domain=CONTOSO ws=PC1 nt=v2}\n< HTTP/1.1 200 OK\n\n", "ntlm-authenticated", "offers NTLM only", "Let the server offer Negotiate", "setspn"},
		{"a gateway refuses a password", conn + get + "> Authorization: Basic {basic bob:pw}\n< HTTP/1.1 401 Unauthorized\n< Server: Zscaler/6.2\n< WWW-Authenticate: Basic realm=\"x\"\n\n", "auth-refused-unexplained", "wrong password", "A gateway on the way answers", "keytab"},
		{"the capture ends at once", conn + get + linux + asks, "challenge-unanswered", "The capture ends before the answer", "Capture until", "trusted-uris"},
	})
}
