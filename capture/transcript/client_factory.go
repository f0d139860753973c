package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// clientFactory is the logger of clients that .NET's IHttpClientFactory makes. It is above what answers
// challenges, so it has the last response of each request; header lines only at level Trace.
const clientFactory = ".NET's IHttpClientFactory"

var (
	factorySends    = lazyregexp.New(`\bSending HTTP request ([A-Z]+) (https?://\S+)$`)
	factoryReceives = lazyregexp.New(`\bReceived HTTP response(?: headers)? after [\d.]+ ?ms - (\d{3}|[A-Z][A-Za-z]+)$`)
	factoryHead     = lazyregexp.New(`^(?:.*[ |])?(?:Request|Response) Headers:$`)
	factoryField    = lazyregexp.New(`^ *[A-Za-z][A-Za-z0-9-]*: `)
	factoryLevel    = lazyregexp.New(`^[a-z]{4}: `)
)

// factoryStatuses are the names of statuses, which releases before .NET 5 write in place of the number.
var factoryStatuses = map[string]string{"OK": "200", "Unauthorized": "401", "Forbidden": "403", "ProxyAuthenticationRequired": "407", "InternalServerError": "500"}

// clientFactoryLine reads a line of such a log.
func (r *reader) clientFactoryLine(text string) ([]line, bool) {
	if r.program == "" && !strings.Contains(text, "Sending HTTP request ") {
		return nil, false
	}
	if m := factorySends().FindStringSubmatch(text); m != nil {
		r.program, r.mode = clientFactory, inRequest
		return []line{{kind: remark, text: "Closing connection"}, {kind: requestLine, text: m[1] + " " + m[2] + " HTTP/1.1"}}, true
	}
	if r.program == "" {
		return nil, false
	}
	if m := factoryReceives().FindStringSubmatch(text); m != nil {
		status := m[1]
		if known := factoryStatuses[status]; known != "" {
			status = known
		}
		r.mode, r.inFields = inResponse, false
		return []line{{kind: requestLine}, {kind: responseLine, text: "HTTP/1.1 " + status}}, true
	}
	switch {
	case strings.Contains(text, "End processing HTTP request"):
		r.mode, r.inFields = inBody, false // what follows has the header lines again
	case factoryHead().MatchString(text):
		r.inFields = r.mode != inBody
	case !r.inFields:
	case factoryField().MatchString(text) && !factoryLevel().MatchString(text):
		return []line{{kind: map[mode]kind{inRequest: requestLine, inResponse: responseLine}[r.mode], text: strings.TrimSpace(text)}}, true
	default:
		r.inFields = false
	}
	return nil, true
}
