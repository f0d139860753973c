package servertext

import (
	"slices"
	"strings"

	"negotrace/analysis/fact"
	"negotrace/tokens"
)

// sayings are what sentences of security libraries say went wrong, by the codes of Kerberos that they name or have the
// words of, and by other parts of them, in lower case: of Java (sun.security.krb5), MIT Kerberos and Heimdal, Windows,
// and squid. The first one that is there counts.
var sayings = []struct {
	fact  fact.Fact
	codes []tokens.ErrorCode
	parts []string
}{
	{fact.SaysUser, []tokens.ErrorCode{tokens.KDCErrPreauthFailed, tokens.KDCErrCPrincipalUnknown, tokens.KDCErrClientRevoked}, nil},
	{fact.SaysClock, []tokens.ErrorCode{tokens.KRBAPErrSkew}, []string{"sec_e_time_skew"}},
	{fact.SaysNoCred, nil, []string{"failed to get server creds", "failed to find any kerberos", "no credentials were supplied", "nonexistent or empty", "sec_e_no_credentials"}},
	{fact.SaysEType, nil, []string{
		"is not supported/enabled", "program lacks support for encryption type", "bad encryption type", "encryption type not permitted", "arcfour-hmac not permitted",
		"arcfour-hmac-md5 not permitted", "cbc-crc not permitted", "cbc-md5 not permitted", "cbc-sha1 not permitted", "hmac-sha1-96 not permitted",
	}},
	{fact.SaysReplay, []tokens.ErrorCode{tokens.KRBAPErrRepeat}, nil},
	{fact.SaysNoKey, []tokens.ErrorCode{tokens.KRBAPErrBadKeyVer, tokens.KRBAPErrNoKey}, []string{"cannot find key of appropriate type", "cannot find key for ", "no key table entry", "key table entry not found", "not found in keytab", "found in keytab but not with enctype", "does not match any keys in keytab", "no keys in keytab"}},
	{fact.SaysExpired, []tokens.ErrorCode{tokens.KRBAPErrTktExpired, tokens.KRBAPErrTktNYV}, nil},
	{fact.SaysName, []tokens.ErrorCode{tokens.KRBAPErrNotUs}, []string{"wrong principal in request", "does not match server principal", "does not match request ticket server"}},
	{fact.SaysBinding, nil, []string{"channel binding", "sec_e_bad_bindings"}},
	{fact.SaysToken, nil, []string{"defective token", "no credential found for", "unsupported mechanism", "sec_e_invalid_token", "received type 1 ntlm token", "only one authentication iteration"}},
	{fact.SaysKey, []tokens.ErrorCode{tokens.KRBAPErrModified, tokens.KRBAPErrBadIntegrity}, []string{"checksum failed", "integrity check failed", "cannot decrypt ticket"}},
	{fact.SaysNoCred, nil, []string{"gss_acquire_cred() failed"}},
	{fact.SaysRule, nil, []string{"err_access_denied"}},
	{fact.SaysPlain, nil, []string{"unencrypted traffic"}},
	{fact.SaysTLSPort, nil, plainToTLS},
	{fact.SaysRight, nil, []string{"access is denied"}},
	// On IIS's detailed pages: SEC_E_BAD_BINDINGS, TIME_SKEW, WRONG_PRINCIPAL, INVALID_TOKEN.
	{fact.SaysBinding, nil, []string{"0x80090346"}}, {fact.SaysClock, nil, []string{"0x80090324"}}, {fact.SaysKey, nil, []string{"0x80090322"}}, {fact.SaysToken, nil, []string{"0x80090308"}},
}

// Says returns what a sentence of a server says went wrong, "" if it leaves that open.
func Says(text string) fact.Fact {
	if text == "" {
		return "" // as nearly always
	}
	text = strings.ToLower(text)
	has := func(part string) bool { return strings.Contains(text, strings.ToLower(part)) }
	for _, s := range sayings {
		if slices.ContainsFunc(s.parts, has) || slices.ContainsFunc(s.codes, func(c tokens.ErrorCode) bool { return has(c.Name()) || slices.ContainsFunc(c.Words(), has) }) {
			return s.fact
		}
	}
	return ""
}

// SubStatusSays is Says for the sub-status of IIS. 401.2 is what it says to a request without
// credentials too.
func SubStatusSays(subStatus string) fact.Fact {
	if strings.HasPrefix(subStatus, "401.2") {
		return fact.SaysConfig
	}
	return Says(subStatus)
}
