package house

import (
	"regexp"
	"slices"
	"strings"
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

// TestPageSecrets looks into pages, which show every field of the tokens.
func TestPageSecrets(t *testing.T) {
	t.Parallel()
	public := regexp.MustCompile(`\b(Bnd|MsvAvChannelBindings|MsvAvSingleHost): [0-9a-f]+`) // hashes of a certificate, and the number of a start of Windows
	for _, k := range captures(t) {
		if !slices.Contains([]string{"ntlm-v1", "ntlm-v2", "kerberos-ad", "contrast-basic", "contrast-bearer", "kerberos-session-cookie", "delegation-forwarded"}, k.name) {
			continue
		}
		k.fields = true
		k.analyse(t)
		page := render(t, "html", k.report)
		if k.name == "ntlm-v2" && !strings.Contains(page, "NTProofStr") {
			t.Error("the page shows no fields")
		}
		noSecrets(t, public.ReplaceAllString(page, ""))
	}
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
