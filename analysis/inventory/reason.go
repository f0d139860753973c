package inventory

import (
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

const (
	addressInURL = "address in the URL"
	notOffered   = "server does not offer Negotiate"

	unknownSPN    = "SPN unknown to the KDC, or registered twice"
	duplicateSPN  = "SPN registered twice"
	noCommonEType = "no encryption type in common with the KDC"
	userSPN       = "SPN is a user without that name"
	kdcRefused    = "the KDC refused a request"
)

// reasons are the checks whose findings show why authentication was not Kerberos with AES, the
// most important first, each with the reason in a few words.
var reasons = [...]struct{ check, why string }{
	{"ip-address-url", addressInURL},
	{"ntlm-local-call", "client and server are one machine"},
	{"loopback-check-401", "client and server are one machine"},
	{"spn-not-found", unknownSPN},
	{"spn-duplicate", duplicateSPN},
	{"etype-nosupp", noCommonEType},
	{"kdc-must-use-user2user", userSPN},
	{"kdc-client-credential-error", "the KDC refuses the user"},
	{"kdc-unreachable", "the client cannot reach a KDC"},
	{"host-not-resolved", "the name does not resolve"},
	{"kdc-error", kdcRefused},
	{"client-token-generation-failed", "the client could not make a token for Negotiate"},
	{"negotiate-not-offered", notOffered},
	{"server-selected-ntlm", "server chose NTLM"},
	{"offer-depends-on-request", "server offers Negotiate to other requests only"},
	{"ntlm-anonymous", "anonymous"},
}

// explain returns the reason of the most important check; empty if no check has one.
func explain(found []string) string {
	for _, e := range reasons {
		if slices.Contains(found, e.check) {
			return e.why
		}
	}
	return ""
}

// why returns why a handshake was not Kerberos with AES: by the findings, else by the handshake
// itself. It is empty if it was. asked is set if the client is known to have asked a KDC.
func why(h *analysis.Handshake, found []string, asked bool) string {
	switch h.Mechanism {
	case analysis.Kerberos:
		if _, ap := h.APReq(); ap != nil && weak(ap.Ticket.EncPart.EType) {
			return "the KDC encrypted the ticket with " + strings.ToUpper(family(ap.Ticket.EncPart.EType))
		}
		return ""
	case analysis.NTLM:
	case analysis.Basic, analysis.Digest, analysis.Bearer:
		switch {
		case h.Offers("Negotiate"):
			return "the client took " + h.Scheme + " although Negotiate is offered"
		case len(h.Offered) > 0:
			return notOffered
		}
		return ""
	default:
		return ""
	}
	if reason := explain(found); reason != "" {
		return reason
	}
	negotiable := h.Offers("Negotiate") || h.Scheme == "Negotiate"
	refused, before := h.TicketRefusal(), h.RefusedBefore
	switch {
	case h.Target == analysis.ToServer && analysis.IsIPAddress(h.Host) && negotiable:
		return addressInURL
	case refused != tokens.KDCErrNone && negotiable:
		return refusalReason(refused)
	case h.User != "" && !strings.ContainsAny(h.User, `\@`):
		return "user without a domain"
	case h.Scheme == "NTLM" && ntlmFirst(h):
		return "server offers NTLM first"
	case before != tokens.KDCErrNone && negotiable && refusalReason(before) != kdcRefused:
		return refusalReason(before) + ", as it said up to 15 minutes before"
	case h.Scheme == "NTLM" && h.Offers("Negotiate"):
		return "the client took NTLM although Negotiate is offered"
	case h.Scheme == "NTLM" && len(h.Offered) > 0:
		return notOffered
	case h.Scheme == "NTLM" && h.Complete && h.First().Sent != nil:
		return "the client sent NTLM before it was asked"
	case h.Scheme == "NTLM":
		return "what the server offers is not in the capture"
	case !asked:
		return "no request for a ticket is in the capture"
	}
	return "not visible"
}

// refusalReason returns why a KDC gave no ticket for a web server.
func refusalReason(code tokens.ErrorCode) string {
	switch code {
	case tokens.KDCErrSPrincipalUnknown:
		return unknownSPN
	case tokens.KDCErrPrincipalNotUnique:
		return duplicateSPN
	case tokens.KDCErrETypeNoSupp:
		return noCommonEType
	case tokens.KDCErrMustUseUser2User:
		return userSPN
	}
	return kdcRefused
}

// ntlmFirst reports whether the server offers NTLM before Negotiate to a client that takes
// the first scheme it knows.
func ntlmFirst(h *analysis.Handshake) bool {
	ntlm, negotiate := slices.Index(h.Offered, "NTLM"), slices.Index(h.Offered, "Negotiate")
	return ntlm >= 0 && ntlm < negotiate && h.Has(fact.ClientWinINET)
}

// family returns the cipher of an encryption type: "rc4", "des".
func family(e tokens.EType) string {
	name, _, _ := strings.Cut(e.String(), "-")
	return name
}

// version says how a handshake used its mechanism.
func version(h *analysis.Handshake) string {
	switch h.Mechanism {
	case analysis.Kerberos:
		if _, ap := h.APReq(); ap != nil {
			return ap.Ticket.EncPart.EType.String()
		}
	case analysis.NTLM:
		if _, m := h.NTLM(3); m != nil {
			return string(m.Authenticate.Kind)
		}
	}
	return ""
}
