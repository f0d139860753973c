package redactproof_test

import (
	"regexp"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

const wholeHAR = `{"log":{"version":"1.2","creator":{"name":"Firefox","version":"120.0"},"browser":{"name":"Firefox","version":"120.0"},
"pages":[{"id":"page_1","title":"a","startedDateTime":"2026-01-02T03:04:05.678Z","pageTimings":{"onLoad":12,"onContentLoad":1}}],
"entries":[{"startedDateTime":"2026-01-02T03:04:05.678Z","time":12.5,"pageref":"page_1",
"request":{"method":"GET","url":"https://a.example/","httpVersion":"HTTP/1.1","headersSize":321,"bodySize":6,
"headers":[{"name":"Host","value":"a.example"},{"name":":method","value":"GET"},{"name":":scheme","value":"https"},{"name":":version","value":"a"},{"name":":protocol","value":"a"},{"name":":path","value":"/a"},{"name":":authority","value":"a"}],
"cookies":[{"name":"a","value":"a","path":"/a","domain":"a.example","expires":"2026-01-02T03:04:05.678Z","httpOnly":true,"secure":true,"sameSite":"Lax"}],
"queryString":[{"name":"a","value":"a"}],"postData":{"mimeType":"text/plain"}},
"response":{"status":401,"statusText":"Unauthorized","httpVersion":"HTTP/1.1","headers":[{"name":":status","value":"401"}],"cookies":[],"redirectURL":"https://a.example/","headersSize":100,"bodySize":30,
"content":{"size":30,"compression":1,"mimeType":"text/html","encoding":"base64","text":"<p>a</p>"},"_error":"net::ERR_FAILED","_failureText":"a","_transferSize":130},
"cache":{},"timings":{"send":1,"wait":2,"receive":3,"blocked":1,"dns":1,"ssl":1,"connect":1,"_blocked_queueing":1},"serverIPAddress":"10.11.12.13","connection":"1","_connectionId":"1","_serverPort":1,
"_fromCache":"disk","_priority":"High","_resourceType":"document","_securityState":"secure","_error":"a","_failureText":"a",
"_securityDetails":{"protocol":"TLS 1.3","subjectName":"a.example","issuer":"a","validFrom":1,"validTo":2}}]}}`

const wholeNetLog = `{"constants":{"logEventTypes":{"URL_REQUEST_START_JOB":2,"AUTH_GENERATE_TOKEN":4},"timeTickOffset":1700000000000,"logFormatVersion":1,"logCaptureMode":"IncludeSensitive"},
"events":[{"phase":1,"source":{"id":7,"start_time":"10","type":1},"time":"10","type":2,"params":{"net_error":1,"stream_id":1,"length":1,"url":"https://a.example/","method":"GET","line":"GET / HTTP/1.1","headers":"Host: a",
"request_headers":{"line":"GET / HTTP/1.1","headers":":method: GET"},"error_code":"1 (CANCEL)","byte_count":1,"cipher_suite":1,"is_resumed":true,"local_address":"10.11.12.13:5","source_address":"10.11.12.13:5","remote_address":"10.11.12.13:5",
"address":"10.11.12.13:5","version":"TLS 1.3","next_proto":"h2","certificates":["a"],"reason":"a","allows_default_credentials":true,"succeeded":true,"target":"server","scheme":"negotiate","spn":"HTTP/a","domain":"a","user":"a",
"authorization_result":"accept","library_name":"libgssapi_krb5.so.2","load_result":"a","method_name":"gss_init_sec_context","status":{"net_error":1,"security_status":1,"function":"gss_init_sec_context","major_status":{"status":1,"message":["a"]},"minor_status":{"status":1,"message":["a"]}},
"context":{"source":{"name":"a"},"target":{"name":"a"},"mechanism":{"name":"Kerberos","bytes":"KoZIhvcSAQIC"},"lifetime":"1","flags":"1","open":1}}}]}`

// TestCreatorsStay holds that the programs stay by which a reader knows what a HAR cannot show.
func TestCreatorsStay(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"WebInspector", "WebKit Web Inspector", "Firefox", "Internet Explorer", "Playwright", "Puppeteer", "chrome-har", "Browsertime", "sitespeed.io", "WebPagetest", "Fiddler", "Charles Proxy",
		"mitmproxy", "BrowserMob Proxy", "BrowserUp Proxy", "Burp Suite", "OWASP ZAP", "Zed Attack Proxy", "Selenium Wire", "selenium-wire", "HTTP Toolkit", "Proxyman", "Fluxzy", "whistle", "AnyProxy",
		"Reqable", "Postman", "Insomnia", "Bruno", "Hoppscotch", "HTTPie", "Paw"} {
		text := strings.Replace(wholeHAR, `"Firefox"`, `"`+name+`"`, 1)
		if out := string(redacted(t, newRedactor(), []byte(text))); !strings.Contains(out, `"`+name+`"`) {
			t.Errorf("%s became %s", name, out[:min(80, len(out))])
		}
	}
}

// TestNameInAnyValue puts a name, in forms that values have, into one value of an export after the
// other.
func TestNameInAnyValue(t *testing.T) {
	t.Parallel()
	value := regexp.MustCompile(`([:\[])("[^"]*"|[0-9.]+|true)`)
	n := 0
	for _, whole := range []string{wholeHAR, wholeNetLog} {
		for _, place := range value.FindAllStringSubmatchIndex(whole, -1) {
			// Names of errors are those of browsers.
			for _, form := range []string{"zebra", "Zebra Recorder", "ZEBRA", "zebra/1.0", "1.0-zebra", "libzebra.so.1", "lib_zebra.so", "gss_zebra", "InitializeZebra",
				"ZEBRA / HTTP/1.1", "zebra://zebra/zebra", ":method: zebra", ":scheme: zebra", ":zebra: zebra", "zebra: zebra", "2026-01-02T03:04:05 zebra", "Zebra.dll", "10.11.12.14", "10.11.12.14:5", "[fd00::77]:5", "zebra@10.11.12.14"} {
				if n++; n%testcost.Step(11) != 0 {
					continue
				}
				text := whole[:place[4]] + `"` + form + `"` + whole[place[5]:]
				out := strings.ToLower(string(redacted(t, newRedactor(), []byte(text))))
				for _, gone := range []string{"zebra", "10.11.12.14", "fd00::77"} {
					if strings.Contains(out, gone) {
						t.Errorf("%q in place of %s stays", form, whole[max(place[0]-30, 0):place[1]])
					}
				}
			}
		}
	}
}
