package tokens

import "strings"

// Param returns the value of the parameter of that name, in any letter case; "" if there is none, or if
// it is left out.
func (a Auth) Param(name string) string {
	for _, p := range a.Params {
		if strings.EqualFold(p.Name, name) {
			return p.Value
		}
	}
	return ""
}

// NTLM returns the NTLM message in a, nil if there is none. It is safe on nil.
func (a *Auth) NTLM() *NTLM {
	if a == nil || a.Token == nil {
		return nil
	}
	return a.Token.NTLM
}

// Kerberos returns the Kerberos message in a, nil if there is none. It is safe on nil.
func (a *Auth) Kerberos() *Kerberos {
	if a == nil || a.Token == nil {
		return nil
	}
	return a.Token.Kerberos
}

// SPNEGO returns the SPNEGO envelope in a, nil if there is none. It is safe on nil.
func (a *Auth) SPNEGO() *SPNEGO {
	if a == nil || a.Token == nil {
		return nil
	}
	return a.Token.SPNEGO
}

// IsUnique reports whether a has a token that no other logon has, so that who shows it twice shows one
// logon twice. A NEGOTIATE_MESSAGE of NTLM, an anonymous logon, what asks for the ticket of a server
// and an offer of mechanisms alone are the same for everybody. It is safe on nil.
func (a *Auth) IsUnique() bool {
	if a == nil || a.Token == nil || a.Token.Sum == 0 { // of what was left out
		return false
	}
	t, s := a.Token, a.Token.SPNEGO
	switch {
	case t.NTLM != nil:
		m := t.NTLM.Authenticate
		return m != nil && (m.Kind != ResponseAnonymous && m.Kind != ResponseLocal || m.SessionKeyLen > 0 || m.MICRoom && !m.micZero)
	case t.Kerberos != nil:
		return t.Kerberos.TGTReq == nil
	case s == nil || len(t.NegoEx) > 0:
		return true
	case s.Init != nil:
		return s.Init.MechToken+s.Init.MechListMIC > 0
	}
	return s.Resp != nil && s.Resp.ResponseToken+s.Resp.MechListMIC > 0
}
