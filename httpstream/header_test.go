package httpstream

import "testing"

func TestSecret(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        bool
	}{
		{"authorization", "Basic YTpi", true},
		{"Authorization", "00112233", true}, // a value without a scheme may be a key
		{"Proxy-Authorization", "NTLM TlRM", true},
		{"Cookie", "a=b", true},
		{"Set-Cookie", "a=b", true},
		{"WWW-Authenticate", "Negotiate", false},
		{"WWW-Authenticate", "Negotiate oYG2", true},
		{"Proxy-Authenticate", "NTLM", false},
		{"Authentication-Info", "abc", true},
		{"Proxy-Authentication-Info", "abc", true},
		{"Server", "Basic YTpi", false},
		{"X-Cookie", "a=b", false},
	} {
		f := Field{Name: tt.name, Value: tt.value}
		if got := f.Secret(); got != tt.want {
			t.Errorf("%s: %s: got %v", tt.name, tt.value, got)
		}
	}
}
