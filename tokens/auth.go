package tokens

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
