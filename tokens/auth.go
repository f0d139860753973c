package tokens

// NTLM returns the NTLM message that a carries, nil if none. It is safe on nil.
func (a *Auth) NTLM() *NTLM {
	if a == nil || a.Token == nil {
		return nil
	}
	return a.Token.NTLM
}

// Kerberos returns the Kerberos message that a carries, nil if none. It is safe on nil.
func (a *Auth) Kerberos() *Kerberos {
	if a == nil || a.Token == nil {
		return nil
	}
	return a.Token.Kerberos
}

// SPNEGO returns the SPNEGO envelope that a carries, nil if none. It is safe on nil.
func (a *Auth) SPNEGO() *SPNEGO {
	if a == nil || a.Token == nil {
		return nil
	}
	return a.Token.SPNEGO
}
