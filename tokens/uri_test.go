package tokens

import (
	"strings"
	"testing"
)

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
		{"//user:pw@host/a", "//host/a"},
		{"//user@host", "//host"},
		{"/to/https://user:pw@host/a", "/to/https://host/a"},
		{"/a://b/https://user:pw@host/a", "/a://b/https://host/a"},
		{"http:/user:pw@host/", "http:/host/"},
		{"/to/https%3A%2F%2Fuser%3Apw%40host%2Fa%3Ftoken=b", "/to/host%2Fa"},
		{"/user:p%40ss@host/a", "/host/a"},
		{"/alice@corp.example/%40b/a:b", "/alice@corp.example/%40b/a:b"},
		{"/a%3Bjsessionid=ABC/b%3b", "/a/b"},
		{"/a%3fq=secret", "/a"},
		{"/a%23secret", "/a"},
		{"/a&token=secret/b", "/a/b"},
		{"/r&d/b=c", "/r&d/b=c"},
		{"/%28S(secret%29)/%28S(a)", "/%28S(a)"},
		{"/(S(secret));a/b", "/b"},
		{"/%", "/%"},
		{"/%4/%20/%zz", "/%4/%20/%zz"},
		{"/;/;//;", "////"},
		{"", ""},
	} {
		if got := PublicURI(tt.uri); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.uri, got, tt.want)
		}
	}
}

// TestPublicHost has credentials and lines that are folded into a Host line.
func TestPublicHost(t *testing.T) {
	for _, tt := range []struct{ host, want string }{
		{"host", "host"},
		{"host:8080", "host:8080"},
		{"[fe80::1%25eth0]:80", "[fe80::1%25eth0]:80"},
		{"user:pw@host:80", "host:80"},
		{"host Authorization: Basic QTpC", "host"},
		{"host\tx", "host"},
		{"host, other", "host"},
		{"host/path", "host/path"},
		{"bücher.example", "bücher.example"},
		{" x", " x"},
		{"", ""},
	} {
		if got := PublicHost(tt.host); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.host, got, tt.want)
		}
	}
}

// TestPublicURICost has targets in which everything has to go.
func TestPublicURICost(t *testing.T) {
	for _, part := range []string{"/;", "/(S(a))", "/(F(a)", "/%28", "/%3B", "/a:b@c", "@", "&=/", "%", "/&"} {
		uri := strings.Repeat(part, 1<<20/len(part))
		if n := testing.AllocsPerRun(1, func() { PublicURI(uri) }); n > 8 {
			t.Errorf("%q, again and again: %v allocations", part, n)
		}
	}
}
