package house

import (
	"regexp"
	"testing"
)

// secrets are the shapes of what no report may hold: tokens in base64 (NTLM messages,
// SPNEGO, AP-REQs), TLS secrets, cookies and Basic credentials.
var secrets = map[string]*regexp.Regexp{
	"an NTLM message in base64": regexp.MustCompile(`TlRMTVNTUA`),
	"a GSS-API token in base64": regexp.MustCompile(`\bY(II|I[A-Z]|[GHIJ])[A-Za-z0-9+/]{40,}`),
	"a TLS secret":              regexp.MustCompile(`CLIENT_RANDOM|TRAFFIC_SECRET`),
	"a cookie":                  regexp.MustCompile(`(?i)"(set-)?cookie"`),
	"an Authorization header":   regexp.MustCompile(`(?i)authorization: *(basic|bearer|ntlm|negotiate) +[a-z0-9+/]{8}`),
	"a password of the lab":     regexp.MustCompile(`Passw0rd`),
	"a long hexadecimal string": regexp.MustCompile(`\b[0-9a-f]{32,}\b`),
}

// noSecrets looks for secrets in a report.
func noSecrets(t *testing.T, text string) {
	t.Helper()
	for what, shape := range secrets {
		if found := shape.FindString(text); found != "" {
			t.Errorf("the report holds %s: %.20s...", what, found)
		}
	}
}
