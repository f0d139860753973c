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
		{"", ""},
	} {
		if got := PublicURI(tt.uri); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.uri, got, tt.want)
		}
	}
}
