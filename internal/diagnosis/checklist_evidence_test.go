package diagnosis_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/analysis/checklist"
	"negotrace/internal/capturetest"
)

const (
	sameDomain   = "Are user and server in the same domain?"
	rightZone    = "Is the site in a zone that logs on by itself?"
	usualPort    = "Is the port the usual one?"
	featureKeys  = "Are the feature keys of the browser as the SPN needs them?"
	serverProved = "Did the server prove that it has the key (AP-REP)?"
	mayAccess    = "May the user enter?"
)

// TestChecklistEvidence holds that an answer is given as far as the packets show it, and no further.
func TestChecklistEvidence(t *testing.T) {
	t.Parallel()
	const (
		conn      = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
		get       = "> GET / HTTP/1.1\n> Host: web.contoso.com\n> User-Agent: Mozilla/5.0 Chrome/120.0 Safari/537.36\n"
		refused   = "< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: Negotiate\n\n"
		challenge = conn + get + refused
		spnego    = "{spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}\n"
		ticket    = "> Authorization: Negotiate " + spnego
		ok        = "< HTTP/1.1 200 OK\n\n"
		asks      = "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\n"
		issues    = "kdc < tgs-rep HTTP/web.contoso.com@CONTOSO.COM cname=alice@CONTOSO.COM\n"
	)
	ntlm := func(domain, user string) string {
		return challenge + get + "> Authorization: Negotiate {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< Server: Microsoft-IIS/10.0\n< WWW-Authenticate: Negotiate {ntlm2 target=" + domain + " computer=WEB}\n\n" +
			get + "> Authorization: Negotiate {ntlm3 domain=" + user + " user=alice}\n< HTTP/1.1 200 OK\n< Server: Microsoft-IIS/10.0\n\n"
	}
	apache := func(script string) string { return strings.ReplaceAll(script, "Microsoft-IIS/10.0", "Apache") }
	late := apache("time 2026-03-02T12:00:00Z\n" + challenge + get + ticket + strings.ReplaceAll(refused, "\n\n", "\n< Date: Mon, 02 Mar 2026 12:20:00 GMT\n\n"))
	const kdcRefuses = "time 2026-03-02T11:59:59Z\nkdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < krb-error 7 sname=HTTP/web.contoso.com@CONTOSO.COM stime=2026-03-02T11:59:59Z\n"
	for _, c := range []struct {
		name, script, question string
		want                   checklist.Answer
	}{
		{"a domain account", ntlm("CONTOSO", "CONTOSO"), sameDomain, checklist.Yes},
		{"an account of the machine itself", ntlm("WEB", "WEB"), sameDomain, checklist.Unknown},
		{"a password may have been typed before", challenge + get + ticket + ok, rightZone, checklist.Unknown},
		{"a browser of the wrong kind for a guess", challenge + get + ticket + ok, featureKeys, checklist.Unknown},
		{"nobody asked for an AP-REP", apache(challenge + get + "> Authorization: Negotiate {spnego-init token={apreq HTTP/web.contoso.com@CONTOSO.COM}}\n" + ok), serverProved, checklist.No},
		{"once only", apache(challenge + get + ticket + ok), noReplay, checklist.Yes},
		{"once only, as far as can be seen", apache(challenge + get + ticket + ok + "conn 2 10.0.0.11:50000 > 10.0.0.20:80\n" + get + "< HTTP/1.1 200 OK\n\nlost client 500\n" + get + ok), noReplay, checklist.Unknown},
		{"a page", apache(challenge + get + ticket + ok), mayAccess, checklist.Yes},
		{"another address", apache(challenge + get + ticket + "< HTTP/1.1 302 Found\n< Location: /home\n\n"), mayAccess, checklist.Unknown},
		{"a port and no ticket", strings.ReplaceAll(conn+get+refused, "web.contoso.com\n", "web.contoso.com:8080\n"), usualPort, checklist.No},
		{"the ticket of another service comes last", asks + issues + "kdc > tgs-req HTTP/api.contoso.com@CONTOSO.COM\nkdc < krb-error 7 sname=HTTP/api.contoso.com@CONTOSO.COM\n" + challenge, asksForName, checklist.Yes},
		{"a referral is no ticket", asks + "kdc < tgs-rep krbtgt/OTHER.COM@CONTOSO.COM cname=alice@CONTOSO.COM\n" + challenge, getsTicket, checklist.Unknown},
		{"a referral does not tell how often", asks + "kdc < tgs-rep krbtgt/OTHER.COM@CONTOSO.COM cname=alice@CONTOSO.COM\n" + challenge, singleSPN, checklist.Unknown},
		{"one clock against the capture's", late, clocksAgree, checklist.Unknown},
		{"two clocks", kdcRefuses + late, clocksAgree, checklist.No},
		{"no token has no size", apache(challenge), headerFits, checklist.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parsed, err := capturetest.Parse(c.script)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(t.TempDir(), "case.pcapng")
			if err := os.WriteFile(name, parsed.Pcapng(), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := read(t, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range checklist.Of(r, r.Handshakes[0]) {
				for _, item := range l.Items {
					if item.Question != c.question {
						continue
					}
					if item.Answer != c.want {
						t.Errorf("%q because of %q, want %q", item.Answer, item.Because, c.want)
					}
					return
				}
			}
			t.Errorf("nobody asks %s", c.question)
		})
	}
}
