package text

import "strings"

// A rule is how the value of a header line is rewritten.
type rule uint8

const (
	opaque        rule = iota // letters and digits become others
	standardValue             // words of the protocol stay, others become pseudonyms
	software                  // names and versions of usual programs stay, others become pseudonyms
	fieldNames                // names of header lines
	host                      // the name of a host, perhaps with its port
	url                       // a URL, or a part of one
	auth                      // challenges or credentials
	params                    // names and values: only the values are rewritten
	via                       // proxies, with the version of the protocol
	cookies                   // cookies that are sent
	setCookie                 // a cookie that is set
	mediaType                 // a media type, with other letters in its boundary
	disposition               // what a part is for, and names and values
	byteCount                 // how many bytes there are, or which of them
	reason                    // a text for people, which may begin with the number of an error
	knownNames                // names that are known become their pseudonyms, other words noise
)

// rules are how the values of usual header lines are rewritten, by their names.
var rules = map[string]rule{
	"host": host, "x-forwarded-host": host, "x-forwarded-server": host, "x-original-host": host, "x-host": host,
	"origin": url, "referer": url, "location": url, "content-location": url, "x-original-url": url, "x-rewrite-url": url,
	"access-control-allow-origin": url, "destination": url, "refresh": params,
	"authorization": auth, "proxy-authorization": auth, "www-authenticate": auth, "proxy-authenticate": auth,
	"authentication-info": auth, "proxy-authentication-info": auth, "x-original-authorization": auth, "x-authorization": auth,
	"cookie": cookies, "set-cookie": setCookie,
	"forwarded": params, "x-forwarded-for": knownNames, "x-real-ip": knownNames, "x-client-ip": knownNames, "true-client-ip": knownNames,
	"x-feserver": knownNames, "x-beserver": knownNames, "x-backend": knownNames, "x-served-by": knownNames, "x-calculatedbetarget": knownNames,
	"via": via, "x-cache": via, "x-cache-lookup": via, "warning": knownNames,
	"server": software, "user-agent": software, "x-powered-by": software, "x-aspnet-version": software, "x-aspnetmvc-version": software,
	"microsoftsharepointteamservices": software, "x-generator": software, "dav": standardValue, "ms-author-via": software,
	"content-type": mediaType,
	"etag":         opaque, "if-none-match": opaque, "if-match": opaque, "content-md5": opaque, "digest": opaque, "x-request-id": opaque,
	"request-id": opaque, "sprequestguid": opaque, "x-correlation-id": opaque, "traceparent": opaque, "content-disposition": disposition, "content-transfer-encoding": standardValue, "originalcontent": params,
	"x-csrf-token": opaque, "x-xsrf-token": opaque, "x-auth-token": opaque, "x-api-key": opaque, "accept-language": opaque,
	"content-language": opaque, "link": knownNames, "from": knownNames, "content-security-policy": knownNames, "report-to": knownNames, "nel": knownNames,
	"alt-svc": knownNames, "x-frame-options": standardValue, "x-requested-with": software,
	"date": standardValue, "content-length": byteCount, "transfer-encoding": standardValue, "connection": fieldNames, "proxy-connection": fieldNames, "keep-alive": standardValue,
	"upgrade": standardValue, "upgrade-insecure-requests": standardValue, "content-encoding": standardValue, "accept": standardValue, "accept-encoding": standardValue, "accept-charset": standardValue,
	"accept-ranges": standardValue, "cache-control": standardValue, "pragma": standardValue, "expires": standardValue, "last-modified": standardValue, "if-modified-since": standardValue,
	"if-unmodified-since": standardValue, "vary": fieldNames, "allow": standardValue, "public": standardValue, "age": standardValue, "expect": standardValue, "range": byteCount, "content-range": byteCount,
	"te": standardValue, "trailer": fieldNames, "max-forwards": standardValue, "depth": standardValue, "translate": standardValue, "dnt": standardValue, "priority": standardValue, "retry-after": standardValue,
	"persistent-auth": standardValue, "proxy-support": standardValue, "x-squid-error": standardValue, "x-content-type-options": standardValue, "x-xss-protection": standardValue,
	"strict-transport-security": standardValue, "x-forwarded-proto": standardValue, "x-forwarded-port": standardValue, "x-ua-compatible": standardValue, "x-msdavext": standardValue,
	"x-forms_based_auth_required": url, "x-forms_based_auth_return_url": url, "x-forms_based_auth_dialog_size": standardValue,
	"x-msdavext_error": reason, "x-ms-diagnostics": reason, "x-owa-error": reason, "x-auth-error": reason, "x-authentication-denied-reason": reason,
	"x-seraph-loginreason": reason, "x-required-permission": reason, "proxy-status": reason, "http2-settings": standardValue, "referrer-policy": standardValue, "x-negotiate-auth": standardValue,
	"access-control-request-method": standardValue, "access-control-request-headers": fieldNames, "access-control-allow-methods": standardValue,
	"access-control-allow-headers": fieldNames, "access-control-allow-credentials": standardValue, "access-control-max-age": standardValue, "access-control-expose-headers": fieldNames,
	"sec-fetch-site": standardValue, "sec-fetch-mode": standardValue, "sec-fetch-dest": standardValue, "sec-fetch-user": standardValue, "sec-ch-ua": software,
	"sec-ch-ua-mobile": standardValue, "sec-ch-ua-platform": software, "sec-websocket-version": standardValue, "sec-websocket-key": opaque,
	"sec-websocket-accept": opaque, "sec-websocket-protocol": knownNames, "sec-websocket-extensions": standardValue, "sec-gpc": standardValue, "soapaction": knownNames,
}

