package checks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
	"negotrace/tokens"
)

// notFound lists the cases and captures where somebody is turned away and no check says
// so yet. What is on it and found all the same comes off it.
var notFound = []string{
	"anonymous-first-roundtrip/the 401 closes its connection and the client comes back on another",
	"anonymous-first-roundtrip/the client never answers",
	"anonymous-first-roundtrip/the client sends its token in advance",
	"auth-401-loop/probes without credentials",
	"auth-401-loop/the third is let in",
	"auth-401-loop/three refusals",
	"auth-token-malformed/cut on the way",
	"auth-token-malformed/no base64",
	"authz-failed-after-auth/a 401 with an AP-REP",
	"authz-failed-after-auth/a 403 for an anonymous",
	"authz-failed-after-auth/a 403 for somebody known",
	"basic-credentials-used/offered and not used",
	"basic-credentials-used/over TLS although Negotiate was offered",
	"basic-credentials-used/over TLS where nothing else is offered",
	"basic-credentials-used/over plain HTTP",
	"capture-or-har-limitations/the connection began before",
	"chromium-no-ticket.har",
	"chromium-not-allowed.har",
	"chromium-ntlm-refused.har",
	"chromium-spn-missing.har",
	"client-ignored-challenge/a preflight never carries credentials",
	"client-ignored-challenge/half a minute of silence",
	"client-ignored-challenge/it asked the KDC and got nothing",
	"client-ignored-challenge/the capture stops at once",
	"client-ignored-challenge/the client answers on another connection",
	"client-ignored-challenge/the client closes and does not come back",
	"client-token-generation-failed/a reload after a while",
	"client-token-generation-failed/another part of the page",
	"client-token-generation-failed/the KDC refused between",
	"client-token-generation-failed/the same request again without credentials",
	"contrast-basic-refused.pcapng",
	"cors-preflight-401/OPTIONS of a WebDAV client",
	"cors-preflight-401/a preflight is asked for credentials",
	"cors-preflight-401/the preflight is let through",
	"delegation-unconstrained/a forwarded TGT just before",
	"delegation-unconstrained/forwardable alone",
	"double-hop-anonymous/nobody at the second hop",
	"etype-nosupp/for the web server",
	"extended-protection-suspected/a proxy in the path",
	"extended-protection-suspected/bound, and nothing speaks for it",
	"extended-protection-suspected/no binding over TLS",
	"extended-protection-suspected/plain HTTP",
	"firefox-no-ticket.har",
	"firefox-not-trusted.har",
	"handshake-abandoned/the capture ends",
	"handshake-abandoned/the client closes after the challenge",
	"handshake-abandoned/the server resets on the token",
	"http2-connection-auth/back to HTTP/1.1",
	"http2-connection-auth/refused over HTTP/2",
	"http2-connection-auth/stuck",
	"ip-address-url/a ticket for the address",
	"ip-address-url/nothing for an address",
	"kdc-client-credential-error/wrong password",
	"kdc-error/the ticket was needed for a logon",
	"kdc-must-use-user2user/error 27",
	"kerberos-authenticated/a 500 is given to somebody who has authenticated",
	"kerberos-authenticated/the ticket is refused",
	"keytab-key-mismatch/error 44 from Apache",
	"krb-ap-req-rejected/the KDC refuses the ticket-granting ticket",
	"loopback-check-401/from another machine",
	"loopback-check-401/from the machine to itself under an alias",
	"loopback-check-401/under its own name",
	"mutual-auth-not-completed/no AP-REP",
	"mutual-auth-not-completed/not asked for",
	"negoex-offered/Kerberos through the server",
	"negoex-offered/NegoEx is used",
	"negotiate-not-offered/Basic only is information",
	"no-challenge-in-401/a 411 before any challenge",
	"no-challenge-in-401/schemes are named",
	"ntlm-account-domain/worse where it is refused",
	"ntlm-anonymous.pcapng",
	"ntlm-authenticated/refused",
	"ntlm-cbt-mismatch/another certificate",
	"ntlm-connection-not-persistent/a close after the bare 401",
	"ntlm-connection-not-persistent/the server just closes",
	"ntlm-handshake-split-across-connections/message 3 on another connection",
	"ntlm-logon-rejected/IIS says in its page which 401 it is",
	"ntlm-logon-rejected/SPNEGO reject",
	"ntlm-logon-rejected/bare challenges after message 3",
	"ntlm-logon-rejected/message 3 came over another connection",
	"post-body-auth-interaction/a POST that is empty by intention",
	"post-body-auth-interaction/a small body",
	"post-body-auth-interaction/the empty body is taken as it is",
	"preemptive-authorization/a token in the first request",
	"preemptive-authorization/challenged on another connection",
	"preemptive-authorization/the beginning is missing",
	"preemptive-authorization/worse where IIS refuses it on the spot",
	"proxy-auth-407/Kerberos to the proxy",
	"proxy-auth-407/refused",
	"proxy-blocks-connection-auth/no Proxy-Support",
	"proxy-blocks-connection-auth/no proxy",
	"proxy-blocks-connection-auth/the proxy says that it keeps connections apart",
	"raw-kerberos-without-spnego/Kerberos as it is",
	"server-error-after-auth/a 404",
	"server-error-after-auth/a 500 on the token",
	"server-error-after-auth/a reset on the token",
	"spn-cname-canonicalised/a ticket for the name behind the alias",
	"spn-cname-canonicalised/no DNS in the capture",
	"spn-cname-canonicalised/the client keeps the alias",
	"spn-duplicate/error 7 alone means missing or duplicate",
	"spn-duplicate/error 7 with the collision status",
	"spn-duplicate/error 8",
	"spn-host-mismatch/an alias explains it",
	"spn-host-mismatch/another host",
	"spn-host-mismatch/only a hint where no DNS was captured",
	"spn-host-mismatch/the port does not matter",
	"spn-host-mismatch/the short form",
	"spn-not-found/another KDC issues the ticket",
	"spn-not-found/another service",
	"spn-not-found/error 7, and the client gives up",
	"spn-not-found/over TCP",
	"spn-short-name/no dot",
	"spn-with-port/a port in the URL only",
	"spn-with-port/in the ticket",
	"spn-with-port/worse where the KDC has no such name",
	"spn-wrong-account-ap-err-modified/a server with a keytab",
	"spn-wrong-account-ap-err-modified/refused once without a word",
	"spn-wrong-account-ap-err-modified/refused without a word, twice",
	"spnego-reject/a reject without a reason",
	"spnego-reject/bare challenges",
	"token-too-large/431",
	"token-too-large/a 400 for something else",
	"token-too-large/a 400 for the header",
	"token-too-large/near the limit of IIS",
	"weak-etype-ticket/a DES ticket",
	"weak-etype-ticket/an RC4 session key",
	"weak-etype-ticket/an RC4 ticket",
	"wia-not-attempted-forms/Windows authentication is tried",
	"wia-not-attempted-forms/the form",
}

