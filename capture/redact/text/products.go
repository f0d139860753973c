package text

import (
	"strings"
	"sync"
)

// productWords are words in the names of programs, and of the systems that they run on, that are
// found in many networks.
var productWords = sync.OnceValue(func() map[string]bool {
	return wordSet(`mozilla applewebkit webkit khtml like gecko chrome chromium headlesschrome headlesschromium safari firefox fxios crios edg edge edga edgios trident msie
opera opr vivaldi brave compatible version mobile tablet seamonkey epiphany konqueror lynx links dillo phantomjs electron cef webview puppeteer playwright selenium
windows nt win wow linux macintosh mac os intel ppc ipad iphone ipod android cros ubuntu debian fedora centos red hat redhat rhel enterprise suse opensuse arch alpine gentoo
freebsd openbsd netbsd sunos solaris darwin unix aix hpux hp ux amd arm aarch armv ia x u rv en deb dfsg el fc rc beta alpha pre dev build release snapshot ga sp kb lts final nightly
nv net clr clr slcc media center infopath tablet pc touch trident ms microsoft iis httpapi httpsys kestrel asp aspnet mvc aspnetmvc core dotnet framework powershell windowspowershell pwsh
winhttp wininet winrm wsman client server services service owa office outlook excel word powerpoint onenote teams skype lync communicator ucwa ucclient exchange ews sharepoint onedrive
sync syncengine webdav miniredir protocol discovery existence cryptoapi crypto api bits delivery optimization update agent edgeupdate defender sccm configmgr ccmhttp smartscreen
autodiscover mapi rpc rpch activesync airsync rdp remote desktop terminal gateway tsgateway appv azure ad aad broker plugin onpremises dynamics nav crm project lifecycle
curl libcurl wget httpie aria fetch python requests urllib urllib httplib aiohttp httpx tornado twisted pycurl kerberos gssapi ntlm sspi spnego negotiate pyspnego winkerberos
java jdk jre openjdk hotspot apache httpclient httpcore httpasyncclient commons okhttp jersey resteasy cxf axis xfire spring boot security tomcat coyote catalina jsp servlet jetty undertow wildfly
jboss eap weblogic websphere glassfish payara grizzly netty vertx oracle application http ibm domino lotus notes sap netweaver as abap icm web dispatcher business objects
go perl lwp libwww simple ruby rack puma passenger phusion webrick unicorn mongrel php zend node js nodejs express axios got undici next nuxt deno bun rust hyper reqwest erlang cowboy
apr util mod auth authnz authn authz gssapi kerb krb ntlm winbind ssl nss jk wsgi perl fcgid dav svn proxy php pagespeed openssl libressl boringssl gnutls wolfssl mbedtls schannel securetransport
nghttp nghttpx zlib brotli zstd libidn libpsl libssh librtmp openldap quiche ngtcp wincng heimdal mit
nginx openresty tengine lighttpd caddy haproxy traefik envoy istio squid varnish trafficserver ats traffic pound hiawatha cherokee thttpd boa mini httpd goahead rompager embedthis appweb uhttpd
cloudflare cloudfront akamai akamaighost ghost fastly amazon amazons aws elb awselb google gws gse gfe esf frontend bigip big ip local traffic manager apm asm netscaler citrix adc storefront receiver workspace
zscaler bluecoat proxysg symantec forefront tmg isa threat management imperva incapsula barracuda fortigate fortinet fortiweb paloalto sophos utm mcafee cisco ironport wsa kemp loadmaster ngfw
gitlab jenkins jira confluence atlassian bitbucket nexus artifactory grafana kibana elastic elasticsearch sonarqube zabbix nagios prometheus splunk tableau qlik wordpress drupal joomla typo mediawiki zope plone
git gitlfs svn subversion tortoisesvn mercurial maven gradle nuget npm yarn pip conda docker containerd kubernetes kubectl helm ansible puppet chef terraform vagrant visualstudio visual studio code
cups ipp printer ews virata emweb ezproxy samba winexe impacket metasploit nmap nikto burp fiddler postman postmanruntime insomnia soapui jmeter loadrunner zap charles wireshark negotrace
cfnetwork nsurlsession bot googlebot bingbot crawler spider monitor health check probe kube elb healthchecker
unknown none null brand not a b c d e f g h i j k l m n o p q r s t v w y z and for the of with by on in or if via using library module engine platform device model generic
webinspector inspector internet explorer har browsertime sitespeed io webpagetest mitmproxy browsermob browserup suite owasp zed attack wire toolkit proxyman fluxzy whistle anyproxy reqable bruno hoppscotch paw pro
xmlhttprequest same origin macos ios chromeos kali mint raspbian raspberry pi`)
})

