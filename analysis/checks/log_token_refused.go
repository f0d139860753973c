package checks

import (
	"cmp"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/servertext"
)

var logTokenRefused = &analysis.Check{
	Name:     "log-token-refused",
	Variants: []string{"password", "ntlm", "winbind"},
	Title:    "the error log of a web server alone shows that credentials were refused",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means:    "There is no capture of these requests. The module for authentication (mod_auth_gssapi, mod_auth_kerb, SPNEGO of nginx, a helper of Squid, or one for Basic) says in the error log that it refused, and why in the words of its security library.",
	Proof:    "A line of level error that says that credentials were refused. An error log does not say whether the client was let in afterwards.",
	Not:      "That no credentials came (NO AUTH DATA, no user/password was provided): that is the first request of every handshake. A token of a mechanism that is not taken, or one that came twice, is a warning: the client may have gone on in another way.",
	Causes: []analysis.Advice{
		{Text: "The line names it; with Unspecified GSS failure alone, the minor code behind it. Where it only says Unknown error, mostly NTLM came and the module takes Kerberos: nginx's log of level debug has how the token begins, TlRM with NTLM.", Unless: []fact.Fact{fact.Variant("winbind")}},
		{Text: "ntlm_auth asks winbind, which asks a domain controller: the line has the status that one of them gave. BH (broken helper) without one is a winbind that does not run, or that Squid may not ask.", If: []fact.Fact{fact.Variant("winbind")}},
	},
	Fix: []analysis.Advice{
		{Text: "klist -kte <keytab> there shows which names, versions and types it has; kvno HTTP/<host> what the KDC gives.", Unless: []fact.Fact{fact.Variant("password"), fact.Variant("ntlm"), fact.Variant("winbind")}},
		{Text: "On the proxy: wbinfo -t (the machine's account) and wbinfo -a <DOMAIN\\user> (a logon) show whether winbind works. The user of Squid has to be in the group that may open winbindd_privileged.", If: []fact.Fact{fact.Variant("winbind")}},
		{Text: "On the client: klist get HTTP/<host> (Windows), kvno HTTP/<host> (MIT) show why there is no ticket. Use the name that has the SPN.", If: []fact.Fact{fact.Variant("ntlm")}},
		{Text: "kinit <user> with the same password shows whether the KDC takes it; where the server has a file of passwords, htpasswd -v FILE <user>.", If: []fact.Fact{fact.Variant("password")}},
		{Text: "Capture the same requests, and give the capture with the log: it has the ticket and its names."},
	},
	Sources: []string{"RFC 2743 section 1.2.1.1 (status values)", "mod_auth_gssapi README"},
	Run:     runLogTokenRefused,
}

func runLogTokenRefused(p *analysis.Pass) {
	for _, x := range p.LoggedFaults {
		e := x.Line
		if e == nil {
			continue
		}
		server := "the server"
		if e.Module == "squid" {
			server = "the proxy"
		}
		f := p.Found(nil, e.Pos, "%s refused credentials of %s, and its error log says: %s", cmp.Or(e.Host, server), faultClient(x), quoted(gssReason(e.Text)))
		said := servertext.Says(e.Text)
		f.Host, f.Cause, f.LocalTime = e.Host, serverCause(e.Text), true
		switch {
		case said == fact.SaysUser:
			f.Variant = "password"
		case e.Module == "squid" && strings.HasPrefix(e.Text, "NTLM "):
			f.Variant = "winbind"
		case said == "" && e.NTLM:
			f.Variant, f.Cause = "ntlm", "The client sent NTLM, and the module takes Kerberos: it had no ticket for the name of the site."
		case said == "" && namesPassword(e.Text):
			f.Variant, f.Cause = "password", "The server checked a user and a password (Basic): one of them is wrong, or the account is."
		}
		f.SetCount(x.Count, x.Last)
		if e.Client.Addr().IsValid() {
			f.Client = e.Client.Addr().String()
		}
		if said == fact.SaysToken || said == fact.SaysReplay {
			f.Severity = analysis.Warning
		}
	}
}

// passwordTerms are parts, in lower case, of messages about users and their passwords: of mod_auth_kerb,
// mod_auth_gssapi and Basic of Apache httpd and of nginx.
var passwordTerms = []string{"krb5_get_init_creds", "gss_acquire_cred_with_password", "preauthentication failed", "password mismatch", "authentication failure for", `" was not found in "`}

// namesPassword reports whether a message of a server is about a user and a password, and not about a
// token.
func namesPassword(text string) bool {
	small := strings.ToLower(text)
	return slices.ContainsFunc(passwordTerms, func(term string) bool { return strings.Contains(small, term) })
}