// TestFailuresAreFound holds that nobody is turned away in silence: not in any case of any
// check, whichever segment of it is lost, nor in any capture of testdata.
func TestFailuresAreFound(t *testing.T) {
	for _, check := range checks.All() {
		t.Run(check.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range fixture(t, check.Name) {
				at := fmt.Sprintf("testdata/%s.txtar:%d", check.Name, c.Line)
				silent := silences(at, replay(t, c, c.Pcapng()))
				for n := range min(c.Segments(), 200) {
					lossy := replay(t, c, c.With(capturetest.Drop(n)).Pcapng())
					silent = append(silent, silences(fmt.Sprintf("%s without segment %d", at, n), lossy)...)
				}
				reportSilences(t, check.Name+"/"+c.Name, silent)
			}
		})
	}
	for _, pattern := range []string{"*.pcapng", "*.har", "*.netlog.json"} {
		files, err := filepath.Glob("../../testdata/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatal("no captures", err)
		}
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				reportSilences(t, filepath.Base(file), silences(file, analysed(t, file)))
			})
		}
	}
}

// reportSilences holds what was found wrong with a case or capture against the list.
func reportSilences(t *testing.T, name string, silent []string) {
	t.Helper()
	switch listed := slices.Contains(notFound, name); {
	case listed && len(silent) == 0:
		t.Errorf("%s is found now: take it off the list", name)
	case !listed:
		for _, s := range silent {
			t.Errorf("%s: %s", name, s)
		}
	}
}