// isKnownHeader reports whether a header name, in lower case, is so usual that it says nothing
// about the site.
func isKnownHeader(name string) bool {
	_, ok := rules[name]
	return ok
}

// headerValue returns the replacement of the value of a known header line.
func (t *Texts) headerValue(name, value string) string {
	switch rules[name] {
	case standardValue:
		return t.StandardText(value)
	case byteCount:
		return t.byteCount(value)
	case fieldNames:
		return t.fieldNames(value)
	case software:
		return t.software(value)
	case host:
		return t.Names.Host(value)
	case url:
		return t.Names.URL(value)
	case auth:
		t.Counts.Tokens++
		masked, unknown := t.Mask.Header(value)
		t.Unknown("parts of tokens", unknown)
		return masked
	case params:
		return t.params(value)
	case via:
		return t.via(value)
	case cookies:
		return t.cookies(value)
	case setCookie:
		return t.setCookie(value)
	case disposition:
		kind, rest, ok := strings.Cut(value, ";")
		if kind = t.StandardText(kind); !ok {
			return kind
		}
		return kind + ";" + t.params(rest)
	case mediaType:
		if at, end := boundaryIn(value); at < end {
			return t.headerValue(name, value[:at]) + t.Names.OpaqueText(value[at:end]) + t.params(value[end:])
		}
		media, rest, ok := strings.Cut(value, ";")
		media = t.StandardText(media)
		switch {
		case !ok:
			return media
		case strings.HasPrefix(strings.ToLower(strings.TrimSpace(rest)), "charset="):
			return media + ";" + t.StandardText(rest)
		}
		return media + ";" + t.params(rest)
	case knownNames:
		return t.knownOrNoise(value)
	case reason:
		number, _, _ := strings.Cut(value, ";")
		if strings.Trim(number, "0123456789") != "" || len(number) > maxErrorNumber {
			number = ""
		}
		return number + t.Text(value[len(number):])
	}
	return t.Names.OpaqueText(value)
}

// Boundary returns what is between the parts of a body of a media type (RFC 2046 section 5.1.1), empty for nothing. It
// becomes what Names.OpaqueText makes of it.
func Boundary(media string) string {
	at, end := boundaryIn(media)
	return media[at:end]
}

// boundaryIn returns where that is in a media type; 0, 0 for none.
func boundaryIn(media string) (at, end int) {
	const longest = 70
	lower := strings.ToLower(media)
	if at = strings.Index(lower, "boundary="); !strings.HasPrefix(lower, "multipart/") || at < 0 {
		return 0, 0
	}
	at += len("boundary=")
	ends := "; \t"
	if strings.HasPrefix(media[at:], `"`) {
		at, ends = at+1, `"`
	}
	if end = strings.IndexAny(media[at:], ends); end < 0 {
		end = len(media) - at
	}
	if end > longest {
		return 0, 0
	}
	return at, at + end
}

// byteCount returns a value that stays if it is how many bytes there are, or which of them.
func (t *Texts) byteCount(value string) string {
	if strings.Trim(strings.TrimPrefix(value, "bytes"), "0123456789-/*=, ") == "" && !hasCodes(value) {
		return value
	}
	return t.StandardText(value)
}

// maxErrorNumber is the longest number of an error: those of Exchange have seven digits.
const maxErrorNumber = 7

// Text returns a text for people, see words.
func (t *Texts) Text(value string) string {
	b := []byte(value)
	t.Words(b)
	return string(b)
}

