package correlate_test

import (
	"strings"
	"testing"
)

// TestWords holds that what a page says is read where it turns credentials away, and not
// where the server asks for them or the exchange of tokens goes on.
func TestWords(t *testing.T) {
	const says = "<\n< <title>Your device is not managed</title>\n\n"
	page := func(response string) string { return strings.TrimSuffix(response, "\n") + says }
	r := grouped(t, "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"+
		get+page(offer)+ntlm("ntlm1")+page(challenge)+ntlm(alice)+page(offer)+
		get+"> Authorization: Basic {basic bob:secret}\n"+page("< HTTP/1.1 403 Forbidden\n\n"))
	var got []string
	for _, h := range r.Handshakes {
		for _, l := range h.Legs {
			got = append(got, l.Words)
		}
	}
	want := []string{"", "", "Your device is not managed", "Your device is not managed"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}
