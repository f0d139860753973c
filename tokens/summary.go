package tokens

import "strings"

// String describes a token in one line, the outermost part first: "SPNEGO NegTokenInit, Kerberos
// AP-REQ for HTTP/web.contoso.com@CONTOSO.COM".
func (t *Token) String() string {
	var s []string
	if t.SPNEGO != nil {
		s = append(s, t.SPNEGO.String())
	}
	for _, m := range t.NegoEx {
		s = append(s, "NEGOEX "+m.Type)
	}
	if t.NTLM != nil {
		s = append(s, t.NTLM.String())
	}
	if t.Kerberos != nil {
		s = append(s, t.Kerberos.String())
	}
	return strings.Join(s, ", ")
}

func (s *SPNEGO) String() string {
	switch {
	case s.Init != nil && s.Init.Init2:
		return "SPNEGO NegTokenInit2"
	case s.Init != nil:
		return "SPNEGO NegTokenInit"
	case s.Resp != nil && s.Resp.NegState != NegStateAbsent:
		return "SPNEGO NegTokenResp " + s.Resp.NegState.String()
	case s.Resp != nil:
		return "SPNEGO NegTokenResp"
	}
	return "SPNEGO"
}

func (n *NTLM) String() string {
	switch {
	case n.Negotiate != nil:
		return "NTLM NEGOTIATE_MESSAGE"
	case n.Challenge != nil:
		return strings.TrimSpace("NTLM CHALLENGE_MESSAGE " + n.Challenge.TargetName)
	case n.Authenticate != nil:
		a := n.Authenticate
		s := "NTLM AUTHENTICATE_MESSAGE"
		if a.User != "" {
			s += " of " + a.Account()
		}
		if a.Kind != "" {
			s += ", " + string(a.Kind)
		}
		return s
	}
	return "NTLM"
}

// Account returns DOMAIN\user, or only the part that is there.
func (a *NTLMAuthenticate) Account() string {
	if a.Domain == "" {
		return a.User
	}
	return a.Domain + `\` + a.User
}

func (k *Kerberos) String() string {
	s := "Kerberos"
	if k.MsgType != 0 {
		s += " " + k.MsgType.String()
	}
	switch {
	case k.APReq != nil:
		s += about(" for ", &k.APReq.Ticket.Service)
		if k.APReq.Ticket.Opened != nil {
			s += about(" of ", &k.APReq.Ticket.Opened.Client)
		}
	case k.Error != nil:
		s += " " + k.Error.Code.String() + about(" for ", &k.Error.Server)
	case k.KDCReq != nil:
		s += about(" of ", k.KDCReq.Client) + about(" for ", &k.KDCReq.Server)
	case k.KDCRep != nil:
		s += about(" to ", &k.KDCRep.Client) + about(" for ", &k.KDCRep.Ticket.Service)
	}
	switch {
	case k.IAKERB != nil:
		s = "IAKERB, " + s
	case k.Kpasswd != nil:
		s = "change of a password, " + s
	}
	if k.KDCProxy != nil {
		s = "KDC proxy, " + s
	}
	return s
}

func about(word string, p *Principal) string {
	if name := p.String(); name != "" {
		return word + name
	}
	return ""
}
