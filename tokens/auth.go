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
