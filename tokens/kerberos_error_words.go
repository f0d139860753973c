package tokens

import "slices"

// Words returns the sentences that libraries print for the code, or constant parts of them, those of MIT
// Kerberos (krb5_err.et) first; nil if none are known. "..." stands for a name.
func (c ErrorCode) Words() []string { return errorWords[c] }

// CodeInWords returns the code for which a library prints these words, KDCErrNone if none does.
func CodeInWords(words string) ErrorCode {
	for code, all := range errorWords {
		if slices.Contains(all, words) {
			return code
		}
	}
	return KDCErrNone
}

var errorWords = map[ErrorCode][]string{
	KDCErrNameExp:                 {"Client's entry in database has expired"},
	KDCErrServiceExp:              {"Server's entry in database has expired"},
	KDCErrCPrincipalUnknown:       {"Client not found in Kerberos database", "Client ... not found in Kerberos database", "Client (...) unknown"},
	KDCErrSPrincipalUnknown:       {"Server not found in Kerberos database", "Server ... not found in Kerberos database", "LOOKING_UP_SERVER", "Server (...) unknown"},
	KDCErrPolicy:                  {"KDC policy rejects request"},
	KDCErrBadOption:               {"KDC can't fulfill requested option", "KDC cannot accommodate requested option", "KDC cannot fulfill requested option"},
	KDCErrETypeNoSupp:             {"KDC has no support for encryption type", "The encryption type requested is not supported by the KDC"},
	KDCErrPADataTypeNoSupp:        {"KDC has no support for padata type"},
	KDCErrClientRevoked:           {"Client's credentials have been revoked", "Clients credentials have been revoked", "credentials have been revoked"},
	KDCErrKeyExpired:              {"Password has expired", "Password change required"},
	KDCErrPreauthFailed:           {"Preauthentication failed", "Pre-authentication information was invalid", "Password incorrect"},
	KDCErrPreauthRequired:         {"Additional pre-authentication required"},
	KRBAPErrBadIntegrity:          {"Decrypt integrity check failed", "Integrity check on decrypted field failed"},
	KRBAPErrTktExpired:            {"Ticket expired"},
	KRBAPErrTktNYV:                {"Ticket not yet valid"},
	KRBAPErrRepeat:                {"Request is a replay"},
	KRBAPErrNotUs:                 {"The ticket isn't for us"},
	KRBAPErrSkew:                  {"Clock skew too great", "The clocks on the client and server machines are skewed"},
	KRBAPErrBadAddr:               {"Incorrect net address"},
	KRBAPErrModified:              {"Message stream modified"},
	KRBAPErrBadKeyVer:             {"Specified version of key is not available", "Key version is not available"},
	KRBAPErrNoKey:                 {"Service key not available"},
	KRBErrResponseTooBig:          {"Response too big for UDP"},
	KDCErrWrongRealm:              {"LoginException: null (68)"}, // Java has no words for it
	KDCErrMorePreauthDataRequired: {"More preauthentication data required"},
}