// headerName returns the replacement of an unknown header name: words that many names have stay.
func (t *Texts) headerName(name string) string {
	const usual = " x http https remote user name client id auth token session forwarded for host proto request response ms sp login domain authenticated ssl cert server cache proxy real original "
	parts := strings.Split(name, "-")
	for i, part := range parts {
		if !strings.Contains(usual, " "+strings.ToLower(part)+" ") {
			parts[i] = t.Names.Text(part)
		}
	}
	return strings.Join(parts, "-")
}

// software returns a value in which the names and versions of usual programs stay; names of hosts
// and addresses are replaced.
func (t *Texts) software(value string) string {
	if hasCodes(value) {
		return t.productText(value)
	}
	fields := strings.Split(value, " ")
	for i, f := range fields {
		name := strings.Trim(f, "()[];,+")
		if isHostName(name) || strings.Contains(f, "@") || strings.Contains(f, "://") {
			fields[i] = t.Names.URL(f)
		} else {
			fields[i] = t.productText(f)
		}
	}
	return strings.Join(fields, " ")
}

// isHostName reports whether a word is the name of a host with its domain, and not a version.
func isHostName(word string) bool {
	i := strings.LastIndexByte(word, '.')
	last := strings.ToLower(word[i+1:])
	return i > 0 && len(last) > 1 && strings.Trim(last, "abcdefghijklmnopqrstuvwxyz") == "" && !strings.ContainsAny(word, "/()") &&
		last != "js" && last != "io" && !strings.EqualFold(word, "ASP.NET") && !strings.EqualFold(word, "Microsoft.NET")
}

// params returns a list of names and values with the values replaced.
func (t *Texts) params(value string) string {
	var b strings.Builder
	for value != "" {
		i := strings.IndexAny(value, "=;,")
		if i < 0 {
			i = len(value) - 1
		}
		if value[i] != '=' {
			b.WriteString(t.knownOrNoise(value[:i+1]))
			value = value[i+1:]
			continue
		}
		key := strings.ToLower(strings.TrimSpace(value[:i]))
		b.WriteString(t.StandardText(value[:i+1]))
		value = value[i+1:]
		end := strings.IndexAny(value, ";,")
		if end < 0 {
			end = len(value)
		}
		switch key {
		case "length":
			b.WriteString(t.byteCount(value[:end]))
		case "proto", "charset", "type", "q", "protocol":
			b.WriteString(t.StandardText(value[:end]))
		case "host", "for", "by":
			b.WriteString(t.Names.Host(value[:end]))
		case "url":
			b.WriteString(t.Names.URL(value[:end]))
		default:
			b.WriteString(t.knownOrNoise(value[:end]))
		}
		value = value[end:]
	}
	return b.String()
}

// via returns a list of proxies in which the protocol, its version and known programs stay.
func (t *Texts) via(value string) string {
	if hasCodes(value) {
		return t.productText(value)
	}
	var b strings.Builder
	for i, f := range strings.SplitAfter(value, " ") {
		name := strings.Trim(f, " (),")
		switch word, version, hasVersion := strings.Cut(strings.ToLower(name), "/"); {
		case hasVersion && version != "" && isProxyWord(word): // or what somebody wrote in its place
			at := strings.IndexByte(f, '/') + 1
			t.Names.Publish(f[:at])
			b.WriteString(f[:at] + t.productText(f[at:]))
		case i == 0 && isHTTPVersion(name):
			b.WriteString(f)
		case isProxyWord(word) || strings.Trim(name, "0123456789.") == "" && len(name) <= 4:
			t.Names.Publish(f)
			b.WriteString(f)
		default:
			b.WriteString(t.Names.Host(strings.TrimRight(f, " ,")) + f[len(strings.TrimRight(f, " ,")):])
		}
	}
	return b.String()
}

// isHTTPVersion reports whether a word is 1.1 or HTTP/1.1, and not an address.
func isHTTPVersion(word string) bool {
	number := strings.TrimPrefix(strings.ToUpper(word), "HTTP/")
	return len(number) <= len("1.1") && strings.Trim(number, "0123456789.") == ""
}

// isProxyWord reports whether a word is the name of a program, or one that proxies write.
func isProxyWord(word string) bool {
	const all = " squid varnish nginx haproxy apache google cloudfront bluecoat zscaler hit miss from tcp_hit tcp_miss http https microsoft-iis traffic server ats vegur envoy kong "
	return word != "" && strings.Contains(all, " "+word+" ")
}

// knownOrNoise returns a text in which known names and addresses have their pseudonyms; other letters and
// digits become noise.
func (t *Texts) knownOrNoise(value string) string { return t.Names.KnownOrNoise(value) }
