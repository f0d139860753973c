package pseudonym

import "strings"

// isProtocolWord reports whether a word, in lower case, is of a protocol or of every network: it
// says nothing about this one, and without it what happened could not be understood.
func isProtocolWord(word string) bool { return protocolWords[word] }

var protocolWords = func() map[string]bool {
	const all = "" +
		// Service classes (MS-SPNG, "setspn -L" of many hosts) and principals of KDCs.
		"http https host krbtgt cifs ldap ldaps dns rpcss termsrv wsman mssqlsvc imap smtp pop nfs ftp " +
		"kadmin changepw kpasswd gc rpc restrictedkrbhost wellknown anonymous krb5_ccache_conf_data x-cacheconf " +
		// Names of DNS (RFC 2782, RFC 6761, MS-ADTS 6.3.2.3) that are the same everywhere.
		"_kerberos _kerberos-master _kerberos-adm _kpasswd _ldap _gc _http _tcp _udp _msdcs _sites _service dc pdc domains " +
		"localhost localdomain in-addr ip6 arpa wpad " +
		// Authorities and accounts of Windows.
		"nt authority builtin system workgroup " +
		// Paths that programs know (MS-KKDCP, Exchange, SharePoint, WS-Management).
		"kdcproxy owa ews ecp oab mapi autodiscover microsoft-server-activesync powershell certsrv _vti_bin adfs ls wia oauth2 authorize cas " +
		// Hosts on which users log on, and parameters of a logon and of its errors (RFC 6749).
		"login logon signin sso idp sts accounts code state errorcode error_code login_error authfailed false no none null 0 " +
		"favicon robots .well-known well-known "
	words := map[string]bool{}
	for word := range strings.FieldsSeq(all) {
		words[word] = true
	}
	return words
}()

// isExtension reports whether a text is the extension of a file that many sites have.
func isExtension(text string) bool {
	const all = " html htm aspx asmx ashx axd svc asp php jsp do js mjs css json xml txt pac dat png gif jpg jpeg svg ico webp " +
		"woff woff2 ttf map pdf zip exe msi cab cgi pl py "
	return len(text) <= 5 && strings.Contains(all, " "+strings.ToLower(text)+" ")
}
