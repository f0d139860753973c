package checks

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var spnegoReject = &analysis.Check{
	Name:     "spnego-reject",
	Title:    "the server rejected the negotiation",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Label:    "the PAC of the ticket",
	Means:    "The server's security library said no in so many words, without a Kerberos error that would say why: it has no mechanism in common with the client, or no credentials of its own.",
	Proof:    "A NegTokenResp with negState reject(2) and no KRB-ERROR in it.",
	Not:      "A bare 401, which is how IIS refuses. A reject with a KRB-ERROR: that says more (clock-skew, krb-ap-req-rejected). A reject after NTLM message 3 is a refused logon (ntlm-logon-rejected).",
	Causes: []analysis.Advice{
		{Text: "The server is in a workgroup and takes NTLM only, or it has no account for Kerberos.", If: []fact.Fact{fact.ServerIIS}},
		{Text: "The acceptor takes only Kerberos, and the client sent NTLM: find out why it has no ticket.", If: append(fact.KeytabServers(), fact.ByNTLM)},
		{Text: "The acceptor has no keytab or cannot read it, or the keytab does not have the key of this ticket.", If: append(fact.KeytabServers(), fact.ByKerberos)},
		{Text: "The token is for another service, or of a mechanism that the acceptor does not know."},
	},
	Fix: []analysis.Advice{
		{Text: "gokrb5: the service's own log has the reason; service.DecodePAC(false) where the service needs no groups of Active Directory.", If: []fact.Fact{fact.ByKerberos}, Unless: append(fact.KeytabServers(), fact.ServerIIS, fact.ServerKestrel)},
		{Text: "Compare the client's mechanisms with what the server supports; see keytab-key-mismatch and server-selected-ntlm."},
	},
	Sources:  []string{"RFC 4178 section 4.2.2", "mod_auth_gssapi README"},
	Follows:  []string{"clock-skew", "krb-ap-req-rejected", "keytab-key-mismatch", "spn-wrong-account-ap-err-modified", "auth-token-malformed"},
	Reads:    []string{"Server", "Content-Type", "X-Content-Type-Options"},
	Run:      runSPNEGOReject,
	Explains: explainPAC,
}

func runSPNEGOReject(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if !h.Complete && !h.Browser() {
			continue // which token it answers is not certain
		}
		for _, l := range h.Legs {
			for i := range l.Got {
				s := l.Got[i].SPNEGO()
				if s == nil || s.Resp == nil || s.Resp.NegState != tokens.Reject || l.Got[i].Kerberos() != nil || l.Sent.NTLM().Type() == 3 {
					continue
				}
				f := p.Found(h, l.ResponsePos(), "%s rejected the negotiation of %s%s", serverName(h), clientName(h), mechanisms(h))
				f.AddProof(l.RequestPos())
				if h.Outcome == analysis.Succeeded || p.LetInAfter(h) != nil {
					f.Severity = analysis.Warning
				}
				if list := h.MechTypes(); len(list) > 0 && (list[0] == tokens.OIDKerberosArc || list[0] == tokens.OIDKerberosDraft) {
					f.Cause = fmt.Sprintf("The list begins with Kerberos under the OID %s, which few acceptors know: the usual one is %s.", string(list[0]), string(tokens.OIDKerberos))
				}
				if o := acceptedList(p, h); o != nil {
					f.Cause = fmt.Sprintf("The lists of mechanisms differ: %s accepted a ticket for the same service with the list %s. Some acceptors look at the first mechanism of the list only, by the letter of its OID.", serverName(h), o.MechTypeNames())
					f.AddProof(o.OpeningLeg().RequestPos())
				}
			}
		}
	}
}

// acceptedList returns a handshake in which the same target accepted a ticket for the same
// service with another list of mechanisms, nil if there is none.
func acceptedList(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	mine := h.MechTypeNames()
	if mine == "" || h.SPN == "" {
		return nil
	}
	for _, o := range p.Context {
		if o.Host == h.Host && o.Target == h.Target && o.Outcome == analysis.Succeeded && o.Mechanism == h.Mechanism && o.SPN == h.SPN {
			if list := o.MechTypeNames(); list != "" && list != mine {
				return o
			}
		}
	}
	return nil
}

// mechanisms says what the client offered in its NegTokenInit.
func mechanisms(h *analysis.Handshake) string {
	if list := h.MechTypeNames(); list != "" {
		return ", who offered " + list
	}
	return ""
}