// standardWords are words in the values of standard header lines: of caches, codings, connections,
// media types and dates.
var standardWords = sync.OnceValue(func() map[string]bool {
	return wordSet(`gzip deflate br zstd identity compress chunked trailers trailer close keep alive upgrade timeout max age no cache store must revalidate proxy public private s maxage
immutable stale while error if transform only cached post check pre get head put delete options trace connect patch propfind proppatch mkcol copy move lock unlock search report subscribe unsubscribe
notify poll bcopy bdelete bmove bpropfind bproppatch mkworkspace checkin checkout merge acl rpc in out data debug bits ccm sms baseline control label uncheckout update version bytes continue websocket c h http https tls mon tue wed thu fri sat sun
jan feb mar apr may jun jul aug sep oct nov dec gmt utc text html plain xhtml xml application image png webp apng jpg jpeg pjpeg gif svg avif bmp ico icon x signed exchange b v q z json ld javascript ecmascript
css font woff ttf otf video audio ogg mp mpeg star octet stream form data urlencoded www multipart mixed related byteranges boundary charset utf iso ascii us latin windows zip pdf soap msword vnd ms excel
powerpoint openxmlformats officedocument wordprocessingml spreadsheetml presentationml document sheet presentation problem kerberos ntlm negotiate basic digest session based authentication persistent auth
true false sameorigin deny nosniff mode block includesubdomains preload on off cors navigate same origin site cross empty iframe frame script style worker user none strict when downgrade unsafe url allow from
xmlhttprequest ie edge chrome infinity depth t f err access denied cache proxy auth readable unauthorized authorization authenticate cookie set accept encoding language range ranges origin referer host agent content type length
disposition location date etag match modified since unmodified last expires pragma vary warning retry after connection requested with credentials methods method headers header expose request response
permessage client max window bits server takeover u i a invalid url forwarded for proto port real ip id csrf xsrf token no cache post must understand web bot octet-stream wildcard rfc immutable event grpc proto protobuf
by name filename rel title samesite lax low medium high action start info version profile cannot forward fail dns read write lifetime exp socket failure req resp unsup zero object ftp too big short only if unset shutting down
extended control ns autoconfig sync collection mkcol calendar addressbook binding bind paging bulk server redirectrefs lightweight searching class msgpack cbor encrypted spnego credssp protocol attachment inline size creation modification binary quoted printable base bit ocsp pkix pkcs crl cert timestamp query reply mime wbxml ipp message yaml csv calendar markdown rtf atom rss xsl wasm manifest webmanifest encoded any`)
})

// wordSet returns words as a set.
func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// keepKnownWords returns a text in which known words, numbers and signs stay. All other words
// become their pseudonyms, and numbers that may be the codes of characters: one may name a person or a company.
func (t *Texts) keepKnownWords(text string, known map[string]bool) string {
	if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' }) {
		wide := []byte(text)
		clearWide(wide)
		text = string(wide)
	}
	var b strings.Builder
	codes := 0 // end of a row of codes
	for at := 0; at < len(text); {
		end := at
		for end < len(text) && isAlphanumeric(text[end]) {
			end++
		}
		if at >= codes && (at == 0 || !isAlphanumeric(text[at-1])) {
			codes = at + codeRow(text[at:])
		}
		switch word := text[at:end]; {
		case end == at && escapeLen([]byte(text[at:])) > 0:
			encoded := []byte(text[at:])
			end += rewriteEscape(encoded)
			b.Write(encoded[:end-at])
		case end == at:
			b.WriteByte(text[at])
			end++
		case at >= codes && isKnownWord(word, known):
			t.Publish(word)
			b.WriteString(word)
		default:
			b.WriteString(t.Names.Text(word))
		}
		at = end
	}
	if kept := b.String(); len(kept) == len(text) {
		t.publishJoined(text, kept)
	}
	return b.String()
}

