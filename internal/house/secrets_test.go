package house

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// secrets are the shapes of what no report may hold: tokens in base64 (NTLM messages,
// SPNEGO, AP-REQs), TLS secrets, cookies and Basic credentials. Each begins with a fixed text, without
// which the search takes many times as long.
var secrets = map[string]*regexp.Regexp{
	"an NTLM message in base64": regexp.MustCompile(`TlRMTVNTUA`),
	"a secret of TLS 1.2":       regexp.MustCompile(`CLIENT_RANDOM`),
	"a secret of TLS 1.3":       regexp.MustCompile(`TRAFFIC_SECRET`),
	"a password of the lab":     regexp.MustCompile(`Passw0rd`),
}

// inSmallLetters are shapes of secrets in a text whose letters are all small: to look for them in
// both takes many times as long.
var inSmallLetters = map[string]*regexp.Regexp{
	"a cookie":                regexp.MustCompile(`"cookie"`),
	"a cookie that is set":    regexp.MustCompile(`"set-cookie"`),
	"an Authorization header": regexp.MustCompile(`authorization: *(basic|bearer|ntlm|negotiate) +[a-z0-9+/]{8}`),
}

// inLongRuns are shapes of secrets in a run of digits, letters, + and / of at least longRun.
var inLongRuns = map[string]*regexp.Regexp{
	"a GSS-API token in base64": regexp.MustCompile(`\bY(II|I[A-Z]|[GHIJ])[A-Za-z0-9+/]{40,}`),
	"a long hexadecimal string": regexp.MustCompile(`\b[0-9a-f]{32,}\b`),
}

const longRun = 32

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
	find := func(shapes map[string]*regexp.Regexp, text string) {
		t.Helper()
		for what, shape := range shapes {
			if found := shape.FindString(text); found != "" {
				t.Errorf("the report holds %s: %.20s...", what, found)
			}
		}
	}
	find(secrets, text)
	find(inSmallLetters, strings.ToLower(text))
	for run := range longRuns(text) {
		find(inLongRuns, run)
	}
}

// longRuns returns the runs of digits, letters, + and / in a text that are long enough for a
// secret, each with the byte before and after it.
func longRuns(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		begin := 0
		for i := 0; i <= len(text); i++ {
			if i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z' || text[i] >= '0' && text[i] <= '9' || text[i] == '+' || text[i] == '/') {
				continue
			}
			if i-begin >= longRun && !yield(text[max(0, begin-1):min(len(text), i+1)]) {
				return
			}
			begin = i + 1
		}
	}
}

// TestNoSecrets holds that each of the shapes is found, wherever it stands in a text.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	hex := strings.Repeat("0123456789abcdef", 2)
	for text, want := range map[string]bool{
		hex: true, "/" + hex: true, "=" + hex + "\n": true, hex[1:]: false, "x" + hex: false, hex + "_": false,
		strings.ToUpper(hex): false, "a " + strings.Repeat("YIIG", 11) + "==": true, "aYIIG" + hex: false,
	} {
		found := false
		for run := range longRuns(text) {
			for _, shape := range inLongRuns {
				found = found || shape.MatchString(run)
			}
		}
		if found != want {
			t.Errorf("in %q found: %v, want %v", text, found, want)
		}
	}
}
