package checks_test

import (
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/internal/capturetest"
)

// TestAdviceOfCases holds which cause a finding names first, and which remedy, where the case
// decides it.
func TestAdviceOfCases(t *testing.T) {
	const (
		conn    = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
		iis     = "< Server: Microsoft-IIS/10.0\n"
		offer   = "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate\n< WWW-Authenticate: NTLM\n\n"
		get     = "> GET / HTTP/1.1\n> Host: web.contoso.com\n"
		asked   = conn + get + offer
		unknown = "kdc > tgs-req %@CONTOSO.COM\nkdc < krb-error 7 sname=%@CONTOSO.COM\n"
		again   = get + "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate\n\n"
		later   = "wait 40s\nconn 9 10.0.0.12:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: other.contoso.com\n< HTTP/1.1 200 OK\n\n"

		ticket   = "> Authorization: Negotiate {spnego-init mechs=krb5 token={apreq % mutual kvno=6 id=@}}\n"
		modified = "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=accept-incomplete mech=ms-krb5 token={krberror 41 sname=%}}\n\n"
		taken    = "< HTTP/1.1 200 OK\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=krb5 token={aprep}}\n\n"
		web      = "HTTP/web.contoso.com@CONTOSO.COM"
		alias    = "dns 10.0.0.10 web.contoso.com CNAME srv1.contoso.com A 10.0.0.20\n"

		listed    = "printed Checking domain DC=contoso,DC=com\nprinted CN=svc-web,OU=Service,DC=contoso,DC=com\nprinted \\tHTTP/web.contoso.com\nprinted Existing SPN found!\n"
		challenge = "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: NTLM {ntlm2 target=CONTOSO computer=WEB domain=CONTOSO %}\n\n"
		sentOn    = "kdc > tgs-req " + web + "\nkdc < tgs-rep krbtgt/FABRIKAM.COM@CONTOSO.COM\nkdc > tgs-req HTTP/web.contoso.com@FABRIKAM.COM tgt=FABRIKAM.COM\n"
	)
	named := func(script, spn string) string { return strings.ReplaceAll(script, "%", spn) }
	refused := func(spn string) string {
		return get + strings.ReplaceAll(named(ticket, spn), "@}}", "1}}") + named(modified, spn)
	}
	answer := func(n2, n3 string) string {
		return conn + get + "> Authorization: NTLM {ntlm1}\n" + named(challenge, n2) + get + "> Authorization: NTLM {ntlm3 " + n3 + "}\n" + offer
	}
	refusal := func(status, n3 string) string {
		return "logged 4625 WEB.contoso.com LogonType=3 AuthenticationPackageName=NTLM TargetUserName=alice TargetDomainName=CONTOSO WorkstationName=PC1 IpAddress=10.0.0.10 IpPort=50000 Status=" + status + " SubStatus=0x0\n" + answer("", n3)
	}
	silent := func(agent string) string { return conn + get + agent + offer + "close client fin\n" + later }
	unproxied := func(line, offered string) string {
		return "conn 1 10.0.0.10:50000 > 10.0.0.30:3128\n> " + line + "\n> Host: web.contoso.com\n> User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36\n" +
			"< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: " + offered + "\n\nclose client fin\n" + later
	}
	event := func(id string) string {
		return "logged " + id + " DC1.contoso.com Name=HTTP/web.contoso.com\n" + asked + named(unknown, "HTTP/web.contoso.com") + again
	}
	proxied := func(status string) string {
		return conn + get + strings.ReplaceAll(named(ticket, web), "@}}", "1}}") + taken + "kdc 10.0.0.20:41001 > 10.0.0.1:88 tgs-req HTTP/back.contoso.com@CONTOSO.COM options=0x40830000 additional=" + web + "\nkdc 10.0.0.20:41001 < 10.0.0.1:88 krb-error " + status + "\n"
	}
	row := func(zone string) string {
		return "log 10.0.0.10 - alice [02/Jan/2026:03:04:05 " + zone + "] \"GET /app HTTP/1.1\" 401 381 \"-\" \"curl/8.0\"\n"
	}
	line := func(client string) string {
		return "log [Fri Jan 02 03:04:05.500000 2026] [auth_basic:error] [pid 7:tid 8] [client " + client + ":50000] AH01617: user alice: authentication failure for \"/app\": Password Mismatch\n"
	}
	loopedLog := func(client string) string {
		return "log #Fields: date time s-ip cs-method cs-uri-stem s-port cs-username c-ip cs-host sc-status sc-substatus sc-win32-status\nlog 2026-01-02 03:04:05 10.0.0.20 GET /app 80 - " + client + " web.contoso.com 401 1 2148074252\n"
	}
	ofNginx := func(path string) string {
		return "log 2026/01/02 03:04:05 [error] 7#7: *1 user \"alice\": password mismatch, client: 10.0.0.10, server: web, request: \"GET " + path + " HTTP/1.1\", host: \"web\"\n"
	}
	holdAdvice(t, []advised{
		{"setspn lists the account", listed + asked + refused(web), "spn-wrong-account-ap-err-modified", "setspn lists HTTP/web.contoso.com as a name of CN=svc-web,OU=Service,DC=contoso,DC=com: only what runs as that account can decrypt the ticket. IIS decrypts as the computer in kernel mode", "useAppPoolCredentials", ""},
		{"setspn lists the name of the URL", listed + alias + asked + refused("HTTP/srv1.contoso.com@CONTOSO.COM"), "spn-wrong-account-ap-err-modified", "The ticket is for HTTP/srv1.contoso.com. setspn, in", "A record", ""},
		{"setspn lists another name", strings.ReplaceAll(listed, "web.contoso.com", "old.contoso.com") + alias + asked + refused("HTTP/srv1.contoso.com@CONTOSO.COM"), "spn-wrong-account-ap-err-modified", "The URL's host is an alias", "A record", ""},
		{"another machine has the key", conn + get + strings.ReplaceAll(named(ticket, web), "@}}", "2}}") + taken + "conn 2 10.0.0.11:50000 > 10.0.0.21:80\n" + refused(web), "spn-wrong-account-ap-err-modified", "Another machine, 10.0.0.20, took a ticket under the same key (kvno 6) in handshake 1", "Compare the two machines", ""},
		{"another machine has another key", conn + get + strings.ReplaceAll(strings.ReplaceAll(named(ticket, web), "@}}", "2}}"), "kvno=6", "kvno=5") + taken + "conn 2 10.0.0.11:50000 > 10.0.0.21:80\n" + refused(web), "spn-wrong-account-ap-err-modified", "The SPN is on the application pool's account", "useAppPoolCredentials", ""},
		{"the error names the account", asked + strings.ReplaceAll(get+named(ticket, web), "@}}", "1}}") + named(modified, "WEB$@CONTOSO.COM"), "spn-wrong-account-ap-err-modified", "The error is in the name of WEB$@CONTOSO.COM, the account whose key was tried: HTTP/web.contoso.com is on another one", "useAppPoolCredentials", ""},
		{"the ticket is older than the key", conn + get + strings.ReplaceAll(strings.ReplaceAll(named(ticket, web), "@}}", "2}}"), "kvno=6", "kvno=7") + taken + "conn 2 10.0.0.11:50000 > 10.0.0.20:80\n" + refused(web), "spn-wrong-account-ap-err-modified", "it was issued before the account got its newer key", "klist purge (kdestroy) on the client", "useAppPoolCredentials"},
		{"a domain controller without a certificate", "kdc > as-req cname=alice@CONTOSO.COM preauth\nkdc < krb-error 16 sname=krbtgt/CONTOSO.COM@CONTOSO.COM\n", "kdc-error", "the domain controller has no certificate of its own", "certutil -dcinfo", ""},
		{"the server calls itself otherwise", named(unknown, "HTTP/web.contoso.com") + answer("dns=old.contoso.com", ""), "spn-not-found", "The server calls itself old.contoso.com in frame", "setspn -Q", ""},
		{"the server calls itself so", named(unknown, "HTTP/web.contoso.com:80") + answer("dns=web.contoso.com", ""), "spn-not-found", "The client puts the port into the name", "", ""},
		{"a port in the name", asked + named(unknown, "HTTP/web.contoso.com:8080") + again, "spn-not-found", "The client puts the port into the name", "take the port out of it", ""},
		{"a short name", asked + named(unknown, "HTTP/web") + again, "spn-not-found", "The client asks for a short name", "Use the full name", ""},
		{"a name like any other", asked + named(unknown, "HTTP/web.contoso.com") + again, "spn-not-found", "The name was never registered", "setspn -Q", ""},
		{"no way to the host's realm", asked + named(unknown, "HTTP/web.contoso.com") + "kdc > tgs-req krbtgt/FABRIKAM.COM@CONTOSO.COM\nkdc < krb-error 7 sname=krbtgt/FABRIKAM.COM@CONTOSO.COM\n" + again, "spn-not-found", "The client then asked for a way to the realm FABRIKAM.COM, which this KDC does not know either", "", ""},
		{"a realm made out of the host's domain", conn + "> GET / HTTP/1.1\n> Host: app.example.net\n" + offer + "kdc > tgs-req krbtgt/EXAMPLE.NET@CONTOSO.COM\nkdc < krb-error 7 sname=krbtgt/EXAMPLE.NET@CONTOSO.COM\nwait 2s\n", "cross-realm-referral", "no [domain_realm] for the host", "[domain_realm]", ""},
		{"selective authentication at the other realm", asked + sentOn + "kdc < krb-error 12 sname=HTTP/web.contoso.com@FABRIKAM.COM ntstatus=0xc0000413\n" + again, "kdc-client-credential-error", "Selective authentication of the trust", "Allowed to Authenticate", ""},
		{"a restriction without a name", asked + "kdc > as-req cname=alice@CONTOSO.COM\nkdc < krb-error 12 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=alice@CONTOSO.COM ntstatus=0xc000006e\n" + again, "kdc-client-credential-error", "A restriction of the account other than hours and workstations", "Domain controller", ""},
		{"a certificate that is not bound to the account", asked + "kdc > as-req cname=alice@CONTOSO.COM\nkdc < krb-error 66 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=alice@CONTOSO.COM\n" + again, "kdc-client-credential-error", "The certificate is valid, but not bound to the account", "events 39, 40 and 41", ""},
		{"no KDC behind the server", asked + get + "> Authorization: Negotiate {spnego-init mechs=iakerb token={iakerb realm=CONTOSO.COM message={as-req}}}\n< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=reject mech=iakerb token={krberror 86}}\n", "krb-ap-req-rejected", "gets no answer from the KDC", "nltest /dsgetdc", ""},
		{"a wrong password, until the account is locked", "kdc > as-req preauth\nkdc < krb-error 24 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=alice@CONTOSO.COM\nwait 2s\nkdc > as-req preauth\nkdc < krb-error 18 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=alice@CONTOSO.COM ntstatus=0xc0000234\n", "kdc-client-credential-error", "then the account was locked (frame 4)", "Unlock-ADAccount", ""},
		{"a wrong password, until the KDC refuses the account", "kdc > as-req preauth\nkdc < krb-error 24 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=alice@CONTOSO.COM\nwait 2s\nkdc > as-req preauth\nkdc < krb-error 18 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=alice@CONTOSO.COM\n", "kdc-client-credential-error", "then the account was most likely locked (frame 4)", "Unlock-ADAccount", ""},
		{"another account is refused", "kdc > as-req preauth\nkdc < krb-error 24 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=alice@CONTOSO.COM\nwait 2s\nkdc > as-req cname=bob@CONTOSO.COM preauth\nkdc < krb-error 18 sname=krbtgt/CONTOSO.COM@CONTOSO.COM cname=bob@CONTOSO.COM\n", "kdc-client-credential-error", "The password is wrong, or the client uses an old keytab", "Enter the right password", "locked (frame"},
		{"a wrong password, the right one, and then a refusal", "kdc > as-req cname=alice@CONTOSO.COM preauth\nkdc < krb-error 24 sname=krbtgt/CONTOSO.COM@CONTOSO.COM\nwait 2s\nkdc > as-req cname=Alice@CONTOSO.COM preauth\nkdc < as-rep cname=alice@CONTOSO.COM\nwait 2s\nkdc > as-req cname=alice@CONTOSO.COM preauth\nkdc < krb-error 18 sname=krbtgt/CONTOSO.COM@CONTOSO.COM\n", "kdc-client-credential-error", "The password is wrong, or the client uses an old keytab", "Enter the right password", "locked (frame"},
		{"a wrong password, and then the refusal of a user who is not named", "kdc < krb-error 24 sname=krbtgt/CONTOSO.COM@CONTOSO.COM\nwait 2s\nkdc < krb-error 18 sname=krbtgt/CONTOSO.COM@CONTOSO.COM\n", "kdc-client-credential-error", "The password is wrong, or the client uses an old keytab", "Enter the right password", "locked (frame"},
		{"Entra's name, and no account", conn + "> GET / HTTP/1.1\n> Host: autologon.microsoftazuread-sso.com\n" + offer + named(unknown, "HTTP/autologon.microsoftazuread-sso.com") + again, "spn-not-found", "seamless single sign-on", "Get-ADComputer AZUREADSSOACC", "setspn"},
		{"Entra's name, and no AES", "kdc > tgs-req HTTP/autologon.microsoftazuread-sso.com@CONTOSO.COM\nkdc < krb-error 14 sname=HTTP/autologon.microsoftazuread-sso.com@CONTOSO.COM\n", "etype-nosupp", "AZUREADSSOACC of Entra's", "Update-AzureADSSOForest", "Reset"},
		{"selective authentication by event", refusal("0xc0000413", ""), "event-logon-refused", "Selective authentication", "Allowed to Authenticate", ""},
		{"NTLM is blocked", refusal("0xc0000418", ""), "event-logon-refused", "A policy blocks NTLM", "Restrict NTLM", ""},
		{"Protected Users", refusal("0xc000006e", ""), "event-logon-refused", "A restriction of the account", "Protected Users", ""},
		{"NTLMv1 and a wrong password", refusal("0xc000006a", "nt=24 lm=24"), "event-logon-refused", "The answer is NTLMv1: a domain controller whose LAN Manager authentication level is 5 refuses it too", "", ""},
		{"NTLMv2 and a wrong password", refusal("0xc000006a", ""), "event-logon-refused", "The password is wrong.", "Enter the right password", ""},
		{"a computer is refused", answer("", "user=PC1$"), "ntlm-logon-rejected", "It is a computer's account", "4625", ""},
		{"a computer's account is in another domain", answer("", "user=PC1$ domain=FABRIKAM"), "ntlm-account-domain", "The program runs as the computer", "Domain Computers", ""},
		{"WinHTTP does not answer", silent("> User-Agent: Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)\n"), "client-ignored-challenge", "WinHTTP sends the logon of its user only to hosts on the bypass list", "SetAutoLogonPolicy", ""},
		{"java.net.http does not answer", silent("> User-Agent: Java-http-client/17.0.9\n"), "client-ignored-challenge", "java.net.http knows Basic alone", "HttpURLConnection", ""},
		{"a program without a name does not answer", silent(""), "client-ignored-challenge", "The program was given no credentials", "Give the program credentials", ""},
		{"a browser does not answer", silent("> User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0\n"), "client-ignored-challenge", "network.negotiate-auth.trusted-uris", "trusted-uris", ""},
		{"a browser does not answer a proxy", unproxied("GET http://web.contoso.com/ HTTP/1.1", "Negotiate"), "client-ignored-challenge", "The browser has no ticket for the name under which it knows the proxy", "Name the proxy by its full name", "AuthServerAllowlist"},
		{"a proxy intercepts", unproxied("GET / HTTP/1.1", "NTLM"), "client-ignored-challenge", "the client knows of no proxy there", "Name the proxy in the client's settings", "AuthServerAllowlist"},
		{"a proxy over HTTP/2, which has all URLs so", strings.NewReplacer(":3128", ":3128 h2", "HTTP/1.1", "HTTP/2").Replace(unproxied("GET / HTTP/1.1", "Negotiate")), "client-ignored-challenge", "The browser has no ticket for the name", "Name the proxy by its full name", "the client knows of no proxy"},
		{"a proxy ends its connections", "conn 1 10.0.0.10:50000 > 10.0.0.30:3128\n> GET http://web.contoso.com/ HTTP/1.1\n> Host: web.contoso.com\n> Proxy-Authorization: NTLM {ntlm1}\n< HTTP/1.1 407 Proxy Authentication Required\n< Connection: close\n< Proxy-Authenticate: NTLM {ntlm2}\n\nclose server fin\n", "ntlm-connection-not-persistent", "The proxy keeps no connections", "client_persistent_connections", "nginx"},
		{"a proxy's keytab", "conn 1 10.0.0.10:50000 > 10.0.0.30:3128\n> GET http://web.contoso.com/ HTTP/1.1\n> Host: web.contoso.com\n> Proxy-Authorization: Negotiate {spnego-init mechs=krb5 token={apreq HTTP/proxy.contoso.com@CONTOSO.COM}}\n< HTTP/1.1 407 Proxy Authentication Required\n< Server: squid/6.6\n< Proxy-Authenticate: Negotiate {spnego-resp state=reject token={krberror 41 sname=HTTP/proxy.contoso.com@CONTOSO.COM}}\n\n", "keytab-key-mismatch", "", "klist -kte <keytab of the proxy>", "keytab of the server"},
		{"WebDAV does not answer", silent("> User-Agent: Microsoft-WebDAV-MiniRedir/10.0.22631\n"), "client-ignored-challenge", "Windows' WebDAV client logs on by itself only at names without dots", "AuthForwardServerList", ""},
		{"Chrome on Android does not answer", silent("> User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36\n"), "client-ignored-challenge", "Android has no Kerberos of its own", "Hypergate", ""},
		{"Safari does not answer", silent("> User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15\n"), "client-ignored-challenge", "Safari answers Negotiate only with a ticket", "klist on the Mac", ""},
		{"an account of another domain is refused", answer("", "domain=FABRIKAM"), "ntlm-account-domain", "The account is of another domain or forest", "nltest /domain_trusts", "local account"},
		{"a local account at a workgroup", answer("domain=WEB flags=0xa28a8205", "domain=PC1"), "ntlm-account-domain", "The server is in a workgroup", "Name an account of the server itself", ""},
		{"Firefox takes NTLM", conn + get + "> User-Agent: Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0\n" + offer + get + "> User-Agent: Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0\n> Authorization: NTLM {ntlm1}\n" + named(challenge, "") + get + "> User-Agent: Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0\n> Authorization: NTLM {ntlm3}\n< HTTP/1.1 200 OK\n" + iis, "ntlm-authenticated", "Firefox uses Negotiate only at hosts in", "trusted-uris", ""},
		{"two accounts by event", event("11"), "event-fault-logged", "registered again for another account", "setspn -X", ""},
		{"no key by event", event("27"), "event-fault-logged", "older than AES", "Set the password", ""},
		{"delegation is not set up", proxied("13 sname=HTTP/back.contoso.com@CONTOSO.COM ntstatus=0xc00000bb"), "delegation-s4u", "No name is in msDS-AllowedToDelegateTo", "Delegation tab", ""},
		{"the user's ticket is not to be passed on", proxied("13 sname=HTTP/back.contoso.com@CONTOSO.COM ntstatus=0xc000006e"), "delegation-s4u", "The user's ticket is not forwardable", "AccountNotDelegated", ""},
		{"the evidence is not believed", proxied("41 sname=HTTP/back.contoso.com@CONTOSO.COM"), "delegation-s4u", "The KDC does not believe the ticket", "events 43 and 44", ""},
		{"nobody has the name of the target of a delegation", "kdc > tgs-req HTTP/back.contoso.com@CONTOSO.COM additional=HTTP/web.contoso.com@CONTOSO.COM options=0x40830000\nkdc < krb-error 7 sname=HTTP/back.contoso.com@CONTOSO.COM\n", "delegation-s4u", "No account has the name of the target", "setspn -Q HTTP/back.contoso.com", "Delegation tab"},
		{"Windows Update at WSUS", conn + "> POST /ClientWebService/client.asmx HTTP/1.1\n> Host: wsus\n> User-Agent: Windows-Update-Agent/10.0\n>\n> <x/>\n< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate\n\nclose client fin\nwait 20s\n", "client-ignored-challenge", "A service of Windows asks without credentials", "Anonymous Authentication", "SetAutoLogonPolicy"},
		{"git at its server", conn + get + "> User-Agent: git/2.43.0\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\nclose client fin\nwait 20s\n", "client-ignored-challenge", "git answers Negotiate if its libcurl can", "http.emptyAuth", "--negotiate"},
		{"a WebSocket upgrade without a body", conn + get + "> User-Agent: Mozilla/5.0 Chrome/130.0\n> Upgrade: websocket\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\nclose client fin\nwait 20s\n", "client-ignored-challenge", "answer no challenge to a WebSocket upgrade", "", "Expect: 100-continue"},
		{"Exchange asks with the wrong key", conn + "> GET /ews/exchange.asmx HTTP/1.1\n> Host: web.contoso.com\n" + ticket + "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=reject mech=krb5 token={krberror 41}}\n\n", "spn-wrong-account-ap-err-modified", "alternate service account", "Get-ClientAccessService", "appcmd"},
		{"the challenge is another server's", "conn 1 10.0.0.30:40001 > 10.0.0.20:80\n" + get + "> Authorization: NTLM {ntlm1}\n" + "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: NTLM {ntlm2 computer=WEB1}\n\nconn 2 10.0.0.30:40002 > 10.0.0.21:80\n" + get + "> Authorization: NTLM {ntlm3 answers=1}\n< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: NTLM\n\n", "ntlm-handshake-split-across-connections", "What lies between does not keep a client to one server", "Pin one server connection", ""},
		{"a program that records responses alone", "export WebPageTest\n" + conn + get + "> User-Agent: okhttp/4.12.0\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n\n", "browser-refused", "repeat the request to web.contoso.com", "Capture packets", "load the page"},
		{"an error log beside a log of requests, in local time", row("+0200") + line("10.0.0.10"), "log-logon-refused", "The error log says of credentials of the same client at that time: \"AH01617", "Capture the same requests", "4625"},
		{"an error log about another client", row("+0000") + line("10.0.0.11"), "log-logon-refused", "The credentials are wrong", "Capture the same requests", "4625"},
		{"an error log of another time", row("+0017") + line("10.0.0.10"), "log-logon-refused", "The credentials are wrong", "Capture the same requests", "4625"},
		{"an error log of nginx", row("+0000") + ofNginx("/app"), "log-logon-refused", "The error log says of credentials of the same client at that time: \"user", "Capture the same requests", "4625"},
		{"an error log about another request", row("+0000") + ofNginx("/other"), "log-logon-refused", "The credentials are wrong", "Capture the same requests", "4625"},
		{"an error log that may be of either of two rows", row("+0000") + strings.NewReplacer("/app", "/later", "alice", "bob").Replace(row("-0100")) + line("10.0.0.10"), "log-logon-refused", "The credentials are wrong", "Capture the same requests", "4625"},
		{"a log of requests alone", row("+0000"), "log-logon-refused", "The credentials are wrong", "Windows: Get-WinEvent", ""},
		{"a database that nobody logs on to", asked + get + strings.ReplaceAll(named(ticket, web), "@}}", "1}}") + "< HTTP/1.1 500 Internal Server Error\n" + iis + "< Content-Type: text/html\n< \n< <html><h2>Login failed for user 'NT AUTHORITY\\ANONYMOUS LOGON'.</h2></html>\n\n", "server-error-after-auth", "The application went on to another server", "", ""},
		{"a logon from the server itself", loopedLog("10.0.0.20"), "log-logon-refused", "the client is the server itself", "4625", ""},
		{"a logon from another machine", loopedLog("10.0.0.21"), "log-logon-refused", "SEC_E_LOGON_DENIED stands for all of these", "4625", ""},
		{"a link to log off", conn + get + "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n\n" + get + "> Authorization: Basic {basic alice:secret1}\n< HTTP/1.1 200 OK\n\n" + strings.Replace(get, "GET / ", "GET /logout ", 1) + "> Authorization: Basic {basic alice:secret1}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n\n", "auth-refused-unexplained", "Perhaps not the password: the same one", "", ""},
		{"another password", conn + get + "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n\n" + get + "> Authorization: Basic {basic alice:secret1}\n< HTTP/1.1 200 OK\n\n" + strings.Replace(get, "GET / ", "GET /logout ", 1) + "> Authorization: Basic {basic alice:secret2}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n\n", "auth-refused-unexplained", "A wrong password", "", ""},
		{"a machine that names itself", conn + get + strings.ReplaceAll(named(ticket, web), "@}}", "2}}") + strings.Replace(taken, iis, iis+"< X-FEServer: N1\n", 1) + strings.Replace(refused(web), iis, iis+"< X-FEServer: N2\n", 1), "spn-wrong-account-ap-err-modified", "X-FEServer names another machine (\"N1\") in handshake 1", "Compare the two machines", ""},
		{"a ticket for which IIS had not asked", conn + get + named(ticket, web) + "< HTTP/1.1 401 Unauthorized\n" + iis + "< WWW-Authenticate: Negotiate\n\n" + get + named(strings.ReplaceAll(ticket, "@", "2"), web) + "< HTTP/1.1 200 OK\n" + iis + "< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=krb5 token={aprep}}\n\n", "auth-refused-unexplained", "Perhaps because it came without being asked for", "", ""},
		{"a form in place of the page", asked + get + named(ticket, web) + "< HTTP/1.1 200 OK\n< Content-Type: text/html\n<\n< <html><title>Sign in</title><form action=\"/login\" method=\"post\"><input name=\"username\"><input name=\"password\" type=\"password\"></form></html>\n", "auth-refused-unexplained", "The acceptor could not use the token and falls back to its form", "The log of the application", "The logon was taken"},
		{"a form though the logon was taken", asked + get + named(ticket, web) + "< HTTP/1.1 200 OK\n< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=krb5 token={aprep}}\n< Content-Type: text/html\n<\n< <html><title>Sign in</title><form action=\"/login\" method=\"post\"><input name=\"username\"><input name=\"password\" type=\"password\"></form></html>\n", "auth-refused-unexplained", "The logon was taken: the application has no account", "The log of the application", ""},
		{"a proxy offers NTLM and never begins it", "conn 1 10.0.0.10:50000 > 10.0.0.30:3128\n" + strings.Repeat("> GET http://web.contoso.com/ HTTP/1.1\n> Host: web.contoso.com\n> Proxy-Authorization: NTLM {ntlm1}\n< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: NTLM\n\n", 2), "ntlm-not-accepted", "What checks logons for the proxy does not work", "The proxy's log", "reverse proxy"},
		{"NTLM is offered and never begun", conn + strings.Repeat(get+"> Authorization: NTLM {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< Server: nginx/1.24.0\n< WWW-Authenticate: NTLM\n\n", 2), "ntlm-not-accepted", "A reverse proxy in between does not pass the Authorization line on", "both sides", ""},
		{"only Negotiate is offered", conn + get + "> Authorization: Negotiate {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< Server: nginx/1.24.0\n< WWW-Authenticate: Negotiate\n\n", "ntlm-not-accepted", "The acceptor takes only Kerberos", "klist get", ""},
		{"an address in the URL", strings.ReplaceAll(asked+get+"> Authorization: Negotiate {ntlm1}\n"+offer, "web.contoso.com", "10.0.0.20"), "ip-address-url", "A link", "Use the server's name.", ""},
		{"no KDC in DNS, and NTLM", "dns 10.0.0.10 _ldap._tcp.dc._msdcs.contoso.com nxdomain SRV\n" + asked + get + "> Authorization: Negotiate {ntlm1}\n" + offer, "ntlm-fallback-over-negotiate", "The name server knows no KDC: _ldap._tcp.dc._msdcs.contoso.com has no SRV record", "", ""},
		{"a password that was mistyped", answer("", "") + strings.TrimPrefix(strings.TrimSuffix(answer("", ""), offer), conn) + "< HTTP/1.1 200 OK\n" + iis + "\n", "ntlm-logon-rejected", "a password that was mistyped the first time looks like this", "4625", ""},
		{"upper case in a ticket", "log [Fri Jan 02 03:04:05.008000 2026] [auth_gssapi:error] [pid 1:tid 1] [client 10.0.0.10:50000] GSS ERROR gss_accept_sec_context(): [Unspecified GSS failure.  Minor code may provide more information (Wrong principal in request)]\n" +
			conn + get + strings.ReplaceAll(named(ticket, "HTTP/WEB.contoso.com@CONTOSO.COM"), "@}}", "1}}") + "< HTTP/1.1 401 Unauthorized\n< Server: Apache/2.4.57 (Debian)\n< WWW-Authenticate: Negotiate\n\n",
			"reported-reason", "The ticket has HTTP/WEB.contoso.com@CONTOSO.COM, with upper case in it", "Give the acceptor a key", ""},
		{"an encryption type that the acceptor does not allow", "log [Fri Jan 02 03:04:05.008000 2026] [auth_gssapi:error] [pid 1:tid 1] [client 10.0.0.10:50000] GSS ERROR gss_accept_sec_context(): [Unspecified GSS failure.  Minor code may provide more information (Encryption type arcfour-hmac not permitted)]\n" +
			conn + get + strings.ReplaceAll(named(ticket, web), "@}}", "1}}") + "< HTTP/1.1 401 Unauthorized\n< Server: Apache/2.4.57 (Debian)\n< WWW-Authenticate: Negotiate\n\n",
			"reported-reason", "The acceptor's settings allow no such encryption type", "AES keys", ""},
		{"an acceptor without credentials", "log [Fri Jan 02 03:04:05.008000 2026] [auth_gssapi:error] [pid 1:tid 1] [client 10.0.0.10:50000] GSS ERROR In Negotiate Auth: gss_acquire_cred[_from]() failed to get server creds: [Unspecified GSS failure.  Minor code may provide more information ( SPNEGO cannot find mechanisms to negotiate)]\n" +
			conn + get + strings.ReplaceAll(named(ticket, web), "@}}", "1}}") + "< HTTP/1.1 401 Unauthorized\n< Server: Apache/2.4.57 (Debian)\n< WWW-Authenticate: Negotiate\n\n",
			"reported-reason", "The acceptor has no credentials of its own", "keytab", ""},
		{"a KDC in DNS, and NTLM", "dns 10.0.0.10 _ldap._tcp.dc._msdcs.contoso.com SRV dc1.contoso.com:389\n" + asked + get + "> Authorization: Negotiate {ntlm1}\n" + offer, "ntlm-fallback-over-negotiate", "No account has the service principal name", "", ""},
	})
}

// TestWayToOtherRealmWasGood holds that a realm to which the way was good is not blamed on the way.
func TestWayToOtherRealmWasGood(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse("kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < tgs-rep krbtgt/FABRIKAM.COM@CONTOSO.COM\n" +
		"kdc > tgs-req HTTP/web.contoso.com@FABRIKAM.COM tgt=FABRIKAM.COM\nkdc < krb-error 12 sname=HTTP/web.contoso.com@FABRIKAM.COM ntstatus=0xc0000413\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range reportOf(t, c).Findings {
		if f.Check == "cross-realm-referral" && f.Severity != analysis.Info {
			t.Errorf("%s %s: %s", f.Severity, f.Variant, f.Message)
		}
	}
}

// first returns the first of the texts, "" if it is not wanted or there is none.
func first(texts []string, wanted bool) string {
	if !wanted || len(texts) == 0 {
		return ""
	}
	return texts[0]
}