// publishJoined publishes words with hyphens (node-fetch, x86_64) of which all parts stayed.
func (t *Texts) publishJoined(text, kept string) {
	for at := 0; at < len(text); {
		end, isJoined := at, false
		for end < len(text) && (isAlphanumeric(text[end]) || text[end] == '-' || text[end] == '_') {
			isJoined = isJoined || !isAlphanumeric(text[end])
			end++
		}
		if isJoined && text[at:end] == kept[at:end] {
			t.Publish(text[at:end])
		}
		at = max(end, at+1)
	}
}

// StandardText returns a text in which standard words stay, and addresses are replaced as such.
func (t *Texts) StandardText(text string) string {
	find := func(at int) (int, string) { return t.Names.AddressAt(text, at) }
	return replaceAddresses(text, find, func(between string) string { return t.keepKnownWords(between, standardWords()) })
}

// productText does that with the words of products. Behind a name and a slash, and behind a letter, is a
// version, which may look like an address, and is one if it was seen as such.
func (t *Texts) productText(text string) string {
	find := func(at int) (int, string) {
		isVersion := at > 0 && (text[at-1] == '/' || isLetter(text[at-1]) && text[at] <= '9')
		switch {
		case !isVersion:
			return t.Names.AddressAt(text, at)
		case t.Names.PublishVersion(text[at:]):
			return 0, ""
		}
		return t.Names.AddressAt(text[at:], 0)
	}
	return replaceAddresses(text, find, func(between string) string { return t.keepKnownWords(between, productWords()) })
}

// replaceAddresses returns a text with the addresses replaced that a function finds, which returns their
// length and what they become, and with what is between them as another one makes it.
func replaceAddresses(text string, find func(at int) (size int, becomes string), between func(string) string) string {
	var b strings.Builder
	from := 0
	for at := 0; at < len(text); at++ {
		if size, address := find(at); size > 0 {
			b.WriteString(between(text[from:at]) + address)
			from = at + size
			at = from - 1
		}
	}
	b.WriteString(between(text[from:]))
	return b.String()
}

func isAlphanumeric(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' || c >= 0x80 }

// isKnownWord reports whether a word of letters and digits consists of known words and of numbers
// that are short enough for a version.
func isKnownWord(word string, known map[string]bool) bool {
	for at := 0; at < len(word); {
		end := at
		for end < len(word) && isLetter(word[end]) == isLetter(word[at]) {
			end++
		}
		switch part := word[at:end]; {
		case part[0] >= 0x80, end-at > maxVersionDigits && !isLetter(part[0]):
			return false
		case isLetter(part[0]) && !known[strings.ToLower(part)]:
			return false
		case len(part) == 1 && isLetter(part[0]) && len(word)-end > maxLetterDigits: // a number of staff
			return false
		}
		at = end
	}
	return true
}

// maxLetterDigits is how many digits may follow a single letter, as in x64 or u392.
const maxLetterDigits = 3

// maxVersionDigits is how many digits a number of a version may have: a date has eight.
const maxVersionDigits = 8

// fieldNames returns a list of names of header lines, each as it is where it is a name.
func (t *Texts) fieldNames(value string) string {
	if hasCodes(value) {
		return t.StandardText(value)
	}
	parts := strings.Split(value, ",")
	for i, part := range parts {
		name := strings.TrimSpace(part)
		if !isKnownHeader(strings.ToLower(name)) {
			parts[i] = strings.Replace(part, name, t.StandardText(name), 1)
		}
	}
	return strings.Join(parts, ",")
}
