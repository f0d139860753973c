package checks_test

import (
	"slices"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// TestCauses holds what a finding says of its cause where the capture narrows it.
func TestCauses(t *testing.T) {
	const (
		asked    = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.contoso.com\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n"
		again    = "> GET / HTTP/1.1\n> Host: web.contoso.com\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n"
		noKDC    = "dns 10.0.0.10 _kerberos._tcp.dc._msdcs.contoso.com nxdomain\n"
		silence  = "conn k1 10.0.0.10:41000 > 10.0.0.1:88 unanswered\nconn k2 10.0.0.10:41001 > 10.0.0.1:88 unanswered\n"
		ticket   = "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {apreq HTTP/web.contoso.com@CONTOSO.COM id=%}\n"
		refused  = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {krberror 34 sname=HTTP/web.contoso.com@CONTOSO.COM}\n\n"
		unknown  = "kdc > tgs-req HTTP/%@CONTOSO.COM\nkdc < krb-error 7 sname=HTTP/%@CONTOSO.COM\n"
		modified = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {krberror 41 sname=HTTP/web.contoso.com@CONTOSO.COM}\n\n"
		alias    = "dns 10.0.0.10 web.contoso.com CNAME srv1.contoso.com A 10.0.0.20\n"
		farm     = "dns 10.0.0.10 web.contoso.com A 10.0.0.20 A 10.0.0.21\n"
	)
	const (
		tgt     = "kdc > as-req cname=alice@CONTOSO.COM\nkdc < as-rep krbtgt/CONTOSO.COM@CONTOSO.COM cname=alice@CONTOSO.COM\n"
		later   = "wait 10s\nconn 9 10.0.0.12:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.contoso.com\n< HTTP/1.1 200 OK\n\n"
		expired = "kdc > as-req cname=alice@CONTOSO.COM\nkdc < krb-error 23 sname=krbtgt/CONTOSO.COM@CONTOSO.COM\n"
	)
	const (
		says    = "< HTTP/1.1 500 Internal Server Error\n< Content-Type: text/html\n<\n< "
		iisSays = "< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: Negotiate\n<\n< "
	)
	const logged = "log #Fields: date time cs-method cs-uri-stem cs-username c-ip sc-status sc-substatus sc-win32-status\nlog 2026-01-02 03:04:05 GET / - 10.0.0.10 %\n" +
		"conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Basic {basic alice:secret}\n" +
		"< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: Basic realm=\"x\"\n\n"
	refusedName := func(name string) string { return asked + strings.ReplaceAll(unknown, "%", name) + again }
	const viaIIS = "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Via: 1.1 proxy\n> Authorization: Negotiate {apreq HTTP/web.contoso.com@CONTOSO.COM mutual id=%}\n" +
		"< HTTP/1.1 200 OK\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=krb5 token={aprep}}\n\n"
	shared := func(request string) string {
		conn := "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
		for _, id := range []string{"1", "2", "3"} {
			conn += strings.ReplaceAll(request, "%", id)
		}
		return conn
	}
	keyed := func(kvno string) string { // the server takes every ticket but that under kvno 7
		answer := "< HTTP/1.1 200 OK\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=krb5 token={aprep}}\n\n"
		if kvno == "7" {
			answer = "< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: Negotiate {krberror 41 sname=HTTP/web.contoso.com@CONTOSO.COM}\n\n"
		}
		return "conn " + kvno + "\n> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {apreq HTTP/web.contoso.com@CONTOSO.COM mutual kvno=" + kvno + " id=" + kvno + "}\n" + answer
	}
	const (
		bound = "conn 1 10.0.0.10:50000 > 10.0.0.20:443 tls\n> GET / HTTP/1.1\n> Host: web.contoso.com\n%> Authorization: NTLM {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM {ntlm2}\n\n> GET / HTTP/1.1\n> Host: web.contoso.com\n%> Authorization: NTLM {ntlm3 cbt=match}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM\n\n"
		begun = "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: NTLM {ntlm1}\n< HTTP/1.1 401 Unauthorized\n"
	)
	tests := []struct{ name, script, check, cause string }{
		{"IIS behind a proxy", shared(viaIIS), "auth-every-request", "The requests carry Via: IIS keeps a logon for one request only"},
		{"IIS without a proxy", shared(strings.Replace(viaIIS, "> Via: 1.1 proxy\n", "", 1)), "auth-every-request", ""},
		{"Apache behind a proxy", shared(strings.Replace(viaIIS, "Microsoft-IIS/10.0", "Apache", 1)), "auth-every-request", ""},
		{"no KDC in DNS, and no token", noKDC + asked + again, "client-token-generation-failed", "_kerberos._tcp.dc._msdcs.contoso.com has no SRV record (NXDOMAIN)"},
		{"no KDC in DNS, and none answers", noKDC + silence + asked, "kdc-unreachable", "The name server knows no KDC"},
		{"an alias was asked for", alias + refusedName("web.contoso.com"), "spn-not-found", "web.contoso.com is an alias of srv1.contoso.com (DNS, frame 2), and the client asked for the alias."},
		{"an alias was followed", alias + refusedName("srv1.contoso.com"), "spn-not-found", "web.contoso.com is an alias (DNS, frame 2), and the client asked for the name that it leads to."},
		{"an alias was followed, and no request came", alias + strings.ReplaceAll(unknown, "%", "srv1.contoso.com"), "spn-not-found", "web.contoso.com is an alias (DNS, frame 2), and the client asked for the name that it leads to."},
		{"another alias leads to the host", "dns 10.0.0.10 old.contoso.com CNAME web.contoso.com A 10.0.0.20\n" + refusedName("web.contoso.com"), "spn-not-found", ""},
		{"the reverse name was asked for", "dns 10.0.0.10 20.0.0.10.in-addr.arpa PTR srv2.contoso.com\n" + refusedName("srv2.contoso.com"),
			"spn-not-found", "The reverse look-up of 10.0.0.20 gives srv2.contoso.com (frame 2)"},
		{"one path has another account", keyed("6") + strings.ReplaceAll(strings.Replace(keyed("7"), "GET / ", "GET /api ", 1), "kvno=7", "kvno=6"), "spn-wrong-account-ap-err-modified", "10.0.0.20 took a ticket under the same key in handshake 1, for http://web.contoso.com/: what answers http://web.contoso.com/api decrypts as another account"},
		{"setspn finds nobody", "printed C:\\>setspn -Q HTTP/web.contoso.com\nprinted Checking domain DC=contoso,DC=com\nprinted No such SPN found.\n" + asked + "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {ntlm2}\n\n",
			"ntlm-fallback-over-negotiate", "finds no account with HTTP/web.contoso.com where it looked"},
		{"a cookie for https alone", "conn 1\n" + strings.Repeat(strings.Replace(keyed("6")[len("conn 6\n"):], "200 OK\n< Server: Microsoft-IIS/10.0\n", "200 OK\n< Server: Kestrel\n< Set-Cookie: auth=1; path=/; Secure\n", 1), 3), "auth-every-request", "The logon sets the cookie auth, which does not come back: "},
		{"a ticket to hand on, over a trust", "kdc > tgs-req krbtgt/FABRIKAM.COM@FABRIKAM.COM tgt=CONTOSO.COM options=0x60810000\nkdc < krb-error 13 sname=krbtgt/FABRIKAM.COM@FABRIKAM.COM\n",
			"kdc-error", "delegation over the trust between CONTOSO.COM and FABRIKAM.COM is off"},
		{"NTLM is refused as the ticket was", asked + "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < krb-error 12 sname=HTTP/web.contoso.com@CONTOSO.COM ntstatus=0xc0000413\n" +
			"> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {ntlm2}\n\n> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {ntlm3}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n",
			"ntlm-logon-rejected", "Perhaps the same for which the KDC refused a ticket (frame 9): Selective authentication"},
		{"Windows' WebDAV client and Basic", "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> PROPFIND /dav HTTP/1.1\n> Host: web.contoso.com\n> User-Agent: Microsoft-WebDAV-MiniRedir/10.0.19045\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"dav\"\n\n",
			"challenge-unanswered", "Windows' WebDAV client sends a password with Basic over plain HTTP only where BasicAuthLevel is 2"},
		{"the server is in another domain", asked + strings.ReplaceAll(unknown, "%", "web.contoso.com") + "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {ntlm2 domain=FABRIKAM target=FABRIKAM dnsdomain=fabrikam.com}\n\n" +
			"> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Negotiate {ntlm3}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n",
			"spn-not-found", "that it is in the domain fabrikam.com, and the KDC of CONTOSO.COM did not send the client on"},
		{"the machine has the older key", keyed("6") + keyed("7"), "spn-wrong-account-ap-err-modified", "The same machine took a ticket under kvno 6 in handshake 1, and this one is under kvno 7: the account has a newer key"},
		{"the ticket is older than the key", keyed("8") + keyed("7"), "spn-wrong-account-ap-err-modified", "it was issued before the account got its newer key"},
		{"a domain controller without write access counts by itself", keyed("65542") + keyed("7"), "spn-wrong-account-ap-err-modified", ""},
		{"another client learned of an alias", strings.Replace(alias, "10.0.0.10", "10.0.0.11", 1) + refusedName("web.contoso.com"), "spn-not-found", ""},
		{"the name server fails", "dns 10.0.0.10 web.contoso.com servfail\n" + refusedName("web.contoso.com"), "spn-not-found", ""},
		{"several machines", farm + asked + strings.ReplaceAll(ticket, "%", "1") + modified, "spn-wrong-account-ap-err-modified|keytab-key-mismatch",
			"web.contoso.com has the addresses 10.0.0.20, 10.0.0.21 (DNS, up to frame 2): each machine behind the name must have the key, and 10.0.0.20 was asked."},
		{"the address changes", "dns 10.0.0.10 web.contoso.com A 10.0.0.21\ndns 10.0.0.10 web.contoso.com A 10.0.0.20\n" + asked + strings.ReplaceAll(ticket, "%", "1") + modified,
			"spn-wrong-account-ap-err-modified|keytab-key-mismatch", "has the addresses 10.0.0.21, 10.0.0.20 (DNS, up to frame 4)"},
		{"after its TGT the client stops", asked + tgt + again + later, "client-token-generation-failed", "The client stopped after its ticket-granting ticket (frame"},
		{"the capture ends with the TGT", asked + again + tgt, "client-token-generation-failed", ""},
		{"the TGT came before the challenge", tgt + asked + again + later, "client-token-generation-failed", ""},
		{"another KDC does not answer", asked + tgt + "kdc 10.0.0.10:40009 > 10.0.0.2:88 tgs-req HTTP/web.contoso.com@CONTOSO.COM\n" + again + later, "client-token-generation-failed", ""},
		{"a new password", expired + "kdc 10.0.0.10:40003 > 10.0.0.1:464 kpasswd ap={apreq kadmin/changepw@CONTOSO.COM bare}\n" +
			"kdc 10.0.0.1:464 > 10.0.0.10:40003 kpasswd ap={aprep bare}\n", "kdc-client-credential-error", "A new password was sent later; whether it was taken is encrypted (frame 4)."},
		{"a new password over TCP, refused", expired + "kdc tcp 10.0.0.10:40003 > 10.0.0.1:464 kpasswd ap={apreq kadmin/changepw@CONTOSO.COM bare}\n" +
			"kdc tcp 10.0.0.1:464 > 10.0.0.10:40003 kpasswd error={krb-error 37 sname=kadmin/changepw@CONTOSO.COM}\n", "kdc-client-credential-error",
			"A change of the password was refused later: KRB_AP_ERR_SKEW (37)"},
		{"another client sends a new password", expired + "kdc 10.0.0.11:40003 > 10.0.0.1:464 kpasswd ap={apreq kadmin/changepw@CONTOSO.COM bare}\n", "kdc-client-credential-error", ""},
		{"noise at port 464", expired + "kdc 10.0.0.10:40003 > 10.0.0.1:464 raw 0006000200000000\n", "kdc-client-credential-error", ""},
		{"disabled, in the KDC's words", strings.Replace(expired, "krb-error 23", "krb-error 18 ntstatus=0xc0000072", 1), "kdc-client-credential-error", "The account is disabled."},
		{"to be changed, in the KDC's words", strings.Replace(expired, "krb-error 23", "krb-error 23 ntstatus=0xc0000224", 1), "kdc-client-credential-error", "The password must be changed at the next logon."},
		{"expired, by the code", strings.Replace(expired, "krb-error 23", "krb-error 1", 1), "kdc-client-credential-error", "The client's account has expired."},
		{"locked, in the words of MIT's KDC", strings.Replace(expired, "krb-error 23", "krb-error 18 text=LOCKED_OUT", 1), "kdc-client-credential-error", "The account is locked after too many wrong passwords."},
		{"words that say nothing more", strings.Replace(expired, "krb-error 23", "krb-error 18 text=REVOKED", 1), "kdc-client-credential-error", ""},
		{"a code that leaves it open", strings.Replace(expired, "krb-error 23", "krb-error 18", 1), "kdc-client-credential-error", ""},
		{"a status that leaves it open", strings.Replace(expired, "krb-error 23", "krb-error 18 ntstatus=0xc000006e", 1), "kdc-client-credential-error", ""},
		{"the page names the key", asked + strings.ReplaceAll(ticket, "%", "1") + says + "<pre>GSSException: Failure (Mechanism level: Checksum failed)</pre>\n\n", "reported-reason", "The acceptor's key does not open the ticket"},
		{"the page names the clock", asked + strings.ReplaceAll(ticket, "%", "1") + says + "<pre>KrbException: Clock skew too great (37)</pre>\n\n", "reported-reason", "The clocks of client and acceptor"},
		{"bound to the certificate", strings.ReplaceAll(bound, "%", ""), "ntlm-logon-rejected", "Likelier a wrong password"},
		{"bound to the certificate of a balancer", strings.ReplaceAll(bound, "%", "> Cookie: BIGipServerweb=1\n"), "ntlm-logon-rejected", ""},
		{"another challenge from another machine", "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n" + begun + "< X-FEServer: MBX1\n< WWW-Authenticate: NTLM {ntlm2}\n\n" + strings.Replace(begun, "{ntlm1}", "{ntlm3}", 1) + "< X-FEServer: MBX2\n< WWW-Authenticate: NTLM {ntlm2}\n\n",
			"ntlm-logon-rejected", `The two challenges may come from two machines: X-FEServer is "MBX1" with the first and "MBX2" with the second.`},
		{"the page names no cause", asked + strings.ReplaceAll(ticket, "%", "1") + says + "<pre>GSSException: Failure unspecified at GSS-API level</pre>\n\n", "reported-reason", ""},
		{"the page of IIS has the status of a binding", asked + strings.ReplaceAll(ticket, "%", "1") + iisSays + "<h2>HTTP Error 401.1 - Unauthorized</h2><td>0x80090346</td>\n\n", "reported-reason", "The channel binding of the logon does not fit"},
		{"the server's log names the binding", strings.ReplaceAll(logged, "%", "401 1 2148074310"), "logged-cause", "The channel binding does not fit the TLS connection"},
		{"the server's log names the account", strings.ReplaceAll(logged, "%", "401 1 1909"), "logged-cause", "The account is locked after too many wrong passwords."},
		{"another line than the token", "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.contoso.com\n> X-Forwarded-Cert: {fill 9000}\n> Authorization: Negotiate {apreq HTTP/web.contoso.com@CONTOSO.COM}\n< HTTP/1.1 431 Status\n\n", "token-too-large", "The line X-Forwarded-Cert makes up 9020 bytes of it, the credentials "},
		{"one machine", "dns 10.0.0.10 web.contoso.com A 10.0.0.20\n" + asked + strings.ReplaceAll(ticket, "%", "1") + modified, "spn-wrong-account-ap-err-modified|keytab-key-mismatch", ""},
		{"DNS says nothing", asked + again, "client-token-generation-failed", ""},
		{"the same authenticator twice", asked + strings.ReplaceAll(ticket, "%", "1") + "< HTTP/1.1 200 OK\n\n" + strings.ReplaceAll(ticket, "%", "1") + refused, "krb-ap-req-rejected", "The very same authenticator was sent in handshake 1 before."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := capturetest.Parse(tt.script)
			if err != nil {
				t.Fatal(err)
			}
			r := replay(t, c, c.File())
			for _, f := range r.Findings {
				if !slices.Contains(strings.Split(tt.check, "|"), f.Check) {
					continue
				}
				if !strings.Contains(f.Cause, tt.cause) || tt.cause == "" && f.Cause != "" {
					t.Errorf("cause: got %q, want %q", f.Cause, tt.cause)
				}
				return
			}
			t.Errorf("no %s in\n%s", tt.check, list(r))
		})
	}
}
