package redact

import (
	"encoding/base64"
	"strings"
	"testing"
)

// answer returns a response with header lines and a page.
func answer(page string, lines ...string) string {
	return "HTTP/1.1 401 Unauthorized\r\n" + strings.Join(append(lines, "Content-Type: text/html", "Content-Length: "+itoa(len(page))), "\r\n") + "\r\n\r\n" + page
}

func itoa(n int) string {
	return strings.TrimLeft(string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)}), "0")
}

// rarePlaces returns connections with a name, written by a function, where few look for one.
func rarePlaces(name string) map[string][]string {
	b64, raw := base64.StdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString
	var decimal, hexadecimal, percent, escaped strings.Builder
	for _, c := range []byte(name) {
		decimal.WriteString("&#" + ("00" + itoa(int(c)))[len(itoa(int(c)))-1:] + ";")
		const digits = "0123456789abcdef"
		hexadecimal.WriteString("&#x" + string([]byte{digits[c>>4], digits[c&15]}) + ";")
		percent.WriteString("%" + string([]byte{digits[c>>4], digits[c&15]}))
		escaped.WriteString(`\u00` + string([]byte{digits[c>>4], digits[c&15]}))
	}
	get := func(lines ...string) string { return ">GET / HTTP/1.1\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n" }
	lower := strings.ToLower(name)
	digits := itoa(100+int(name[0])) + itoa(100+int(name[1])) // a time of day
	dn := derElement(0x30, derElement(0x31, derElement(0x30, derElement(6, "\x55\x04\x03"), derElement(0x0c, name))))
	cert := derElement(0x30, derElement(0x30, derElement(0xa0, derElement(2, "\x02")), derElement(2, name), derElement(0x30, derElement(6, "\x2a\x03")), dn, derElement(0x30, derElement(0x17, "260101"+digits+"Z"), derElement(0x17, name), derElement(0x18, name)), dn,
		derElement(0x30, derElement(0x30, derElement(6, "\x2a\x03"), derElement(5, name)), derElement(3, "\x00"+name)),
		derElement(0xa3, derElement(0x30, derElement(0x30, derElement(6, "\x55\x1d\x11"), derElement(1, name), derElement(4, derElement(0x30, derElement(0x87, "\xc0\x00\x02\x01"), derElement(0xa0, derElement(6, "\x2b\x06\x01\x04\x01\x82\x37\x15\x08"+name), derElement(0xa0, derElement(4, "S-1-5-21-"+name)))))),
			derElement(0x30, derElement(6, "\x2b\x06\x01\x04\x01"+name), derElement(4, derElement(0x0a, name)))))), derElement(0x30, derElement(6, "\x2a\x03")), derElement(3, "\x00"+name))
	hello := "\x03\x03" + strings.Repeat("r", 32) + "\x00" + lengths(2, "\x13\x01") + lengths(1, "\x00") +
		lengths(2, extension(21, name)+extension(24, name)+extension(34, name)+extension(18, name)+extension(15, name)+extension(22, name)+extension(9, name)+extension(27, name))
	return map[string][]string{
		"decimal entities": {answer("<p>" + decimal.String())}, "hexadecimal entities": {answer("<p>" + hexadecimal.String())},
		"percent in a page": {answer("<a href=/" + percent.String())}, "escapes of JavaScript": {answer("<script>var user='" + escaped.String())},
		"parameters of media types": {get("Content-Type: multipart/related; boundary=x; type="+name+"; charset="+name, "Forwarded: proto="+name+";for=x", "Accept: text/html;q="+name)},
		"PROXY UNKNOWN":             {">PROXY UNKNOWN " + name + " " + name + "\r\nGET / HTTP/1.1\r\n\r\n"}, "PROXY TCP4": {">PROXY TCP4 192.0.2.1 192.0.2.2 " + name + " 6\r\nGET / HTTP/1.1\r\n\r\n"},
		"PROXY 2 of a socket": {">\r\n\r\n\x00\r\nQUIT\n\x21\x31" + lengths(2, name+strings.Repeat("\x00", 96)+name+strings.Repeat("\x00", 96)) + "GET / HTTP/1.1\r\n\r\n"},
		"PROXY 2":             {">\r\n\r\n\x00\r\nQUIT\n\x21\x11" + lengths(2, "\xc0\x00\x02\x01\xc0\x00\x02\x02\x00\x05\x00\x06"+"\x02"+lengths(2, name)+"\x20"+lengths(2, "\x01\x00\x00\x00\x00\x22"+lengths(2, name))+name[:2]) + "GET / HTTP/1.1\r\n\r\n"},
		"SOCKS 5 of methods":  {">\x05\x0c" + name, name}, "SOCKS 5 with GSS-API": {">\x05\x01\x01", "\x05\x01", ">\x01\x01" + lengths(2, name+strings.Repeat(".", 300)), "\x01\x01" + lengths(2, name)},
		"methods": {">" + strings.ToUpper(name) + " / HTTP/1.1\r\n\r\n"}, "TLS extensions": {">" + tlsRecord(1, hello), tlsRecord(2, "\x03\x03"+strings.Repeat("s", 32)+"\x00"+"\xc0\x2f\x00"+lengths(2, extension(18, lengths(2, lengths(2, "\x00"+name+name)))+extension(21, name)+extension(43, name)))},
		"certificates":          {tlsRecord(11, lengths(3, lengths(3, cert)))},
		"JSON Web Tokens":       {get("Authorization: Bearer " + raw([]byte(`{"alg":"`+name+`","typ":"`+name+`","kid":"`+name+`","exp":"`+name+`"}`)) + "." + raw([]byte(`{"sub":"`+name+`","exp":"`+name+`","`+name+`":1}`)) + "." + raw([]byte(name)))},
		"base64 in other lines": {get("X-Secret: "+b64([]byte(name+":"+name+name)), "Cookie: a="+b64([]byte(name+":"+name+name))+"; b="+raw([]byte(name+name)), "X-Plain: "+name+":Summer"+name)},
		"base64 in a URL":       {">GET /" + raw([]byte(name+name)) + "?code=" + raw([]byte(name+name+name)) + " HTTP/1.1\r\n\r\n"},
		"schemes":               {get("Authorization: Custom "+b64([]byte(name+name)), "Authorization: Digest qop="+name+", algorithm="+name+", charset="+name+", nc="+name+", userhash="+name+", stale="+name), answer("", "WWW-Authenticate: Bearer error="+name+", realm=x", "WWW-Authenticate: Basic realm=\"x\", charset=\""+name+"\"")},
		"names of modern lines": {answer("", "NEL: {\"report_to\":\""+name+"\"}", "Report-To: {\"endpoints\":[{\"url\":\"https://"+name+"/\"}]}", "Reporting-Endpoints: "+lower+"=\"https://"+name+"\"", "Server-Timing: "+name+";desc=\""+name+"\";dur=1",
			"Alt-Svc: h2=\""+name+":443\"; ma=1", "Content-Security-Policy: default-src "+name+" https://*."+name, "Link: <https://"+name+">; rel=\""+name+"\"", "Refresh: 5; URL='https://"+name+"/'", "X-Cache: HIT from "+name, "X-Amz-Cf-Id: "+name, "Clear-Site-Data: \""+name+"\"", "Permissions-Policy: x=(\"https://"+name+"\")", "Set-Cookie2: "+name, "P3P: CP=\""+name+"\"")},
		"chunks":         {"HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5 ;" + name + "=\"" + name + "\"\r\nhello\r\n0;" + name + "\r\nX-Trailer: " + name + "\r\nSet-Cookie: a=" + name + "\r\n\r\n"},
		"a page's names": {answer("<title>" + name + "</title><!-- " + name + "@" + lower + ".corp --> <meta name=generator content=" + name + "> " + lower + "-1-2 u" + name)},
	}
}

// TestRarePlaces holds that in none of these places a name makes a difference.
func TestRarePlaces(t *testing.T) {
	t.Parallel()
	a, b := rarePlaces(canary), rarePlaces(other)
	for name := range a {
		one, two := redacted(t, linkRaw, talked(1460, a[name]...)), redacted(t, linkRaw, talked(1460, b[name]...))
		for i := range one {
			if at := firstDifference(one[i], two[i]); at < len(one[i]) {
				t.Errorf("%s: packet %d differs at %d: %q and %q", name, i, at, one[i][max(at-40, 40):min(at+40, len(one[i]))], two[i][max(at-40, 40):min(at+40, len(two[i]))])
			}
		}
	}
}
