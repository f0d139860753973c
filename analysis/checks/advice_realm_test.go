package checks_test

import (
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// TestAdviceOfRealms holds in which order the way to a realm and the name in it are advised, by what
// shows in which realm a host is.
func TestAdviceOfRealms(t *testing.T) {
	const (
		conn    = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
		curl    = "> User-Agent: curl/8.5.0\n"
		edge    = "> User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Edg/131.0.0.0\n"
		firefox = "> User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0\n"
		offer   = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n< WWW-Authenticate: NTLM\n\n"
		knows   = "kdc > tgs-req HTTP/other.partner.example.net@CONTOSO.COM\nkdc < tgs-rep HTTP/other.partner.example.net@CONTOSO.COM\n"
	)
	asked := func(host, agent, words string) string {
		return conn + "> GET / HTTP/1.1\n> Host: " + host + "\n" + agent + offer + "kdc > tgs-req HTTP/" + host + "@CONTOSO.COM\nkdc < krb-error 7 sname=HTTP/" + host + "@CONTOSO.COM" + words + "\nclose client fin\n"
	}
	far := "app.partner.example.net"
	ntlm := asked(far, edge, "")[:len(asked(far, edge, ""))-len("close client fin\n")] +
		"> GET / HTTP/1.1\n> Host: " + far + "\n" + edge + "> Authorization: Negotiate {ntlm1}\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {ntlm2 target=PARTNER computer=APP dns=app.partner.example.net}\n\n" +
		"> GET / HTTP/1.1\n> Host: " + far + "\n" + edge + "> Authorization: Negotiate {ntlm3}\n" + offer
	holdAdvice(t, []advised{
		{"MIT's KDC, a host of its realm", asked("web.contoso.com", curl, " text=LOOKING_UP_SERVER"), "spn-not-found", "Nobody added the name", "kadmin: addprinc -randkey HTTP/web.contoso.com", "setspn"},
		{"MIT's KDC, a host elsewhere", asked(far, curl, " text=LOOKING_UP_SERVER"), "spn-not-found", "nothing says that the host is in another realm", "[domain_realm] in krb5.conf of the client, " + far, "setspn"},
		{"a client with MIT's library, a host elsewhere", asked(far, firefox, ""), "spn-not-found", "nothing says that the host is in another realm", "[domain_realm]", "kadmin"},
		{"Windows, a host elsewhere", asked(far, edge, ""), "spn-not-found", "The name was never registered, or twice. Or, since", "setspn -F -Q HTTP/" + far, "domain_realm"},
		{"Windows, a host elsewhere, of which the realm knows others", knows + asked(far, edge, ""), "spn-not-found", "The name was never registered: an alias", "setspn -Q HTTP/" + far, "forest"},
		{"Windows, a host of the same tree", asked("web.eu.contoso.com", edge, ""), "spn-not-found", "The name was never registered: an alias", "setspn -Q", "forest"},
		{"the server names its domain", ntlm, "spn-not-found", "The server says in ", "Is there a way to the server's domain?", "duplicates"},
		{"a host elsewhere, in a realm to which the client was sent", conn + "> GET / HTTP/1.1\n> Host: " + far + "\n" + edge + offer + "kdc > tgs-req HTTP/" + far + "@FABRIKAM.COM tgt=CONTOSO.COM\nkdc < krb-error 7 sname=HTTP/" + far + "@FABRIKAM.COM\nclose client fin\n", "spn-not-found", "The name was never registered: an alias", "setspn -Q", "forest,"},
		{"the way was good", conn + "> GET / HTTP/1.1\n> Host: " + far + "\n" + edge + offer + "kdc > tgs-req HTTP/" + far + "@CONTOSO.COM\nkdc < tgs-rep krbtgt/EXAMPLE.NET@CONTOSO.COM\nkdc > tgs-req HTTP/" + far +
			"@EXAMPLE.NET tgt=CONTOSO.COM\nkdc < krb-error 7 sname=HTTP/" + far + "@EXAMPLE.NET\nclose client fin\n", "cross-realm-referral", "The way is good", "Register the name in that realm", "AES"},
	})
}

// An advised is a case, the cause and the remedy that a check names first for it, and a word that it must
// not say.
type advised struct{ name, script, check, cause, fix, never string }

func holdAdvice(t *testing.T, cases []advised) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := capturetest.Parse(tt.script)
			if err != nil {
				t.Fatal(err)
			}
			r := reportOf(t, c)
			for _, f := range r.Findings {
				if f.Check != tt.check {
					continue
				}
				if cause := f.Cause + first(f.Causes, f.Cause == ""); !strings.Contains(cause, tt.cause) {
					t.Errorf("cause %q, want %q", cause, tt.cause)
				}
				if fix := first(f.Fix, true); !strings.Contains(fix, tt.fix) {
					t.Errorf("fix %q, want %q", fix, tt.fix)
				}
				if all := strings.Join(append(f.Causes, f.Fix...), "\n"); tt.never != "" && strings.Contains(all, tt.never) {
					t.Errorf("it speaks of %q:\n%s", tt.never, all)
				}
				return
			}
			t.Errorf("no %s in\n%s", tt.check, list(r))
		})
	}
}
