package fleet

import (
	"fmt"
	"testing"

	"negotrace/httpstream"
)

func TestForwardedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header httpstream.Header
		want   string
	}{
		{nil, "[]"},
		{httpstream.Header{{Name: "X-Forwarded-For", Value: "10.9.9.9, 198.51.100.10"}}, "[198.51.100.10]"}, // the first one anybody may have written
		{httpstream.Header{{Name: "x-forwarded-for", Value: "10.9.9.9"}, {Name: "X-Forwarded-For", Value: "198.51.100.10:4711"}}, "[198.51.100.10]"},
		{httpstream.Header{{Name: "Forwarded", Value: `for=10.9.9.9, proto=https;For="[2001:db8::1]:80"`}}, "[2001:db8::1]"},
		{httpstream.Header{{Name: "Forwarded", Value: "for=unknown;by"}}, "[]"},
		{httpstream.Header{{Name: "X-Forwarded-For", Value: ","}}, "[]"},
	} {
		if got := fmt.Sprint(forwardedFor(c.header)); got != c.want {
			t.Errorf("%v: %s, want %s", c.header, got, c.want)
		}
	}
}
