package tokens

import "testing"

// TestIsUnique holds of which tokens another logon may have the same.
func TestIsUnique(t *testing.T) {
	anonymous := func(change func(*NTLMAuthenticate)) *Token {
		a := &NTLMAuthenticate{Kind: ResponseAnonymous}
		change(a)
		return &Token{NTLM: &NTLM{Authenticate: a}}
	}
	same := func(*NTLMAuthenticate) {}
	for _, tt := range []struct {
		name  string
		token *Token
		want  bool
	}{
		{"NTLM message 1", &Token{NTLM: &NTLM{Negotiate: &NTLMNegotiate{}}}, false},
		{"anonymous", anonymous(same), false},
		{"local call", anonymous(func(a *NTLMAuthenticate) { a.Kind = ResponseLocal }), false},
		{"anonymous with a MIC of zeros", anonymous(func(a *NTLMAuthenticate) { a.MICRoom, a.micZero = true, true }), false},
		{"anonymous with a MIC", anonymous(func(a *NTLMAuthenticate) { a.MICRoom = true }), true},
		{"anonymous with a key", anonymous(func(a *NTLMAuthenticate) { a.SessionKeyLen = 16 }), true},
		{"NTLMv2", anonymous(func(a *NTLMAuthenticate) { a.Kind = ResponseNTLMv2 }), true},
		{"AP-REQ", &Token{SPNEGO: &SPNEGO{Init: &NegTokenInit{}}, Kerberos: &Kerberos{APReq: &APReq{}}}, true},
		{"TGT-REQ", &Token{Kerberos: &Kerberos{TGTReq: &Principal{}}}, false},
		{"offer", &Token{SPNEGO: &SPNEGO{Init: &NegTokenInit{}}}, false},
		{"offer with a token of another mechanism", &Token{SPNEGO: &SPNEGO{Init: &NegTokenInit{MechToken: 9}}}, true},
		{"NEGOEX", &Token{SPNEGO: &SPNEGO{Init: &NegTokenInit{}}, NegoEx: make([]NegoEx, 1)}, true},
		{"state alone", &Token{SPNEGO: &SPNEGO{Resp: &NegTokenResp{}}}, false},
		{"response with a MIC", &Token{SPNEGO: &SPNEGO{Resp: &NegTokenResp{MechListMIC: 28}}}, true},
		{"something else", &Token{}, true},
	} {
		a := &Auth{Token: tt.token}
		if a.IsUnique() {
			t.Errorf("%s is unique although nothing of it is there", tt.name)
		}
		if tt.token.Sum = 1; a.IsUnique() != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, a.IsUnique(), tt.want)
		}
	}
}
