package text

import (
	"strings"
	"sync"
)

// isVocabulary reports whether a word stays in a page or a status line: servers and security
// libraries use it to say what went wrong, or it belongs to HTML.
func isVocabulary(word string) bool {
	return len(word) == 1 || vocabulary()[strings.ToLower(word)]
}

// vocabulary is made at its first use: most runs of the program redact nothing.
var vocabulary = sync.OnceValue(func() map[string]bool {
	const english = `a access accessible account accounts acl action additionally administrator again allowed also an and another answer any application are as ask at
auth authenticate authenticated authenticating authentication authorised authorization authorize authorized available away back bad basic be because been before being body box browser but button by
cache can cannot can't cause certificate change check checksum class clear click client clients clock close code com computer config configuration configured connect
connecting connection contact contacting content continue cookie could couldn't create creating credential credentials current currently data database day days debian decrypt default denied description
detail detailed details did digest directory disabled do doc document does doesn don don't due duplicate during either empty enable enabled enter entity entry error errors event exact
exceeded except exception exceptions exist exists expectation expired explorer extended fail failed fails failure fault favorite feed field file files filter find folder following font
for forbidden form format forms forward found from fulfill fulfilling full gateway generated generic get give given go gone got grant granted great group guest handle handler handling has have header headers
hello help here home host hour hours however http https if illegal image impersonation in include incoming incorrect info information initial input insufficient integrated integrity
internal internet invalid ip is isa isn it its java kdc key keys keytab know lacks large last later length level levels library like likely limit line link list load local location locate locked logged login
logoff logon log logout long look mail main major make manager mapping match matching may mean means mechanism member message messages method minor minutes misdirected missing mode module month more most moved must name names
necessary need needed negotiate negotiation network new next no none not notification null number object occur occurred of off offset ok old on one only open operation option or order org original other our out outside page
pages parameter part password passwords path perform performed permission permissions permitted physical please point policy port possible post prefix present prevented previous principal private problem proceed process processing product properties protected protocol provide
provided provider proxy public read reading realm reason receive received redirect refer reference refused refuses refresh remote replay replayed report request requested requests require required requires resource resources response responsible restart restricted result
retrieve retrieving retry return right rights root rule run same scheme script search secret section secure security see send sender sent server servers service services session set setting settings should show sign skew so some
something sorry specific specified ssl stack start state status stop string style submit successful successfully such supplied support supported supports supply sure switch system table target temporarily than that the their them then there they things this ticket time timed
timeout title to token too tracing traffic trusted try trying type types unable unauthenticated unauthorised unauthorized unavailable unencrypted under understand unexpected unicode unknown unless unspecified unsupported unsuccessful until up upstream use used user username users
using usually valid validate validation value verify version via view virtual visit wait want was way we web website were what when where whether which while who will with within without work worker working worldwide would
wrong www year you you're your yours hasn't haven't isn't wasn't won't`
	const products = `apache nginx iis microsoft windows squid jetty tomcat tmg forefront cups ubuntu centos redhat oracle weblogic websphere wildfly jboss haproxy varnish openresty spring
gss gssapi spnego sspi kerberos krb krbtgt ntlm ntlmssp sec e kdc ap err err_ krb_ap kerberosv sasl ldap gssexception krbexception accept acceptor acceptsecuritycontext initiator context sec_e logon_denied
accept_sec_context sun jdk jgss javax org eclipse catalina http_error wsman wsmanfault winrm soap envelope schemas xml`
	const html = `html head body title meta link base script style noscript div span p br hr h ul ol li dl dt dd table tr td th thead tbody tfoot form fieldset legend label input button select option textarea
a href rel src alt id name class content charset utf iso lang dir type method action post get value checked disabled placeholder autocomplete maxlength size tabindex password hidden submit text image email
img iframe frame frameset center b i u strong em small big pre code tt font color face width height border margin padding align valign top left bottom middle right none auto solid px pt background bgcolor
doctype public dtd transitional strict xhtml en strictly css js javascript onload onclick window document location replace assign top self parent function var http-equiv equiv viewport scale user-scalable
header footer nav main section article aside lt gt amp quot nbsp copy error_description errormessage reason msg faultstring faultcode samlrequest samlresponse relaystate
login logon signin signon sign signout logout logoff log username userid authenticat j_username j_password j_security_check adfs saml oauth authorize cas anmelden anmeldung einloggen connexion connecter abmelde
j security check spring url true false null`
	const more = `accessing acquire additional aes anonymous api appropriate apreq arcfour argument assistance authenticaterequest authorizerequest beginrequest between
binding bindings bytes cached caused cbc ccache chain channel cipher considered constrained coyote crc cts dealing decrypted defective delegated
delegation des detected determined dispatcher display domain encountered encrypt encrypted encryption enctype errordocument etype etypes expected
expires fake forwardable forwarded hmac hresult ident identifier impersonate import init interactive json lifetime lockout logs lookup maintenance
managed matches maximum md minimum mismatch modified mutual negotiating nested net note origin overload overloaded pipeline powered preauth primary
processor proxying rc rejected relationship renewable rep reported req requestfilteringmodule resolve restriction restrictions servlet sha signed
slices stacktrace staticfile store stream substatus suite tgs tgt thrown throws tickets traces trust unconstrained unmatched unreachable uri valve
abgelaufen add appears bitte blocked blocks called case causes common commonly configure denies describes ensure example explains falls faq faqs
fehlgeschlagen frequent gesperrt grund happen hint hostname how implemented indicate indicates instance kein keine known lost might named never nicht occurs often
problems prohibited raison re reasons rejects revoked sometimes suspended synchronise synchronize tip troubleshoot troubleshooting typically ursache verb verweigert visibility wenn whenever why
aide asked bekannte codes erreur fehler fehlercode fehlerliste fehlermeldungen following frequently hilfe issues liste potential these typical typische ursachen
aria captcha combination destination exceed exceeds incomplete loop oauth plain required speaking terminated tls webmaster win windowsauthenticationmodule workstation workstations xbb xbf xef yet`
	set := map[string]bool{}
	for _, list := range []string{english, products, html, more} {
		for _, w := range strings.FieldsFunc(list, func(c rune) bool { return c < 'a' || c > 'z' }) {
			set[w] = true
		}
	}
	return set
})

// protocolWords are words of HTTP and of its schemes. They stay where they have that meaning.
const protocolWords = "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH Basic Digest Negotiate NTLM NTLMSSP Kerberos Bearer realm nonce charset error scope " +
	"keep-alive close chunked gzip deflate br text html plain application json xml image png css javascript form-data multipart octet-stream " +
	"x-www-form-urlencoded expires path domain secure httponly samesite lax strict none max-age"
