package knownerror

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

// A meaning is what an error says, and which checks speak of it.
type meaning struct {
	means  string
	checks []string
}

// OfKerberos returns what a code of Kerberos means, "" if that is not known.
func OfKerberos(code tokens.ErrorCode) string { return kerberosErrors[code].means }

// OfNTStatus returns what the status of Windows with the name means.
func OfNTStatus(name string) string { return windowsErrors[name].means }

// OfWin32 returns what the error of Win32 with the name means.
func OfWin32(name string) string { return win32Errors[name].means }

// OfIIS returns what a status of IIS with its sub-status means: "401.1".
func OfIIS(status string) string { return iisErrors[status].means }

var kerberosErrors = map[tokens.ErrorCode]meaning{
	tokens.KDCErrNone:                        {"No error.", nil},
	tokens.KDCErrNameExp:                     {"The client's account has expired.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrServiceExp:                  {"The service's account has expired.", []string{"kdc-error"}},
	tokens.KDCErrCPrincipalUnknown:           {"The KDC knows no such user in this realm.", []string{"kdc-client-credential-error", "delegation-s4u"}},
	tokens.KDCErrSPrincipalUnknown:           {"The KDC knows no account with this service principal name, or it knows two.", []string{"spn-not-found", "spn-duplicate", "kdc-error"}},
	tokens.KDCErrPrincipalNotUnique:          {"Two accounts have the name.", []string{"spn-duplicate"}},
	tokens.KDCErrNullKey:                     {"The account has no key.", []string{"kdc-error"}},
	tokens.KDCErrPolicy:                      {"A policy of the KDC refuses the request.", []string{"kdc-client-credential-error", "delegation-s4u"}},
	tokens.KDCErrBadOption:                   {"The KDC cannot give the ticket with the options that were asked for: a renewal too late, or a delegation that is not allowed.", []string{"delegation-s4u", "kdc-error"}},
	tokens.KDCErrETypeNoSupp:                 {"Client, KDC and service have no encryption type in common.", []string{"etype-nosupp"}},
	tokens.KDCErrPADataTypeNoSupp:            {"The KDC does not know this kind of pre-authentication, for instance a logon with a certificate.", []string{"kdc-error"}},
	tokens.KDCErrClientRevoked:               {"The account is disabled, locked or expired, or may not log on at this hour.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrTGTRevoked:                  {"The ticket-granting ticket has been revoked.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrKeyExpired:                  {"The password has expired.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrPreauthFailed:               {"The password is wrong, or the client's keytab is old.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrPreauthRequired:             {"The KDC wants proof of the password first. This is the normal beginning of a logon.", []string{"kdc-benign-error"}},
	tokens.KDCErrMustUseUser2User:            {"The account has no service principal name, so the KDC gives a ticket only for user-to-user authentication.", []string{"kdc-must-use-user2user"}},
	tokens.KDCErrPathNotAccepted:             {"The KDC does not accept the path of realms.", []string{"cross-realm-referral"}},
	tokens.KDCErrSvcUnavailable:              {"The KDC cannot answer at the moment.", []string{"kdc-error"}},
	tokens.KRBAPErrBadIntegrity:              {"The message does not decrypt: a wrong key, or it was altered. MIT acceptors say so of a key that does not fit.", []string{"keytab-key-mismatch", "krb-ap-req-rejected"}},
	tokens.KRBAPErrTktExpired:                {"The ticket has expired, or the clock of the acceptor is ahead.", []string{"krb-ap-req-rejected", "clock-skew"}},
	tokens.KRBAPErrTktNYV:                    {"The ticket is not valid yet, or the clock of the acceptor is behind.", []string{"krb-ap-req-rejected", "clock-skew"}},
	tokens.KRBAPErrRepeat:                    {"The same authenticator came twice.", []string{"krb-ap-req-rejected"}},
	tokens.KRBAPErrNotUs:                     {"The ticket is for another service than the acceptor has a key for.", []string{"keytab-key-mismatch"}},
	tokens.KRBAPErrSkew:                      {"The clocks are too far apart.", []string{"clock-skew"}},
	tokens.KRBAPErrBadAddr:                   {"The ticket is limited to other addresses.", []string{"krb-ap-req-rejected"}},
	tokens.KRBAPErrModified:                  {"The acceptor cannot decrypt the ticket: it was made with the key of another account. Where a client says so of a KDC's answer (kinit, a login of Java), that has another name or realm than was asked for, as where the realm is in small letters.", []string{"spn-wrong-account-ap-err-modified", "keytab-key-mismatch"}},
	tokens.KRBAPErrBadKeyVer:                 {"The acceptor has no key of this version.", []string{"keytab-key-mismatch"}},
	tokens.KRBAPErrNoKey:                     {"The acceptor has no key for the service.", []string{"keytab-key-mismatch"}},
	tokens.KRBErrResponseTooBig:              {"The answer is too large for UDP: the client asks again over TCP. This is normal.", []string{"kdc-benign-error"}},
	tokens.KRBErrGeneric:                     {"A fault that has no code of its own; the text or the NTSTATUS beside it says more.", []string{"kdc-error", "krb-ap-req-rejected"}},
	tokens.KDCErrClientNotTrusted:            {"No issuer that the KDC trusts stands behind the certificate of the logon.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrKDCNotTrusted:               {"The KDC has no certificate of an issuer that the client trusts.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrInvalidSig:                  {"The signature over the request is not of the key in the certificate.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrDHKeyParametersNotAccepted:  {"The KDC does not take the Diffie-Hellman parameters that the client chose.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrCertificateMismatch:         {"The certificate of the logon is not bound to the account, or to another one.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrCantVerifyCertificate:       {"The chain of the certificate of the logon cannot be validated.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrInvalidCertificate:          {"A certificate in the chain has a signature that is wrong.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrRevokedCertificate:          {"A certificate in the chain has been revoked.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrRevocationStatusUnknown:     {"The KDC cannot find out whether the certificate has been revoked.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrRevocationStatusUnavailable: {"The KDC cannot reach the revocation list of the certificate, or its OCSP responder.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrClientNameMismatch:          {"The certificate of the logon does not name the account.", []string{"kdc-client-credential-error"}},
	tokens.KDCErrUnknownCriticalFASTOptions:  {"The KDC does not know an option of armoring (FAST) on which the client insists.", []string{"kdc-error"}},
	tokens.KDCErrWrongRealm:                  {"The account is in another realm: the client asks there. This is normal in a forest.", []string{"kdc-benign-error", "cross-realm-referral"}},
	tokens.KRBAPErrUserToUserRequired:        {"The acceptor wants user-to-user authentication.", []string{"kdc-must-use-user2user"}},
	tokens.KRBAPErrIAKERBKDCNotFound:         {"The server, which forwards the client's requests (IAKERB), finds no KDC.", []string{"negoex-offered"}},
	tokens.KRBAPErrIAKERBKDCNoResponse:       {"The server, which forwards the client's requests (IAKERB), gets no answer from the KDC.", []string{"negoex-offered"}},
	tokens.KDCErrMorePreauthDataRequired:     {"The KDC wants a further message of the pre-authentication. This is normal.", []string{"kdc-benign-error"}},
}

var windowsErrors = map[string]meaning{
	"STATUS_ACCESS_DENIED":                     {"Authenticated, but not allowed.", []string{"authz-failed-after-auth"}},
	"STATUS_OBJECT_NAME_COLLISION":             {"Two accounts have the name that was asked for.", []string{"spn-duplicate"}},
	"STATUS_NO_LOGON_SERVERS":                  {"No domain controller can be reached to check the logon.", []string{"ntlm-logon-rejected"}},
	"STATUS_NO_SUCH_USER":                      {"There is no such user.", []string{"ntlm-logon-rejected", "ntlm-account-domain"}},
	"STATUS_WRONG_PASSWORD":                    {"The password is wrong.", []string{"ntlm-logon-rejected"}},
	"STATUS_LOGON_FAILURE":                     {"Unknown user or wrong password; the sub-status of event 4625 says which, and where that is 0 it is neither.", []string{"ntlm-logon-rejected"}},
	"STATUS_ACCOUNT_RESTRICTION":               {"A restriction of the account, such as an empty password or Protected Users.", []string{"ntlm-logon-rejected"}},
	"STATUS_INVALID_LOGON_HOURS":               {"The account may not log on at this hour.", []string{"ntlm-logon-rejected"}},
	"STATUS_INVALID_WORKSTATION":               {"The account may not log on from this workstation.", []string{"ntlm-logon-rejected"}},
	"STATUS_PASSWORD_EXPIRED":                  {"The password has expired.", []string{"ntlm-logon-rejected", "kdc-client-credential-error"}},
	"STATUS_PASSWORD_MUST_CHANGE":              {"The password must be changed at the next logon.", []string{"ntlm-logon-rejected", "kdc-client-credential-error"}},
	"STATUS_ACCOUNT_DISABLED":                  {"The account is disabled.", []string{"ntlm-logon-rejected", "kdc-client-credential-error"}},
	"STATUS_ACCOUNT_EXPIRED":                   {"The account has expired.", []string{"ntlm-logon-rejected", "kdc-client-credential-error"}},
	"STATUS_ACCOUNT_LOCKED_OUT":                {"The account is locked after too many wrong passwords.", []string{"ntlm-logon-rejected", "kdc-client-credential-error"}},
	"STATUS_LOGON_TYPE_NOT_GRANTED":            {"The account may not log on over the network to this machine.", []string{"ntlm-logon-rejected"}},
	"STATUS_TIME_DIFFERENCE_AT_DC":             {"The clock of the domain controller differs too much.", []string{"clock-skew"}},
	"STATUS_TRUSTED_DOMAIN_FAILURE":            {"The trust between the domains does not work.", []string{"ntlm-account-domain"}},
	"STATUS_TRUSTED_RELATIONSHIP_FAILURE":      {"The secure channel of the server to its domain does not work: Test-ComputerSecureChannel -Repair.", []string{"server-selected-ntlm"}},
	"STATUS_NO_TRUST_LSA_SECRET":               {"The server has lost its machine password: Test-ComputerSecureChannel -Repair.", []string{"server-selected-ntlm"}},
	"STATUS_NO_TRUST_SAM_ACCOUNT":              {"The domain has no account for this machine. Of klist get, and of events about a downgrade: no account has the service principal name.", []string{"server-selected-ntlm", "spn-not-found"}},
	"STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT": {"A computer's account was used where a user's is needed.", []string{"ntlm-account-domain"}},
	"STATUS_BAD_BINDINGS":                      {"The channel binding is missing or does not fit the TLS connection (Extended Protection).", []string{"extended-protection-suspected", "ntlm-cbt-mismatch", "ntlm-no-channel-binding"}},
	"STATUS_DOWNGRADE_DETECTED":                {"Somebody on the way weakened the negotiation, or a domain controller refused to go on with NTLM.", []string{"spnego-mic-problem"}},
	"STATUS_AUTHENTICATION_FIREWALL_FAILED":    {"Selective authentication of the trust: the account may not authenticate to this machine.", []string{"cross-realm-referral", "ntlm-account-domain"}},
	"STATUS_NTLM_BLOCKED":                      {"A policy blocks NTLM (Restrict NTLM).", []string{"client-token-generation-failed", "ntlm-logon-rejected"}},
	"SEC_E_TARGET_UNKNOWN":                     {"The client got no ticket: the KDC does not know the service principal name.", []string{"spn-not-found"}},
	"SEC_E_INVALID_TOKEN":                      {"The token cannot be read by the other side: cut, of another mechanism, or on the wrong connection.", []string{"auth-token-malformed", "ntlm-handshake-split-across-connections"}},
	"SEC_E_LOGON_DENIED":                       {"The logon was refused.", []string{"ntlm-logon-rejected"}},
	"SEC_E_NO_CREDENTIALS":                     {"There are no credentials: the program runs without the logon of a user, and names none. In IIS's log it stands beside the NTLM challenge, 401.1, and is normal there.", []string{"anonymous-first-roundtrip", "client-token-generation-failed"}},
	"SEC_E_UNSUPPORTED_FUNCTION":               {"The library does not do what was asked for; where NTLM is blocked or missing, it says so of NTLM.", []string{"client-token-generation-failed"}},
	"SEC_E_INTERNAL_ERROR":                     {"The Local Security Authority cannot do it; mostly it reaches no domain controller, or the domain does not fit the name of the user.", []string{"kdc-unreachable"}},
	"SEC_E_SECPKG_NOT_FOUND":                   {"The library has no such mechanism.", []string{"client-token-generation-failed"}},
	"SEC_E_MESSAGE_ALTERED":                    {"A signature does not fit: a message was altered, or is of another connection.", []string{"spnego-mic-problem"}},
	"SEC_E_OUT_OF_SEQUENCE":                    {"A message came again, or before its time.", []string{"token-sent-twice"}},
	"SEC_E_CONTEXT_EXPIRED":                    {"The handshake had ended, or its ticket has expired.", []string{"krb-ap-req-rejected"}},
	"SEC_E_NO_IP_ADDRESSES":                    {"The client finds no address of a KDC.", []string{"kdc-unreachable"}},
	"SEC_E_KDC_UNABLE_TO_REFER":                {"The KDC knows no way to the realm of the service.", []string{"cross-realm-referral"}},
	"SEC_E_KDC_UNKNOWN_ETYPE":                  {"Client, KDC and service have no encryption type in common.", []string{"etype-nosupp"}},
	"SEC_E_UNSUPPORTED_PREAUTH":                {"The KDC does not know this kind of pre-authentication, for instance a logon with a certificate.", []string{"kdc-error"}},
	"SEC_E_DELEGATION_REQUIRED":                {"A machine needs to be trusted for delegation for it.", []string{"delegation-required", "delegation-s4u"}},
	"SEC_E_MULTIPLE_ACCOUNTS":                  {"Several accounts fit the certificate.", nil},
	"SEC_E_NO_KERB_KEY":                        {"The account has no key.", []string{"kdc-error"}},
	"SEC_E_DOWNGRADE_DETECTED":                 {"Somebody on the way weakened the negotiation; the same comes where no domain controller can be reached.", []string{"spnego-mic-problem", "kdc-unreachable"}},
	"SEC_E_UNKNOWN_CREDENTIALS":                {"The library does not know the credentials.", []string{"client-token-generation-failed"}},
	"SEC_E_NO_AUTHENTICATING_AUTHORITY":        {"No KDC or domain controller can be reached.", []string{"kdc-unreachable"}},
	"SEC_E_WRONG_PRINCIPAL":                    {"The service is not who the client wanted: the ticket was made with the key of another account.", []string{"spn-wrong-account-ap-err-modified", "spn-host-mismatch"}},
	"STATUS_NO_SUCH_DOMAIN":                    {"The server does not find the domain.", []string{"ntlm-account-domain"}},
	"STATUS_CANT_ACCESS_DOMAIN_INFO":           {"The server cannot ask the domain: no domain controller, or its own account there does not work (wbinfo -t, Test-ComputerSecureChannel).", []string{"ntlm-logon-rejected"}},
	"SEC_E_NO_IMPERSONATION":                   {"The program may not act as the client: the logon is of a kind that does not allow it.", []string{"double-hop-anonymous"}},
	"SEC_E_UNTRUSTED_ROOT":                     {"TLS: no issuer that the client trusts stands behind the certificate. The logon has not begun.", nil},
	"SEC_E_ILLEGAL_MESSAGE":                    {"TLS: a message is not what it should be, or the other side offers no version or cipher suite that both have. The logon has not begun.", nil},
	"SEC_E_CERT_UNKNOWN":                       {"TLS: the certificate cannot be processed. The logon has not begun.", nil},
	"SEC_E_CERT_EXPIRED":                       {"TLS: the certificate has expired. The logon has not begun.", nil},
	"SEC_E_ALGORITHM_MISMATCH":                 {"TLS: the two sides have no version or cipher suite in common. The logon has not begun.", nil},
	"SEC_E_CROSSREALM_DELEGATION_FAILURE":      {"The KDC does not delegate across the trust; since 2019 that has to be allowed.", []string{"delegation-required", "delegation-s4u"}},
	"SEC_E_DELEGATION_POLICY":                  {"A policy does not let the credentials be delegated to this server.", []string{"delegation-required"}},
	"SEC_E_POLICY_NLTM_ONLY":                   {"A policy lets credentials be delegated only to servers that are sure who they are, and NTLM proves no server.", []string{"delegation-required"}},
	"SEC_E_MUTUAL_AUTH_FAILED":                 {"The server could not prove who it is.", []string{"mutual-auth-not-completed"}},
	"SEC_E_TIME_SKEW":                          {"The clocks are too far apart.", []string{"clock-skew"}},
	"SEC_E_BAD_BINDINGS":                       {"The channel binding does not fit the TLS connection (Extended Protection).", []string{"extended-protection-suspected", "ntlm-cbt-mismatch"}},
}

// win32Errors are those that Win32 has by itself.
var win32Errors = map[string]meaning{
	"ERROR_NO_LOGON_SERVERS":                  {"No domain controller can be reached to check the logon.", []string{"ntlm-logon-rejected"}},
	"ERROR_ACCESS_DENIED":                     {"Not allowed. In IIS's log it stands beside the first 401, 401.2, and is normal there.", []string{"anonymous-first-roundtrip", "authz-failed-after-auth"}},
	"ERROR_NO_SUCH_LOGON_SESSION":             {"The logon whose credentials are wanted has ended or has none: of a service, a scheduled task, or a second hop without delegation.", []string{"client-token-generation-failed", "double-hop-anonymous"}},
	"ERROR_NO_SUCH_USER":                      {"There is no such user.", []string{"ntlm-logon-rejected"}},
	"ERROR_LOGON_FAILURE":                     {"Unknown user or wrong password.", []string{"ntlm-logon-rejected"}},
	"ERROR_ACCOUNT_RESTRICTION":               {"A restriction of the account, such as an empty password or Protected Users.", []string{"ntlm-logon-rejected"}},
	"ERROR_INVALID_LOGON_HOURS":               {"The account may not log on at this hour.", []string{"ntlm-logon-rejected"}},
	"ERROR_INVALID_WORKSTATION":               {"The account may not log on from this workstation.", []string{"ntlm-logon-rejected"}},
	"ERROR_PASSWORD_EXPIRED":                  {"The password has expired.", []string{"ntlm-logon-rejected"}},
	"ERROR_ACCOUNT_DISABLED":                  {"The account is disabled.", []string{"ntlm-logon-rejected"}},
	"ERROR_NO_SUCH_DOMAIN":                    {"The server does not find the domain.", []string{"ntlm-account-domain"}},
	"ERROR_LOGON_TYPE_NOT_GRANTED":            {"The account may not log on over the network to this machine.", []string{"ntlm-logon-rejected"}},
	"ERROR_DOWNGRADE_DETECTED":                {"Somebody on the way weakened the negotiation; mostly no domain controller can be reached that could give a ticket.", []string{"kdc-unreachable", "spnego-mic-problem"}},
	"ERROR_DS_INSUFF_ACCESS_RIGHTS":           {"The user who runs it may not write this in the directory: an administrator of the domain has to register the service principal name, or grant the right to (Validated write to service principal name).", []string{"spn-not-found"}},
	"ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST": {"Another account in the forest has the service principal name already: setspn -Q <SPN> names it.", []string{"spn-duplicate"}},
	"ERROR_WRONG_TARGET_NAME":                 {"The service is not who the client wanted: the ticket was made with the key of another account.", []string{"spn-wrong-account-ap-err-modified"}},
	"ERROR_MUTUAL_AUTH_FAILED":                {"The client wanted proof of the server, and there is none.", []string{"mutual-auth-not-completed"}},
	"ERROR_TIME_SKEW":                         {"The clocks are too far apart.", []string{"clock-skew"}},
	"ERROR_NO_TRUST_SAM_ACCOUNT":              {"The domain has no account for this machine.", []string{"server-selected-ntlm"}},
	"ERROR_TRUSTED_DOMAIN_FAILURE":            {"The trust between the domains does not work.", []string{"ntlm-account-domain"}},
	"ERROR_TRUSTED_RELATIONSHIP_FAILURE":      {"The secure channel of the server to its domain does not work: Test-ComputerSecureChannel -Repair.", []string{"server-selected-ntlm"}},
	"ERROR_ACCOUNT_EXPIRED":                   {"The account has expired.", []string{"ntlm-logon-rejected"}},
	"ERROR_PASSWORD_MUST_CHANGE":              {"The password must be changed at the next logon.", []string{"ntlm-logon-rejected"}},
	"ERROR_ACCOUNT_LOCKED_OUT":                {"The account is locked after too many wrong passwords.", []string{"ntlm-logon-rejected"}},
	"ERROR_PRIVILEGE_NOT_HELD":                {"The account lacks a right, mostly that to impersonate.", []string{"authz-failed-after-auth"}},
	"ERROR_NETNAME_DELETED":                   {"The client ended the connection before it had the whole answer.", []string{"handshake-abandoned"}},
	"ERROR_FILE_NOT_FOUND":                    {"The file is not there: nothing about the logon.", nil},
	"ERROR_PATH_NOT_FOUND":                    {"The path is not there: nothing about the logon.", nil},
	"ERROR_NOT_SUPPORTED":                     {"What was asked for is not supported: nothing about the logon.", nil},
	"ERROR_BAD_NETPATH":                       {"A server on the network, such as that of a share, is not found.", nil},
	"ERROR_INVALID_PARAMETER":                 {"A value is not valid: nothing about the logon.", nil},
	"ERROR_SEM_TIMEOUT":                       {"The client did not take the answer in time.", nil},
	"ERROR_OPERATION_ABORTED":                 {"The request was given up, mostly because the connection ended.", nil},
	"ERROR_CONNECTION_INVALID":                {"The connection had ended already.", nil},
	"ERROR_WINHTTP_TIMEOUT":                   {"The server did not answer in time. The logon has not begun.", nil},
	"ERROR_WINHTTP_NAME_NOT_RESOLVED":         {"The name of the server or proxy cannot be resolved.", []string{"host-not-resolved"}},
	"ERROR_WINHTTP_CANNOT_CONNECT":            {"No connection: the port, a firewall, or the service. The logon has not begun.", []string{"server-not-reached"}},
	"ERROR_WINHTTP_CONNECTION_ERROR":          {"The server ended the connection.", nil},
	"ERROR_WINHTTP_SECURE_FAILURE":            {"TLS: the certificate is not trusted, has expired or is for another name. The logon has not begun.", nil},
	"ERROR_CONNECTION_ABORTED":                {"The server ended the connection.", nil},
}

// iisErrors are the statuses of IIS with their sub-statuses.
var iisErrors = func() map[string]meaning {
	all := map[string]meaning{
		"401.1":   {"The logon failed: wrong credentials, or a token that the server could not accept. With Win32 status 2148074254 it is only the middle of an NTLM handshake.", []string{"ntlm-logon-rejected", "spn-wrong-account-ap-err-modified", "extended-protection-suspected"}},
		"401.2":   {"The server's configuration wants other credentials than there were. With Win32 status 5 it is the normal first 401.", []string{"anonymous-first-roundtrip", "no-challenge-in-401"}},
		"401.3":   {"Authenticated, and the access list of the file refuses.", []string{"authz-failed-after-auth"}},
		"401.4":   {"A filter (ISAPI) refused.", []string{"authz-failed-after-auth"}},
		"401.5":   {"The application refused.", []string{"authz-failed-after-auth"}},
		"401.501": {"Too many requests from one address at a time.", []string{"no-challenge-in-401"}},
		"401.502": {"Too many requests from one address in a time.", []string{"no-challenge-in-401"}},
		"401.503": {"The address is on the list of those that are refused.", []string{"no-challenge-in-401"}},
		"401.504": {"The host name is on the list of those that are refused.", []string{"no-challenge-in-401"}},
		"500.19":  {"The configuration of the site cannot be read.", []string{"server-error-after-auth"}},
	}
	for status, reason := range analysis.AnybodyRefused() {
		all[status] = meaning{"IIS refuses whoever it is: " + reason + ".", []string{"iis-refuses-anybody"}}
	}
	return all
}()
