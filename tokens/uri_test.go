package tokens

import "testing"

func TestPublicURI(t *testing.T) {
	for _, tt := range []struct{ uri, want string }{
		{"/a/b", "/a/b"},
		{"/a?q=secret", "/a"},
		{"/a#secret", "/a"},
		{"/a@b", "/a@b"},
		{"/a;jsessionid=ABC", "/a"},
		{"/a;jsessionid=ABC/b;x=1/c?q", "/a/b/c"},
		{"http://user:pw@host:80/a@b?q", "http://host:80/a@b"},
		{"http://u@ser:p@host", "http://host"},
		{"http://host/", "http://host/"},
		{"user:pw@host:443", "host:443"},
		{"host:443", "host:443"},
		{"*", "*"},
		{"/app/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "/app/a.aspx"},
		{"/app/(A(x)S(y)F(z))/(F(q))/a/(b)/c(1)", "/app/a/(b)/c(1)"},
		{"/(F(secret))", "/"},
		{"/%28S%28secret%29%29/a", "/a"},
		{"http://host/(X(1)S(secret))/a/(S(more))/(Y(1))", "http://host/a/(Y(1))"},
		{"/(", "/("},
		{"", ""},
	} {
		if got := PublicURI(tt.uri); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.uri, got, tt.want)
		}
	}
}
