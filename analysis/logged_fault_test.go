package analysis

import (
	"strings"
	"testing"

	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestHeaderRefusedByLog holds that the reason in the log of HTTP.sys counts more than the size.
func TestHeaderRefusedByLog(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]bool{"FieldLength": true, "RequestLength": true, "Hostname": false, "": true} {
		for _, size := range []int{500, 20_000} {
			l := &Leg{
				Exchange: &httpstream.Exchange{Request: &httpstream.Request{HeadLen: size}, Response: &httpstream.Response{Status: 400}},
				Sent:     &tokens.Auth{Scheme: "Negotiate"},
			}
			if reason != "" {
				l.Logged = &serverlog.Request{Status: 400, Reason: reason}
			}
			if got := l.HeaderRefused(); got != (want && (reason != "" || size > 10_000)) {
				t.Errorf("%q, %d bytes: %v", reason, size, got)
			}
		}
	}
}

// TestRefusesInWords holds which lines of error logs refuse credentials.
func TestRefusesInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"gss_accept_sec_context() failed: Unspecified GSS failure.  Minor code may provide more information (, )":                true,
		"GSS ERROR In Negotiate Auth: gss_accept_sec_context() failed: [An unsupported mechanism was requested (Unknown error)]": true,
		"only one authentication iteration allowed":                                     true,
		"failed to verify krb5 credentials: Server not found in Kerberos database":      true,
		`AH01617: user alice: authentication failure for "/": Password Mismatch`:        true,
		`user "alice": password mismatch`:                                               true,
		`user "alice" was not found in "/etc/nginx/htpasswd"`:                           true,
		"AH01618: user alice not found: /admin":                                         true,
		`open() "/srv/gss/checksum failed" failed (2: No such file or directory)`:       false,
		`open() "/srv/kerberos was not found in" failed (2: No such file or directory)`: false,
		"NO AUTH DATA Client did not send any authentication headers":                   false,
		"no user/password was provided for basic authentication":                        false,
		"mod_auth_kerb: keytab file is /etc/http.keytab":                                false,
	} {
		if got := RefusesInWords(&serverlog.AuthError{Level: "error", Text: text}); got != want {
			t.Errorf("%s: %v", text, got)
		}
		ofModule := strings.Contains(text, "gss_accept_sec_context() failed") || strings.Contains(text, "iteration")
		if got := RefusesInWords(&serverlog.AuthError{Level: "debug", Text: text}); got != ofModule {
			t.Errorf("%s, of level debug: %v", text, got)
		}
	}
}
