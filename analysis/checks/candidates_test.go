package checks_test

import (
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/internal/capturetest"
)

// TestCandidates holds what is said of the causes of a refusal that gives no reason.
func TestCandidates(t *testing.T) {
	const (
		conn    = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
		get     = "> GET / HTTP/1.1\n> Host: web.contoso.com\n"
		clock   = "time 2026-03-02T10:00:00Z\n"
		ticket  = get + "> Authorization: Negotiate {spnego-init mechs=krb5 token={apreq HTTP/web.contoso.com@CONTOSO.COM etype=18 kvno=3 auth-etype=18 mutual id=%}}\n"
		iis     = "< Server: Microsoft-IIS/10.0\n"
		apache  = "< Server: Apache/2.4.57 (Debian)\n"
		offer   = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n"
		ntlm    = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM\n"
		ok      = "< HTTP/1.1 200 OK\n< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=krb5 token={aprep}}\n"
		issued  = "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < tgs-rep HTTP/web.contoso.com@CONTOSO.COM cname=bob@CONTOSO.COM id=1 kvno=3\n"
		type1   = get + "> Authorization: NTLM {ntlm1}\n< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: NTLM {ntlm2 target=CONTOSO computer=WEB domain=CONTOSO}\n\n"
		type3   = get + "> Authorization: NTLM {ntlm3 user=alice domain=CONTOSO ws=PC1 nt=v2}\n"
		refused = offer + apache + "\n"

		tls       = "conn 1 10.0.0.10:50000 > 10.0.0.20:443\ntls\n"
		python    = "< Server: BaseHTTP/0.6 Python/3.11\n"
		generic   = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {krberror 60 sname=HTTP/web.contoso.com@CONTOSO.COM}\n"
		reject    = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {spnego-resp state=reject}\n"
		nginx     = "< Server: nginx/1.24.0\n"
		proxyGet  = "> GET http://web.contoso.com/ HTTP/1.1\n> Host: web.contoso.com\n"
		proxyAsks = "< HTTP/1.1 407 Proxy Authentication Required\n< Via: 1.1 p1 (squid/6.6)\n< Proxy-Authenticate: Negotiate\n\n"
		winRM     = "conn 1 10.0.0.10:50000 > 10.0.0.20:5985\n> POST /wsman HTTP/1.1\n> Host: web.contoso.com:5985\n> Authorization: Negotiate {spnego-init mechs=krb5 token={apreq HTTP/web.contoso.com@CONTOSO.COM}}\n"

		winRMRefuses = "< HTTP/1.1 401 \n< Server: Microsoft-HTTPAPI/2.0\n< WWW-Authenticate: Negotiate\n\n"
		goHeaders    = "< Content-Type: text/plain; charset=utf-8\n< X-Content-Type-Options: nosniff\n"
	)
	one := func(s string) string { return strings.ReplaceAll(s, "%", "1") }
	two := func(s string) string { return strings.ReplaceAll(s, "%", "2") }
	tests := []struct {
		name, script string
		want         []string // each "status label: because", as it begins; "!label" for none
	}{
		{"a bare 401 of Apache", conn + get + refused + issued + one(ticket) + refused, []string{
			"possible the key: the KDC issued the ticket in frame",
			"ruled-out rights: a server that had taken the ticket", "not-visible a clock", "ruled-out a replay: no other request", "ruled-out the name", "ruled-out the size of the header",
		}},
		{"a path that is usually protected", tls + strings.Replace(get, "GET / ", "GET /adfs/ls/wia ", 1) + "> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM mutual}}\n" + offer + "< Server: Microsoft-HTTPAPI/2.0\n\n", []string{
			"possible Extended Protection: the path /adfs/ls/wia is usually protected; the binding is encrypted",
		}},
		{"Basic, which is not offered", conn + get + "> Authorization: Basic {basic alice:secret}\n" + ntlm + iis + "\n", []string{
			"possible no Basic there: the answer offers NTLM, and no Basic",
		}},
		{"NTLM whose message was left out, and that is not offered", "export curl\nconn 0 10.0.0.10:50000 > 10.0.0.5:3128\n> CONNECT web.contoso.com:443 HTTP/1.1\n> Host: web.contoso.com:443\n> Proxy-Authorization: NTLM TlRMTVNTUAA...AAAAAAAA=\n< HTTP/1.0 407 Proxy Authentication Required\n< Proxy-Authenticate: Basic realm=\"x\"\n< Connection: close\n\n", []string{
			"possible no NTLM there: the answer offers Basic, and no NTLM; it is of HTTP/1.0 and ends the connection",
		}},
		{"Basic at a second hop", "conn 0 10.0.0.9:50000 > 10.0.0.10:80\n" + get + "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n\n" + conn + get + "> Authorization: Basic {basic alice:secret}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n\n", []string{"!a second hop"}},
		{"Basic, which is offered", conn + get + "> Authorization: Basic {basic alice:secret}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n" + iis + "\n", []string{"!no Basic there"}},
		{"WinRM, and a message that is not encrypted", winRM + "> Content-Type: application/soap+xml\n>\n> <a/>\n" + winRMRefuses, []string{
			"possible a message that is not encrypted: the message is not encrypted, and WinRM takes no other over plain HTTP",
		}},
		{"WinRM, and one that is", winRM + "> Content-Type: multipart/encrypted\n>\n> x\n" + winRMRefuses, []string{"!a message that is not encrypted"}},
		{"Kerberos without SPNEGO", conn + get + refused + get + "> Authorization: Negotiate {apreq HTTP/web.contoso.com@CONTOSO.COM}\n" + refused, []string{
			"possible no SPNEGO around the token: the token is Kerberos without SPNEGO around it",
		}},
		{"Kerberos in SPNEGO", conn + get + refused + one(ticket) + refused, []string{"!no SPNEGO around the token"}},
		{"a port in the name", conn + get + refused + strings.ReplaceAll(one(ticket), "web.contoso.com@", "web.contoso.com:8080@") + refused, []string{
			"possible the name: the ticket is for HTTP/web.contoso.com:8080@CONTOSO.COM, with a port in the name: accounts and keytabs",
		}},
		{"a port in the name, and another ticket without", conn + one(ticket) + ok + apache + "\n" + strings.ReplaceAll(two(ticket), "web.contoso.com@", "web.contoso.com:8080@") + refused, []string{
			"possible the name: the ticket is for HTTP/web.contoso.com:8080@CONTOSO.COM, with a port in the name; the acceptor took one for HTTP/web.contoso.com@CONTOSO.COM in handshake 1",
		}},
		{"a ticket for the server, given to the proxy", "conn 1 10.0.0.10:50000 > 10.0.0.30:3128\n" + proxyGet + proxyAsks + proxyGet + strings.Replace(strings.TrimPrefix(one(ticket), get), "Authorization", "Proxy-Authorization", 1) + proxyAsks, []string{
			"possible the name: the ticket is for HTTP/web.contoso.com@CONTOSO.COM, the host that the proxy was asked for, and not for the proxy",
		}},
		{"the page says something of its own", conn + get + refused + one(ticket) + offer + apache + "<\n< <p>The user is in no group of the portal.</p>\n", []string{
			"possible the server's own words: \"The user is in no group of the portal.\", which may be about the logon or about the request", "possible the key",
		}},
		{"the page says what every page says", conn + get + refused + one(ticket) + offer + apache + "<\n< <p>Access to the requested page is denied.</p>\n", []string{"!the server's own words"}},
		{"a sentence that names no cause", conn + get + refused + one(ticket) + "< HTTP/1.1 500 Internal Server Error\n<\n< GSSException: Failure unspecified at GSS-API level\n", []string{"possible the key"}},
		{"NTLM, and a sentence that names no cause", conn + get + refused + get + "> Authorization: Negotiate {ntlm1}\n< HTTP/1.1 500 Internal Server Error\n<\n< GSSException: Failure unspecified at GSS-API level\n", []string{
			"possible no NTLM there: NTLM message 1 got the answer 500 and no challenge", "!rights",
		}},
		{"a reject of NTLM", conn + get + refused + get + "> Authorization: Negotiate {spnego-init mechs=ntlm token={ntlm1}}\n" + reject + apache + "\n", []string{
			"possible no NTLM there: NTLM message 1 got the answer 401 and no challenge", "!rights", "!the key",
		}},
		{"NTLM through nginx", conn + get + ntlm + nginx + "\n" + strings.Replace(type1, iis, nginx, 1) + type3 + ntlm + nginx + "\n", []string{
			"possible a balancer in between: the answer is of \"nginx/1.24.0\", which takes no NTLM itself", "not-visible password or account",
		}},
		{"NTLM at IIS", conn + get + ntlm + iis + "\n" + type1 + type3 + ntlm + iis + "\n", []string{
			"not-visible password or account", "not-visible a balancer in between: what passes the messages on, if anything does", "!the domain of the account",
		}},
		{"an NTLMv1 answer at IIS", conn + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "nt=v2", "nt=24 lm=24", 1) + ntlm + iis + "\n", []string{
			"possible NTLMv1: the answer is NTLMv1, which a server or domain controller refuses whose LAN Manager authentication level is 5"}},
		{"an NTLMv1 answer where another was taken", conn + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "nt=v2", "nt=24 lm=24", 1) + "< HTTP/1.1 200 OK\n" + iis + "\nconn 2 10.0.0.12:50001 > 10.0.0.20:80\n" + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "user=alice domain=CONTOSO ws=PC1 nt=v2", "user=bob domain=CONTOSO ws=PC2 nt=24 lm=24", 1) + ntlm + iis + "\n", []string{
			"ruled-out NTLMv1: the server took such an answer in handshake 1"}},
		{"an NTLMv2 answer that is two days old", conn + get + ntlm + iis + "\n" + strings.Replace(type1, "domain=CONTOSO}", "domain=CONTOSO time=none}", 1) + strings.Replace(type3, "nt=v2", "nt=v2 time=-50h", 1) + ntlm + iis + "\n", []string{
			"possible a clock: the time in the NTLMv2 answer is 50 whole hours behind the capture's, and Windows accepts it for 36 hours", "!NTLMv1:"}},
		{"an NTLMv2 answer that is a day old", conn + get + ntlm + iis + "\n" + strings.Replace(type1, "domain=CONTOSO}", "domain=CONTOSO time=none}", 1) + strings.Replace(type3, "nt=v2", "nt=v2 time=-20h", 1) + ntlm + iis + "\n", []string{"!a clock"}},
		{"a domain controller names the status", conn + get + ntlm + iis + "\n" + type1 + type3 + "logged 4776 DC1.contoso.com PackageName=MICROSOFT_AUTHENTICATION_PACKAGE_V1_0 TargetUserName=alice Workstation=PC1 Status=0xc0000234\n" + ntlm + iis + "\n", []string{
			"possible password or account: event 4776, record 1, of DC1.contoso.com says 0xC0000234 STATUS_ACCOUNT_LOCKED_OUT"}},
		{"an account of another domain", conn + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "domain=CONTOSO", "domain=FABRIKAM", 1) + ntlm + iis + "\n", []string{
			"possible the domain of the account: FABRIKAM\\alice is an account of FABRIKAM, while the server is in CONTOSO: it needs a trust between the two",
		}},
		{"an account of another domain that was let in before", conn + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "domain=CONTOSO", "domain=FABRIKAM", 1) + "< HTTP/1.1 200 OK\n" + iis + "\nconn 2 10.0.0.10:50001 > 10.0.0.20:80\n" + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "domain=CONTOSO", "domain=FABRIKAM", 1) + ntlm + iis + "\n", []string{
			"ruled-out the domain of the account: the account was let in with NTLM in handshake 1",
		}},
		{"a proxy that names itself in Via", conn + proxyGet + proxyAsks + strings.Replace(strings.Replace(one(ticket), "GET /", "GET http://web.contoso.com/", 1), "> Authorization", "> Proxy-Authorization", 1) + proxyAsks, []string{
			"ruled-out a replay: no other request of the capture carries this token",
		}},
		{"a chain of proxies", conn + proxyGet + proxyAsks + strings.Replace(strings.Replace(one(ticket), "GET /", "GET http://web.contoso.com/", 1), "> Authorization", "> Proxy-Authorization", 1) + strings.Replace(proxyAsks, "1.1 p1", "1.1 p2, 1.1 p1", 1), []string{
			"not-visible a replay: no other request of the capture carries this token; the proxy before",
		}},
		{"the same token to another machine", conn + get + refused + one(ticket) + ok + apache + "\nconn 2 10.0.0.10:50001 > 10.0.0.21:80\n" + one(ticket) + refused, []string{
			"possible the key", "possible a replay: the very same token was sent before, in handshake 1, to another machine (10.0.0.20)",
		}},
		{"a ticket with upper case in its name", conn + get + refused + strings.Replace(one(ticket), "HTTP/web.", "HTTP/WEB.", 1) + refused, []string{"possible the name: the ticket is for HTTP/WEB.contoso.com@CONTOSO.COM, with upper case in it"}},
		{"the same at IIS", conn + get + offer + iis + "\n" + strings.Replace(one(ticket), "HTTP/web.", "HTTP/WEB.", 1) + offer + iis + "\n", []string{"ruled-out the name"}},
		{"a bare 401 of IIS", conn + get + offer + iis + "\n" + one(ticket) + offer + iis + "\n", []string{
			"possible the key: the account under which the service runs must have HTTP/web.contoso.com@CONTOSO.COM, kvno 3",
			"ruled-out rights: a server that had taken the ticket would have sent the token", "ruled-out Extended Protection: there is no TLS",
		}},
		{"a bare 401 of lighttpd", conn + get + offer + "\n" + one(ticket) + offer + "< Server: lighttpd/1.4.69\n\n", []string{"not-visible rights: some acceptors"}},
		{"a bare 401 of lighttpd as it is out of the box", conn + get + offer + "< Server: lighttpd/1.4.69\n\n" + issued + one(ticket) + offer + "< Server: lighttpd/1.4.69\n\n", []string{
			"possible no forwarded ticket: the client forwarded no ticket-granting ticket (the authenticator has 220 bytes", "possible the key: the KDC issued",
		}},
		{"a client of lighttpd that forwards its ticket", conn + get + offer + "\n" + strings.Replace(one(ticket), "mutual", "mutual auth-size=1300", 1) + offer + "< Server: lighttpd/1.4.69\n\n", []string{"possible the key", "!no forwarded ticket"}},
		{"somebody gets in at lighttpd without a forwarded ticket", conn + get + offer + "\n" + one(ticket) + "< HTTP/1.1 200 OK\n< Server: lighttpd/1.4.69\n\n" + two(ticket) + offer + "< Server: lighttpd/1.4.69\n\n", []string{"ruled-out no forwarded ticket: the server let in"}},
		{"gokrb5, and the small PAC of MIT's KDC", conn + get + offer + goHeaders + "\n" + strings.Replace(one(ticket), "mutual", "mutual size=355", 1) + reject + goHeaders + "\n", []string{
			"possible the PAC of the ticket: the reject without more is as Go's gokrb5 makes it", "possible the key",
		}},
		{"gokrb5, and a large ticket", conn + get + offer + goHeaders + "\n" + one(ticket) + reject + goHeaders + "\n", []string{"not-visible the PAC of the ticket"}},
		{"a reject by somebody else", conn + get + offer + "\n" + strings.Replace(one(ticket), "mutual", "mutual size=355", 1) + reject + "< Server: Apache/2.4.57\n\n", []string{"!the PAC"}},
		{"a generic error over TLS, of Apache", tls + get + refused + one(ticket) + generic + apache + "\n", []string{"possible the key", "!Extended Protection"}},
		{"a generic error over TLS, of another acceptor", tls + get + offer + python + "\n" + one(ticket) + generic + python + "\n", []string{"possible Extended Protection: the acceptor's error is KRB_ERR_GENERIC (60)", "possible the key"}},
		{"a bare 401 over TLS, of an acceptor with a keytab", tls + get + offer + python + "\n" + one(ticket) + offer + python + "\n", []string{"possible the key", "not-visible Extended Protection: few acceptors"}},
		{"unbound over TLS, and the same machine took such an answer", tls + get + ntlm + iis + "\n" + type1 + type3 + "< HTTP/1.1 200 OK\n" + iis + "\nconn 2 10.0.0.10:50001 > 10.0.0.20:443\ntls\n" + type1 + type3 + ntlm + iis + "\n", []string{
			"ruled-out Extended Protection: the acceptor took credentials that are bound to nothing either, in handshake 1",
		}},
		{"unbound over TLS, and another application of the machine took such an answer", tls + get + ntlm + iis + "\n" + type1 + type3 + "< HTTP/1.1 200 OK\n" + iis + "\nconn 2 10.0.0.10:50001 > 10.0.0.20:443\ntls\n" + strings.ReplaceAll(type1+type3, "GET /", "GET /ews") + ntlm + iis + "\n", []string{
			"possible Extended Protection: the NTLM answer is not bound to the TLS connection",
		}},
		{"two machines by their header", conn + get + ntlm + iis + "\n" + strings.Replace(type1, iis, iis+"< X-FEServer: EX01\n", 1) + type3 + ntlm + iis + "< X-FEServer: EX02\n\n", []string{
			"possible a balancer in between: the challenge came from another machine than the refusal: X-FEServer is \"EX01\" in the one and \"EX02\" in the other",
		}},
		{"one machine by its header", conn + get + ntlm + iis + "\n" + strings.Replace(type1, iis, iis+"< X-FEServer: EX01\n", 1) + type3 + ntlm + iis + "< X-FEServer: EX01\n\n", []string{"not-visible a balancer in between"}},
		{"two machines by their challenges", conn + get + ntlm + iis + "\n" + type1 + type3 + ntlm + iis + "\n" + strings.Replace(type1, "computer=WEB", "computer=WEB2", 1) + type3 + "< HTTP/1.1 200 OK\n" + iis + "\n", []string{
			"possible a balancer in between: on the same connection machines called WEB2 and WEB sent challenges",
		}},
		{"the cookie of a balancer", conn + get + ntlm + iis + "< Set-Cookie: BIGipServerweb=1.2.3; path=/\n\n" + type1 + type3 + ntlm + iis + "\n", []string{
			"possible a balancer in between: a balancer passes the messages on, by its cookie BIGipServerweb",
		}},
		{"bound to the certificate of the connection, which may be a balancer's", tls + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "nt=v2", "nt=v2 cbt=match", 1) + ntlm + iis + "\n", []string{
			"not-visible Extended Protection: the NTLM answer is bound to the certificate of this connection: only where TLS ends before the server",
		}},
		{"the same key was taken before", conn + get + refused + one(ticket) + ok + apache + "\n" + two(ticket) + refused, []string{
			"ruled-out the key: the acceptor took a ticket with the same key", "ruled-out a replay",
		}},
		{"the same key, long before", conn + get + refused + one(ticket) + ok + apache + "\nwait 5h\n" + two(ticket) + refused, []string{
			"possible the key: the acceptor took a ticket with the same key (HTTP/web.contoso.com@CONTOSO.COM, kvno 3, aes256-cts-hmac-sha1-96 (18)) in handshake 1, 5 h apart",
		}},
		{"the same key, and another machine behind the address", conn + get + refused + one(ticket) + ok + apache + "\n" + two(ticket) + offer + "< Server: Apache/2.4.62 (Ubuntu)\n\n", []string{
			"possible the key: 10.0.0.20 took a ticket with the same key", "not-visible a clock",
		}},
		{"the same key, where nothing proves a success", conn + get + refused + one(ticket) + "< HTTP/1.1 200 OK\n" + apache + "\nconn 2 10.0.0.10:50001 > 10.0.0.20:80\n" + two(ticket) + refused, []string{
			"possible the key: the keytab of 10.0.0.20 must hold", "not-visible a clock", "ruled-out the name: the ticket is for the name of the URL",
		}},
		{"two clients behind one address", conn + get + refused + one(ticket) + ok + apache + "\nconn 2 10.0.0.10:50001 > 10.0.0.20:80\n" + two(ticket) + refused, []string{
			"ruled-out the key", "not-visible a clock",
		}},
		{"an error that means anything", conn + get + refused + one(ticket) + "< HTTP/1.1 401 Unauthorized\n" + apache + "< WWW-Authenticate: Negotiate {krberror 60 sname=HTTP/web.contoso.com@CONTOSO.COM}\n\n", []string{
			"possible the key: the keytab of 10.0.0.20 must hold HTTP/web.contoso.com@CONTOSO.COM, kvno 3, aes256-cts-hmac-sha1-96 (18), and KRB_ERR_GENERIC (60) may mean that it does not",
		}},
		{"two clocks that are apart from each other", clock + "kdc > as-req cname=bob@CONTOSO.COM\nkdc < krb-error 25 sname=krbtgt/CONTOSO.COM@CONTOSO.COM ctime=-4m\n" + conn + get + refused + one(ticket) + offer + apache + "< Date: Mon, 02 Mar 2026 10:04:00 GMT\n\n", []string{
			"possible a clock: the acceptor's clock (Date, frame 13) is 4 min ahead of the capture's, and the client's (ctime) is 4 min behind the capture's",
		}},
		{"a capture made on the machine whose clock is wrong", clock + "kdc > as-req cname=bob@CONTOSO.COM\nkdc < krb-error 25 sname=krbtgt/CONTOSO.COM@CONTOSO.COM stime=+20m\n" + issued + conn + get + refused + one(ticket) + offer + apache + "< Date: Mon, 02 Mar 2026 10:00:00 GMT\n\n", []string{
			"possible a clock: the acceptor's clock (Date, frame 15) is equal to the capture's, and that of the KDC, which took the client's time in frame",
		}},
		{"a KDC whose clock is that of the acceptor", clock + "kdc > as-req cname=bob@CONTOSO.COM\nkdc < krb-error 25 sname=krbtgt/CONTOSO.COM@CONTOSO.COM stime=now\n" + issued + conn + get + refused + one(ticket) + offer + apache + "< Date: Mon, 02 Mar 2026 10:00:00 GMT\n\n", []string{
			"ruled-out a clock: the acceptor's clock (Date, frame 15) is equal to the capture's, and that of the KDC",
		}},
		{"somebody between who may repeat a request", conn + get + refused + one(ticket) + refused[:len(refused)-1] + "< Via: 1.1 edge\n\n", []string{
			"not-visible a replay: no other request of the capture carries this token; the proxy",
		}},
		{"a connection from before the capture", "conn 9 10.0.0.30:50009 > 10.0.0.20:80 nosyn\n" + get + "< HTTP/1.1 200 OK\n\n" + conn + get + refused + one(ticket) + refused, []string{
			"not-visible a replay: the token may have come before",
		}},
		{"another connection of which bytes are missing", "conn 9 10.0.0.30:50009 > 10.0.0.20:80\n" + get + "< HTTP/1.1 200 OK\n\nlost client 700\nclose client fin\n" + conn + get + refused + one(ticket) + refused, []string{
			"not-visible a replay: no other request of the capture carries this token; not all of another connection to 10.0.0.20 could be read",
		}},
		{"a request by way of a proxy", "dns 10.0.0.10 web.contoso.com A 10.0.0.20\n" + strings.ReplaceAll(strings.ReplaceAll(conn+get+refused+one(ticket)+refused, "10.0.0.20", "10.0.0.99"), "GET /", "GET http://web.contoso.com/"), []string{
			"ruled-out the name", "possible the key: the keytab of web.contoso.com must hold",
		}},
		{"a machine that calls itself by way of a balancer", strings.Replace(conn, "10.0.0.10", "10.0.0.21", 1) + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "ws=PC1", "ws=WEB", 1) + ntlm + iis + "\n", []string{
			"possible the loopback check: client and server both call themselves WEB",
		}},
		{"an NTLM answer that is bound to TLS elsewhere", conn + get + ntlm + iis + "\n" + type1 + strings.Replace(type3, "nt=v2", "nt=v2 cbt=0102030405060708090a0b0c0d0e0f10", 1) + ntlm + iis + "\n", []string{
			"possible Extended Protection: the NTLM answer is bound to a TLS connection, and there is none here",
		}},
		{"the same token a second time", conn + get + refused + one(ticket) + ok + apache + "\n" + one(ticket) + refused, []string{
			"possible a replay: the very same token (ticket and authenticator) was sent before, in handshake 1", "ruled-out the key",
		}},
		{"a ticket for another name", conn + strings.ReplaceAll(get, "web.", "alias.") + refused + strings.ReplaceAll(one(ticket), "Host: web.", "Host: alias.") + refused, []string{
			"possible the name: the ticket is for HTTP/web.contoso.com@CONTOSO.COM, and the URL names alias.contoso.com", "possible the key",
		}},
		{"an NTLM answer", conn + get + ntlm + iis + "\n" + type1 + type3 + ntlm + iis + "\n", []string{
			"not-visible password or account: password, account and policy leave no trace: event 4625",
			"ruled-out no NTLM there: the server sent an NTLM challenge", "ruled-out the loopback check: client and server are two machines",
		}},
		{"an NTLM answer of a user who gets in elsewhere", conn + get + ntlm + iis + "\n" + type1 + type3 + ntlm + iis + "\nconn 2 10.0.0.10:50001 > 10.0.0.21:80\n" + type1 + type3 + "< HTTP/1.1 200 OK\n" + iis + "\n", []string{
			"not-visible password or account: the account is good: it was let in with NTLM in handshake 2",
		}},
		{"the acceptor says why", conn + get + refused + one(ticket) + "< HTTP/1.1 401 Unauthorized\n" + apache + "< WWW-Authenticate: Negotiate {krberror 37 sname=HTTP/web.contoso.com@CONTOSO.COM}\n\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := capturetest.Parse(tt.script)
			if err != nil {
				t.Fatal(err)
			}
			r := replay(t, c, c.Pcapng())
			var got []string
			for _, h := range r.Handshakes {
				for _, c := range h.Candidates {
					got = append(got, string(c.Status)+" "+c.Label+": "+c.Because)
				}
			}
			if len(tt.want) == 0 && len(got) > 0 {
				t.Errorf("got %q, want none", got)
			}
			for _, want := range tt.want {
				if label, absent := strings.CutPrefix(want, "!"); absent {
					if strings.Contains(strings.Join(got, "\n"), label) {
						t.Errorf("%q in\n%s", label, strings.Join(got, "\n"))
					}
					continue
				}
				if !anyHasPrefix(got, want) {
					t.Errorf("no %q in\n%s\n%s", want, strings.Join(got, "\n"), list(r))
				}
			}
			order := map[string]int{string(analysis.Possible): 0, string(analysis.NotVisible): 1, string(analysis.RuledOut): 2}
			last := 0
			for _, s := range got {
				status, _, _ := strings.Cut(s, " ")
				if order[status] < last {
					t.Errorf("%q stands too late in\n%s", s, strings.Join(got, "\n"))
				}
				last = order[status]
			}
		})
	}
}

func anyHasPrefix(all []string, prefix string) bool {
	for _, s := range all {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}
