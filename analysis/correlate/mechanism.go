package correlate

import (
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

// mechanism returns the mechanism of the last tokens, whatever the scheme is called.
func mechanism(h *analysis.Handshake) analysis.Mechanism {
	ntlm, kerberos, sent := false, false, false
	for _, l := range h.Legs {
		sent = sent || l.Sent != nil
		ntlm = ntlm || l.Sent.NTLM() != nil
		if k := l.Sent.Kerberos(); k != nil {
			kerberos = true
		}
		for i := range l.Got {
			ntlm = ntlm || l.Got[i].NTLM() != nil
			kerberos = kerberos || l.Got[i].Kerberos() != nil
			if s := l.Got[i].SPNEGO(); s != nil && s.Resp != nil && (l.Sent == nil || l.Sent.Stripped) {
				// The client's token is not in the file; what the server chose is.
				ntlm = ntlm || s.Resp.SupportedMech == tokens.OIDNTLM
				kerberos = kerberos || s.Resp.SupportedMech.Kerberos()
			}
		}
	}
	switch {
	case ntlm:
		return analysis.NTLM
	case kerberos:
		return analysis.Kerberos
	case !sent && h.Last().Answer() == nil:
		return analysis.None
	}
	switch h.Scheme {
	case "NTLM":
		return analysis.NTLM
	case "Kerberos":
		return analysis.Kerberos
	case "Basic":
		return analysis.Basic
	case "Digest":
		return analysis.Digest
	case "Bearer":
		return analysis.Bearer
	}
	return mechanismWithoutTokens(h)
}

// mechanismWithoutTokens returns the mechanism of Negotiate where an exporter removed the
// tokens: by the browser's log, else by the number of legs, since NTLM cannot finish in one leg
// and Kerberos needs no second. It is Other for credentials that may be of any scheme, and for a
// single leg where others of its connection may not be recorded, or nobody asked for credentials.
func mechanismWithoutTokens(h *analysis.Handshake) analysis.Mechanism {
	for _, l := range h.Legs {
		for _, e := range l.Events {
			switch strings.ToLower(e.Package) {
			case "kerberos":
				return analysis.Kerberos
			case "ntlm":
				return analysis.NTLM
			}
		}
	}
	if h.Scheme == "" {
		return analysis.Other
	}
	legs := 0
	for _, l := range h.Legs {
		if l.Sent != nil && !l.Sent.Stripped {
			return analysis.Other
		}
		if l.Sent != nil {
			legs++
		}
	}
	switch {
	case h.Last().Verdict == analysis.Accepted && legs == 1 && h.Offers("Negotiate") && hasEveryLeg(h):
		return analysis.Kerberos
	case legs >= 2:
		return analysis.NTLM
	}
	return analysis.Other
}

// hasEveryLeg reports whether what recorded a handshake has all messages of its connection: packets
// from its beginning on, or a NetLog. Of other exports and texts it is not known: a proxy may write
// down a part, and whoever took tokens out may have taken out entries.
func hasEveryLeg(h *analysis.Handshake) bool {
	if h.InPackets() {
		return h.Conn().SYN && h.Complete
	}
	return h.First().Source != 0
}
