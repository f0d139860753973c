package checks

import "negotrace/analysis"

var rawKerberosWithoutSPNEGO = &analysis.Check{
	Name:        "raw-kerberos-without-spnego",
	Title:       "the client sends Kerberos without SPNEGO around it",
	Severity:    analysis.Info,
	Evidence:    analysis.Proven,
	Topic:       analysis.Cause,
	OncePerHost: true,
	Means:       "Under Negotiate a SPNEGO token is expected. This client sends the Kerberos token as it is; Windows takes it, strict acceptors do not. Nothing is negotiated, so there is no fallback either.",
	Proof:       "A token under Negotiate that begins with the Kerberos mechanism's identifier instead of SPNEGO's, or is a bare AP-REQ.",
	Not:         "The scheme Kerberos, where that is the rule.",
	Causes: []analysis.Advice{
		{Text: "requests-kerberos; Java with http.auth.preference=kerberos; own code on GSS-API."},
	},
	Fix: []analysis.Advice{
		{Text: "Nothing with IIS. For strict acceptors let the client use the SPNEGO mechanism (requests-gssapi; leave out http.auth.preference)."},
	},
	Sources:  []string{"RFC 4559 section 4.1, RFC 4121 section 4.1", "OpenJDK, sun.net.www.protocol.http.spnego"},
	Reads:    []string{"Server"},
	Run:      runRawKerberosWithoutSPNEGO,
	Label:    "no SPNEGO around the token",
	Explains: explainRawKerberos,
}

// isRawKerberos reports whether the client sent Kerberos under Negotiate without SPNEGO around it.
func isRawKerberos(h *analysis.Handshake) bool {
	l, ap := h.APReq()
	return ap != nil && l.Sent.Scheme == "Negotiate" && l.Sent.SPNEGO() == nil
}

// explainRawKerberos says that an acceptor may want SPNEGO. Windows takes Kerberos as well.
func explainRawKerberos(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if !isRawKerberos(h) || windowsServer(h.Last()) {
		return analysis.Explanation{}
	}
	return possible(1, positionsOf(h.Last()), "the token is Kerberos without SPNEGO around it, which some acceptors do not take")
}

func runRawKerberosWithoutSPNEGO(p *analysis.Pass) {
	firstPerHost(p, isRawKerberos, func(h *analysis.Handshake) {
		l, _ := h.APReq()
		p.Found(h, l.RequestPos(), "%s sent %s a Kerberos token without SPNEGO", clientName(h), serverName(h))
	})
}
