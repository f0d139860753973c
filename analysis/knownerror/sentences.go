package knownerror

// A sentence is what libraries print for errors that have no number in a protocol, or print
// without it.
type sentence struct {
	// parts are what is constant of it, in the spelling of each library, with "..." for a part of one line
	// that differs, and its own name or number where it has one.
	parts   []string
	same    string // the error that the sentence stands for, if that has a name
	general bool   // it leaves the cause to what else the text says
	meaning
}

// sentences are those of MIT Kerberos, Heimdal, Java, SSPI, GSS-API's mechanisms, gokrb5, and of
// programs that pass them on. Those for a code of Kerberos are tokens.ErrorCode.Words.
var sentences = []sentence{
	// As Windows prints its errors in English.
	{parts: []string{"target principal name is incorrect", "target account name is incorrect", "Zielprinzipalname ist falsch", "nom du principal cible est incorrect"}, same: "SEC_E_WRONG_PRINCIPAL"},
	{parts: []string{"specified target is unknown or unreachable"}, same: "SEC_E_TARGET_UNKNOWN"},
	{parts: []string{"No credentials are available in the security package"}, same: "SEC_E_NO_CREDENTIALS"},
	{parts: []string{"The logon attempt failed", "Anmeldeversuch ist fehlgeschlagen", "La tentative d'ouverture de session a échoué"}, same: "SEC_E_LOGON_DENIED"},
	{parts: []string{"token supplied to the function is invalid"}, same: "SEC_E_INVALID_TOKEN"},
	{parts: []string{"No authority could be contacted for authentication"}, same: "SEC_E_NO_AUTHENTICATING_AUTHORITY"},
	{parts: []string{"channel bindings were incorrect"}, same: "SEC_E_BAD_BINDINGS"},
	{parts: []string{"Local Security Authority cannot be contacted"}, same: "SEC_E_INTERNAL_ERROR"},
	{parts: []string{"The user name or password is incorrect", "unknown user name or bad password", "Benutzername oder das Kennwort ist falsch", "Benutzername oder falsches Kennwort", "nom d'utilisateur ou le mot de passe est incorrect", "ユーザー名またはパスワードが正しくありません"}, same: "ERROR_LOGON_FAILURE"},
	{parts: []string{"specified logon session does not exist"}, same: "ERROR_NO_SUCH_LOGON_SESSION"},
	{parts: []string{"currently no logon servers available"}, same: "ERROR_NO_LOGON_SERVERS"},
	{parts: []string{"trust relationship between this workstation and the primary domain failed"}, same: "ERROR_TRUSTED_RELATIONSHIP_FAILURE"},
	{parts: []string{"NTLM authentication has been disabled"}, same: "STATUS_NTLM_BLOCKED"},
	{parts: []string{"specified domain either does not exist or could not be contacted"}, same: "ERROR_NO_SUCH_DOMAIN"},
	{parts: []string{"account is currently locked out"}, same: "ERROR_ACCOUNT_LOCKED_OUT"},
	{parts: []string{"account is currently disabled", "account has been disabled"}, same: "ERROR_ACCOUNT_DISABLED"},
	{parts: []string{"user's account has expired"}, same: "ERROR_ACCOUNT_EXPIRED"},
	{parts: []string{"password for this account has expired"}, same: "ERROR_PASSWORD_EXPIRED"},
	{parts: []string{"password must be changed before"}, same: "ERROR_PASSWORD_MUST_CHANGE"},
	{parts: []string{"Account restrictions are preventing this user"}, same: "ERROR_ACCOUNT_RESTRICTION"},
	{parts: []string{"time and/or date difference between the client and server"}, same: "ERROR_TIME_SKEW"},
	{parts: []string{"not been granted the requested logon type"}, same: "ERROR_LOGON_TYPE_NOT_GRANTED"},
	{parts: []string{"detected a possible attempt to compromise security"}, same: "ERROR_DOWNGRADE_DETECTED"},
	{parts: []string{"SPN value provided for addition/modification is not unique"}, same: "ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST"},
	{parts: []string{"Insufficient access rights to perform the operation"}, same: "ERROR_DS_INSUFF_ACCESS_RIGHTS"},
	{parts: []string{"did not have a suitable key for generating a Kerberos ticket"}, same: "KDC_ERR_ETYPE_NOSUPP"},
	{parts: []string{"There are multiple accounts with name", "Duplicate SPN found, aborting operation"}, meaning: meaning{"Two accounts hold the service principal name, or would: setspn -Q <SPN> names them, and one has to lose it (setspn -D).", []string{"spn-duplicate"}}},
	{parts: []string{"was not able to set up a secure session with a domain controller", "Trusted DC Connection Status Status = 5 ", "The session setup from the computer ... failed to authenticate"}, meaning: meaning{"The secure channel of a computer to its domain does not work: its password is another one than in the domain, or no domain controller can be reached. As long as that lasts it can check no NTLM logon (Test-ComputerSecureChannel -Repair).", []string{"server-selected-ntlm", "ntlm-logon-rejected"}}},
	{general: true, parts: []string{"generate SSPI context", "SSPI-Kontext", "contexte SSPI"}, meaning: meaning{"The client of SQL Server could not make its token. Mostly the service principal name MSSQLSvc/<host>:<port> is held by another account than the one that runs SQL Server, or by two; else no KDC can be reached, the clocks differ, or the password has expired. What stands beside it says which.", []string{"spn-wrong-account-ap-err-modified", "spn-duplicate"}}},
	{parts: []string{"could not register the Service Principal Name"}, meaning: meaning{"The account that runs SQL Server may not write its own service principal name: register it by hand (setspn -S MSSQLSvc/<host>:<port> <account>), or grant the right to. Without it clients use NTLM.", []string{"spn-not-found"}}},
	{parts: []string{"login is from an untrusted domain"}, meaning: meaning{"The server took the client for one of no domain that it trusts: NTLM of a local account or of a domain without a trust, an NTLM logon to the machine itself under another name (loopback check), or no domain controller that it could ask.", []string{"ntlm-account-domain", "loopback-check-401"}}},
	{parts: []string{`NT AUTHORITY\ANONYMOUS LOGON`}, meaning: meaning{"The identity of the user was lost on the way, at the second hop: the server in between may not delegate it, or was itself logged on to with NTLM.", []string{"double-hop-anonymous", "ntlm-anonymous"}}},
	{parts: []string{"using Kerberos authentication: Cannot find the computer"}, meaning: meaning{"The client of WinRM got no ticket for the name: no account has HTTP/<name> or HOST/<name>, it is an address or an alias, or of a domain without a trust.", []string{"spn-not-found", "ip-address-url"}}},
	{parts: []string{"must be added to the TrustedHosts"}, same: "0x803380E4"},
	{parts: []string{"because the server name cannot be resolved"}, same: "0x803381B9"},
	{parts: []string{"Connecting to remote server ... Access is denied"}, meaning: meaning{"WinRM let the user log on and not in: the group Administrators or Remote Management Users of that computer lacks the user, or UAC takes the rights from a local account.", []string{"authz-failed-after-auth"}}},
	{parts: []string{"protected by an authentication firewall"}, same: "STATUS_AUTHENTICATION_FIREWALL_FAILED"},

	// Of clients.
	{parts: []string{
		"No Kerberos credentials available", "No credentials cache found", "Failed to find any Kerberos tgt", "Attempt to obtain new INITIATE credentials failed",
		"No credentials cache file found", "Unable to obtain Principal Name for authentication", "Unable to obtain Princpal Name for authentication", "No principal in keytab matches desired name",
		"-1765328189", "KRB5_FCC_NOFILE",
	}, meaning: meaning{"The client has no ticket-granting ticket, or its library does not find it: nobody has run kinit (logged on), the cache is another user's or in another place (KRB5CCNAME), or Java does not use the one of the system (useTicketCache, javax.security.auth.useSubjectCredsOnly=false).", []string{"client-token-generation-failed"}}},
	{parts: []string{"Credentials cache file ... not found", "Credential cache is empty", "Credentials cache file permissions incorrect"}, meaning: meaning{"The file that should hold the client's tickets is not there, or may not be read: KRB5CCNAME and klist show which one its library looks for.", []string{"client-token-generation-failed"}}},
	{general: true, parts: []string{"Matching credential not found", "KRB5_CC_NOTFOUND", "-1765328243"}, meaning: meaning{"There is no such ticket in the client's cache yet. This is normal in a trace, where the library then asks a KDC; as the last error it says that the cache has no ticket-granting ticket.", []string{"client-token-generation-failed"}}},
	{parts: []string{"SPNEGO cannot find mechanisms to negotiate", "SPNEGO failed to negotiate a mechanism"}, meaning: meaning{"The library has credentials for none of its mechanisms: no ticket-granting ticket, and no NTLM (gss-ntlmssp is not installed, or knows no password). With a ticket, the server's list of mechanisms has none that the client has.", []string{"client-token-generation-failed", "spnego-reject"}}},
	{parts: []string{"Principal in credential cache does not match desired name", "Can't find client principal"}, meaning: meaning{"The cache has the tickets of another user than the one that the program asks for.", []string{"client-token-generation-failed"}}},
	{parts: []string{
		"Cannot contact any KDC", "Cannot find KDC for", "unable to reach any KDC", "Cannot locate KDC", "Cannot get kdc for realm", "Unable to locate KDC for realm",
		"Cannot resolve network address for KDC", "ICMP Port Unreachable", "LoginException: Receive timed out", "KRB5_KDC_UNREACH", "-1765328228", "KRB5_REALM_UNKNOWN", "-1765328230",
	}, meaning: meaning{"The client's library finds no KDC of the realm, or gets no answer: krb5.conf and the SRV records of DNS (_kerberos._udp.<realm>) name it, port 88 has to be open. The realm may also be the wrong one, in small letters or of a name that domain_realm does not know.", []string{"kdc-unreachable"}}},
	{parts: []string{"No service creds"}, meaning: meaning{"Java found no way from the client's realm to that of the service: no trust, no [capaths] for it, or domain_realm names a wrong realm.", []string{"cross-realm-referral"}}},
	{general: true, parts: []string{"An invalid status code was supplied"}, same: "GSS_S_BAD_STATUS"},
	{parts: []string{"Cannot determine realm for numeric host address"}, meaning: meaning{"The URL holds an IP address. A ticket is for a name.", []string{"ip-address-url"}}},
	{parts: []string{"Cannot determine realm for host", "unable to find realm of host", "does not specify default realm", "Cannot find default realm", "Cannot locate default realm"}, meaning: meaning{"The library does not know which realm the host is in: domain_realm and default_realm of krb5.conf say it.", []string{"cross-realm-referral", "spn-not-found"}}},
	{parts: []string{"KDC reply did not match expectations", "Identifier doesn't match expected value (906)"}, meaning: meaning{"The KDC's answer is about other names than were asked for, or is no answer to that question. Mostly the realm was written in small letters, or the name is one that the KDC corrects (canonicalize in krb5.conf).", []string{"spn-case", "cross-realm-referral"}}},
	{parts: []string{"Encryption type not permitted", "Bad encryption type", "Program lacks support for encryption type"}, meaning: meaning{"krb5.conf or the system's crypto policy does not allow an encryption type that the KDC or the ticket uses.", []string{"etype-nosupp", "weak-etype-ticket"}}},
	{general: true, parts: []string{"Peer indicated failure: GSS initiate failed"}, meaning: meaning{"SASL's server refused the ticket; the server's own log names the cause.", nil}},
	{parts: []string{"The HTTP request is unauthorized with client authentication scheme"}, meaning: meaning{"The client of WCF or .NET sent all it has for that scheme, and the answer was 401 again. The list behind it is what the server offers: another scheme there is what the client should use.", []string{"negotiate-not-offered", "ntlm-logon-rejected", "auth-refused-unexplained"}}},
	{general: true, parts: []string{"the specified credentials were rejected by the server"}, meaning: meaning{"WinRM answered 401 to all that was sent: a wrong password; Basic for a user of a domain; a kind of authentication that is off (winrm get winrm/config/service/auth); a local account that is not the built-in Administrator, without LocalAccountTokenFilterPolicy.", []string{"auth-refused-unexplained", "ntlm-logon-rejected"}}},

	// Of acceptors.
	{parts: []string{"Keytab ... is nonexistent or empty", "Unable to obtain password from user", "Attempt to obtain new ACCEPT credentials failed", "failed to get server creds", "Failed to find any Kerberos key", "Failed to find any Kerberos credentails", "krb5_read_keytab: Permission denied", "krb5_kt_start_seq_get: Permission denied", "gss_acquire_cred() failed"}, meaning: meaning{"The acceptor has no keytab that it can read, or none with its name: the path (KRB5_KTNAME, default_keytab_name, keyTab of JAAS), the rights of the server's user, and the names (klist -kte) have to fit.", []string{"reported-reason", "keytab-key-mismatch"}}},
	{parts: []string{"Cannot get credential from JAAS Subject for principal"}, meaning: meaning{"IBM's Java has no credentials of the name that follows. An address or a wrong realm in it comes from DNS, the hosts file or krb5.conf of that machine; a right name is missing in the keytab (klist -kte).", []string{"reported-reason", "keytab-key-mismatch"}}},
	{parts: []string{"found in keytab but not with enctype"}, meaning: meaning{"The keytab has the name in the right version, and no key of the encryption type of the ticket: make it anew with all types (ktpass -crypto All), or with those that the account has (msDS-SupportedEncryptionTypes).", []string{"keytab-key-mismatch", "weak-etype-ticket"}}},
	{parts: []string{"does not match any keys in keytab", "No keys in keytab", "keytab is likely out of date", "ticket is likely out of date"}, meaning: meaning{"The keytab has no key of the name or the version that the ticket is for. Where the ticket is older than the keytab, klist purge (kdestroy) on the client gets a new one; else make the keytab anew.", []string{"keytab-key-mismatch"}}},
	{parts: []string{
		"Cannot find key of appropriate type", "Cannot find key for type", "No key table entry found", "Key table entry not found", "Keytab contains no suitable keys", "not found in keytab", "Cannot find key for ... in keytab",
		"Key version number for principal in key table is incorrect", "KRB5_KT_NOTFOUND", "-1765328203", "KRB5_KT_KVNONOTFOUND", "-1765328154",
	}, meaning: meaning{"The acceptor's keytab has no key that fits the ticket: by name (klist -kte), by version (kvno <SPN>), or by encryption type.", []string{"keytab-key-mismatch"}}},
	{parts: []string{"Checksum failed", "Invalid checksum", "but cannot decrypt ticket", "Cannot decrypt ticket"}, meaning: meaning{"The acceptor's key does not open the ticket: the keytab was made before the last change of the password, with another salt (an account that was renamed), or of another account than the one that has the service principal name.", []string{"keytab-key-mismatch", "spn-wrong-account-ap-err-modified", "spn-duplicate"}}},
	{parts: []string{"Wrong principal in request", "does not match server principal", "does not match request ticket server", "KRB5_AP_WRONG_PRINC"}, meaning: meaning{"The ticket is for another name than the acceptor was set up with.", []string{"keytab-key-mismatch", "spn-host-mismatch"}}},
	{parts: []string{"GSSHeader did not find the right tag", "not a valid SPNEGO token", "OID of MechToken does not match the first in the MechTypeList", "Invalid token was supplied", "received type 1 NTLM token", "received token seems to be NTLM", "Unknown Negotiate Extension Signature", "Token header is malformed or corrupt"}, meaning: meaning{"The acceptor cannot read the token. Mostly the client sent NTLM to one that takes Kerberos only: it had no ticket for the site's name.", []string{"ntlm-not-accepted", "ntlm-fallback-over-negotiate", "auth-token-malformed"}}},
	{general: true, parts: []string{"Defective token"}, same: "GSS_S_DEFECTIVE_TOKEN"},
	{parts: []string{"negotiated result = REJECT"}, meaning: meaning{"Java's SPNEGO takes none of the mechanisms that the token names: mostly it names NTLM alone, of a client without a ticket for the site's name.", []string{"ntlm-not-accepted", "spnego-reject"}}},
	{parts: []string{"AP_REP token id does not match"}, meaning: meaning{"The server's last token is no AP-REP. Mostly it is a KRB-ERROR, whose number is the cause: negotrace decode shows it.", []string{"krb-ap-req-rejected", "mutual-auth-not-completed"}}},
	{parts: []string{"does not contain a KerbValidationInfo"}, meaning: meaning{"gokrb5 opened the ticket, and misses what Active Directory says of a user in its PAC. A KDC of MIT has written PACs without it since 1.20: disable_pac in its kdc.conf leaves them out, DecodePAC(false) has gokrb5 not look.", []string{"reported-reason"}}},
	{parts: []string{"name of the context initiator is null"}, meaning: meaning{"Spring asked for the client's name before the handshake was complete. The client names NTLM before Kerberos, as Windows does where the browser runs on the server itself or has no ticket for the site's name, and Java asks for another token then.", []string{"ntlm-fallback-over-negotiate", "spnego-reject"}}},
	{parts: []string{"An unsupported mechanism was requested", "Unsupported mechanism requested"}, meaning: meaning{"The token is of a mechanism that the library does not have, such as NTLM where gss-ntlmssp is missing.", []string{"ntlm-not-accepted", "ntlm-fallback-over-negotiate"}}},
	{parts: []string{"Incorrect channel bindings were supplied", "Channel binding mismatch", "Channel bindings do not match"}, meaning: meaning{"The channel binding does not fit the TLS connection (Extended Protection): TLS ends before the acceptor, or the client sends none.", []string{"extended-protection-suspected", "ntlm-cbt-mismatch"}}},
	{parts: []string{"is not supported/enabled"}, meaning: meaning{"Java's settings allow no such encryption type: allow_weak_crypto and permitted_enctypes in krb5.conf, for Java 8 the unlimited policy of cryptography.", []string{"weak-etype-ticket", "etype-nosupp"}}},
	{parts: []string{"No credential found for"}, meaning: meaning{"Java's acceptor has credentials of another mechanism than the token: of SPNEGO alone (1.3.6.1.5.5.2) where Kerberos came without SPNEGO (1.2.840.113554.1.2.2), as IIS and some libraries send it. An acceptor that is made for both takes both.", []string{"raw-kerberos-without-spnego", "reported-reason"}}},
	{parts: []string{"Unexpected NTLM message Type 3 in new connection"}, meaning: meaning{"The last message of an NTLM logon came over another connection than the first: a reverse proxy or balancer in front (IIS with URL Rewrite or iisnode, nginx) shares its connections, and NTLM needs one to itself.", []string{"ntlm-handshake-split-across-connections", "proxy-blocks-connection-auth"}}},
	{parts: []string{"only one authentication iteration allowed"}, meaning: meaning{"The module takes one token and no second one: NTLM needs two, and so does SPNEGO whose first token is for a mechanism that the server does not prefer.", []string{"ntlm-not-accepted", "spnego-reject"}}},
	{parts: []string{"An anonymous request was received in between authentication handshake requests", "Negotiate authentication requires a server that supports IConnectionItemsFeature"}, meaning: meaning{"ASP.NET Core keeps a logon with the connection. A proxy or load balancer in front shares its connections among clients, or opens a new one for each request.", []string{"ntlm-handshake-split-across-connections", "connection-identity-mixing", "proxy-blocks-connection-auth"}}},
	{general: true, parts: []string{"No credentials were supplied, or the credentials were unavailable or inaccessible", "No valid credentials provided"}, meaning: meaning{"The library found no credentials to begin with: of a client a ticket-granting ticket, of an acceptor a key in its keytab. With \"Mechanism level\" behind it, that is the cause.", []string{"client-token-generation-failed", "reported-reason"}}},
	{parts: []string{"Authentication validation failed with error"}, meaning: meaning{"The server let the client in and sent a last token that .NET cannot check: of NTLM, of another connection, or one that something on the way changed.", []string{"mutual-auth-not-completed", "spnego-mic-problem"}}},
	{general: true, parts: []string{"Bad HTTP response returned from server. Code 500"}, meaning: meaning{"WinRM answered 500: over plain HTTP it takes no message that is not encrypted by Kerberos or NTLM (AllowUnencrypted), or the user has no right there.", []string{"server-error-after-auth"}}},
	{general: true, parts: []string{"Unspecified GSS failure", "Failure unspecified at GSS-API level", "Miscellaneous failure (see text)", "gss_accept_sec_context() failed", "gss_init_sec_context() failed", "authGSSClientStep() failed", "authGSSClientInit() failed", "authGSSServerStep() failed"}, same: "GSS_S_FAILURE"},
	{parts: []string{"token had an invalid MIC", "invalid Message Integrity Check"}, same: "GSS_S_BAD_MIC"},
	{parts: []string{"referenced context has expired"}, same: "GSS_S_CONTEXT_EXPIRED"},
	{parts: []string{"referenced credentials have expired", "referenced credential has expired"}, same: "GSS_S_CREDENTIALS_EXPIRED"},
	{parts: []string{"No context has been established"}, same: "GSS_S_NO_CONTEXT"},
	{parts: []string{"operation or option is not available", "Feature not available"}, same: "GSS_S_UNAVAILABLE"},

	{parts: []string{"not authorized to use winbindd_pam_auth_crap", "Reading winbind reply failed", "could not obtain winbind", "Could not contact winbindd"}, meaning: meaning{"ntlm_auth cannot ask winbind: it does not run, the machine is in no domain (wbinfo -t), or the user of the proxy or web server may not open the directory winbindd_privileged.", []string{"log-token-refused"}}},
	{parts: []string{"FULL head", "Header is too large ...>", "Request header is too large", "HPE_HEADER_OVERFLOW"}, meaning: meaning{"The head of the request is longer than the server takes (Jetty: 8192 bytes unless requestHeaderSize is set; Tomcat: maxHttpRequestHeaderSize; Node: --max-http-header-size): mostly a Kerberos token of a user in many groups, or cookies.", []string{"token-too-large"}}},
	{general: true, parts: []string{"request headers is too long", "Request Header Or Cookie Too Large", "Request Header Fields Too Large", "request header field exceeds server limit", "Request Too Long"}, meaning: meaning{"The head of the request is longer than the server takes: a Kerberos token of a user in many groups, or cookies.", []string{"token-too-large"}}},
	{general: true, parts: []string{"(407) Proxy Authentication Required", "does not indicate success: 407", "HTTP code 407 from proxy", "CONNECT tunnel failed, response 407"}, meaning: meaning{"The proxy asks for credentials, and the program sent none or none that it took.", []string{"proxy-auth-407"}}},
	{general: true, parts: []string{"(401) Unauthorized", "does not indicate success: 401", "HTTP status 401", "HTTP 401", "returned error: 401", "Username/Password Authentication Failed", "Authentication failed for 'http"}, meaning: meaning{"The last answer was 401: the program sent no credentials, or none that the server took. What the server offers (WWW-Authenticate) and what was sent shows a capture.", []string{"client-ignored-challenge", "auth-refused-unexplained"}}},
	{general: true, parts: []string{"An authentication function returned an error"}, meaning: meaning{"curl's library could not make a token; curl -v has its words.", []string{"client-token-generation-failed"}}},
	{general: true, parts: []string{"Kerberos validation not successful"}, meaning: meaning{"Spring could not take the token; the exception below it (Caused by) says why.", []string{"reported-reason"}}},

	// Of what checks Bearer tokens in .NET, Java and proxies.
	{parts: []string{"The signature key was not found", "IDX10501", "IDX10503", "No matching key found", "Signed JWT rejected"}, meaning: meaning{"The API knows no key that made the signature of the token: it looks at another issuer (tenant, realm, version) than the one that the token is from, or the token is for another service and only looks like one for it.", []string{"reported-reason"}}},
	{parts: []string{"The audience ... is invalid", "IDX10214"}, meaning: meaning{"The token is for another service (aud) than this one.", []string{"reported-reason"}}},
	{parts: []string{"The issuer ... is invalid", "IDX10205"}, meaning: meaning{"The token is from another issuer (iss) than the API trusts: another tenant, or version 1.0 for 2.0.", []string{"reported-reason"}}},
	{parts: []string{"The token expired", "The access token expired", "Jwt expired at", "Jwt is expired", "IDX10223"}, meaning: meaning{"The token has expired: the client has to get a new one. Where it is new, a clock is off.", []string{"reported-reason", "clock-skew"}}},

	// Of pyspnego, whose numbers are those of GSS-API.
	{general: true, parts: []string{"SpnegoError (1)"}, same: "GSS_S_BAD_MECH"},
	{general: true, parts: []string{"SpnegoError (4)"}, same: "GSS_S_BAD_BINDINGS"},
	{general: true, parts: []string{"SpnegoError (6)"}, same: "GSS_S_BAD_MIC"},
	{general: true, parts: []string{"SpnegoError (7)"}, same: "GSS_S_NO_CRED"},
	{general: true, parts: []string{"SpnegoError (8)"}, same: "GSS_S_NO_CONTEXT"},
	{general: true, parts: []string{"SpnegoError (9)"}, same: "GSS_S_DEFECTIVE_TOKEN"},
	{general: true, parts: []string{"SpnegoError (10)"}, same: "GSS_S_DEFECTIVE_CREDENTIAL"},
	{general: true, parts: []string{"SpnegoError (13)"}, same: "GSS_S_FAILURE"},
	{general: true, parts: []string{"SpnegoError (16)"}, same: "GSS_S_UNAVAILABLE"},

	// Of IBM's Java, whose numbers are those of org.ietf.jgss.GSSException.
	{general: true, parts: []string{"major code: 1,"}, same: "GSS_S_BAD_BINDINGS"},
	{general: true, parts: []string{"major code: 2,"}, same: "GSS_S_BAD_MECH"},
	{general: true, parts: []string{"major code: 3,"}, same: "GSS_S_BAD_NAME"},
	{general: true, parts: []string{"major code: 6,"}, same: "GSS_S_BAD_MIC"},
	{general: true, parts: []string{"major code: 7,"}, same: "GSS_S_CONTEXT_EXPIRED"},
	{general: true, parts: []string{"major code: 8,"}, same: "GSS_S_CREDENTIALS_EXPIRED"},
	{general: true, parts: []string{"major code: 9,"}, same: "GSS_S_DEFECTIVE_CREDENTIAL"},
	{general: true, parts: []string{"major code: 10,"}, same: "GSS_S_DEFECTIVE_TOKEN"},
	{general: true, parts: []string{"major code: 11,"}, same: "GSS_S_FAILURE"},
	{general: true, parts: []string{"major code: 12,"}, same: "GSS_S_NO_CONTEXT"},
	{general: true, parts: []string{"major code: 13,"}, same: "GSS_S_NO_CRED"},
	{general: true, parts: []string{"major code: 15,"}, same: "GSS_S_UNAUTHORIZED"},
	{general: true, parts: []string{"major code: 16,"}, same: "GSS_S_UNAVAILABLE"},
}