// analysed is the report of a capture of testdata.
func analysed(t *testing.T, file string) *analysis.Report {
	t.Helper()
	sources, err := capture.Open([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	secrets := &httpstream.Secrets{}
	if keyLog, err := os.Open(strings.TrimSuffix(file, filepath.Ext(file)) + ".keylog"); err == nil {
		defer keyLog.Close()
		if err := secrets.Read(keyLog); err != nil {
			t.Fatal(err)
		}
	}
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All(), Decoder: tokens.Decoder{}})
	counters, err := capture.Read(t.Context(), sources, capture.Sink{
		Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
	}, capture.Options{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	return trace.Report(counters)
}

// silences are what a report does not say and must: each handshake that did not succeed has
// a finding of its own that says what happened, a refusal is an error unless the same
// client was let in after it, and the headline does not call that well.
func silences(where string, r *analysis.Report) []string {
	var all []string
	silent := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	wrong := false
	for _, h := range r.Handshakes {
		var worst analysis.Severity
		for _, f := range r.Findings {
			topic := topicOf(f.Check)
			if !concerns(f, h) || topic != analysis.Cause && topic != analysis.Refusal {
				continue
			}
			if worst == "" || f.Severity.Rank() < worst.Rank() {
				worst = f.Severity
			}
		}
		what := fmt.Sprintf("%s: handshake %d (%s %s, frames %v)", where, h.ID, h.Mechanism, h.Outcome, h.Frames)
		switch h.Outcome {
		case analysis.Failed:
			wrong = true
			if worst == "" {
				silent("%s has no finding", what)
			} else if worst != analysis.Error && !(worst == analysis.Warning && letInAfter(r, h)) {
				silent("%s is found with severity %s only", what, worst)
			}
		case analysis.Abandoned, analysis.Unanswered:
			wrong = wrong || !letInAfter(r, h)
			if worst == "" && !letInAfter(r, h) {
				silent("%s has no finding", what)
			}
		}
	}
	well := strings.Contains(r.Headline, "nothing went wrong")
	if well && wrong {
		silent("%s: not everybody was let in, and the headline is %q", where, r.Headline)
	}
	if well && r.Summary.Requests == 0 {
		silent("%s: nothing could be read, and the headline is %q", where, r.Headline)
	}
	return all
}

// topicOf is what the findings of a check are about.
func topicOf(name string) analysis.Topic {
	all := checks.All()
	return all[slices.IndexFunc(all, func(c *analysis.Check) bool { return c.Name == name })].Topic
}

// concerns reports whether a finding is about a handshake. A finding names the first
// handshakes that it was made for, and counts the others.
func concerns(f *analysis.Finding, h *analysis.Handshake) bool {
	return f.Handshake == h.ID || slices.Contains(f.Handshakes, h.ID) || f.Count > max(1, len(f.Handshakes))
}

// letInAfter reports whether the client of a handshake was let in by the same host later.
func letInAfter(r *analysis.Report, h *analysis.Handshake) bool {
	return slices.ContainsFunc(r.Handshakes, func(o *analysis.Handshake) bool {
		return o.ID > h.ID && o.Outcome == analysis.Succeeded && o.Host == h.Host && o.Target == h.Target && analysis.HostOnly(o.Client) == analysis.HostOnly(h.Client)
	})
}
