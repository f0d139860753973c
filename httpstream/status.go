package httpstream

// Statuses of responses (RFC 9110 section 15) that have a meaning of their own here. They are
// listed so that the packages which read captures need no HTTP client or server.
const (
	StatusSwitchingProtocols          = 101
	StatusOK                          = 200
	StatusNoContent                   = 204
	StatusMultipleChoices             = 300
	StatusMovedPermanently            = 301
	StatusFound                       = 302
	StatusSeeOther                    = 303
	StatusNotModified                 = 304
	StatusTemporaryRedirect           = 307
	StatusPermanentRedirect           = 308
	StatusBadRequest                  = 400
	StatusUnauthorized                = 401
	StatusPaymentRequired             = 402
	StatusForbidden                   = 403
	StatusProxyAuthRequired           = 407
	StatusRequestTimeout              = 408
	StatusLengthRequired              = 411
	StatusRequestEntityTooLarge       = 413
	StatusRequestURITooLong           = 414
	StatusExpectationFailed           = 417
	StatusMisdirectedRequest          = 421
	StatusTooEarly                    = 425
	StatusUpgradeRequired             = 426
	StatusTooManyRequests             = 429
	StatusRequestHeaderFieldsTooLarge = 431
	StatusInternalServerError         = 500
	StatusBadGateway                  = 502
	StatusServiceUnavailable          = 503
	StatusGatewayTimeout              = 504
)

// StatusText returns the phrase of a status, "" if it has none.
func StatusText(status int) string {
	if status < 0 || status >= len(statusTexts) {
		return ""
	}
	return statusTexts[status]
}

// statusTexts are the phrases of the registry, and for 413, 414 and 416 those of RFC 2616, which
// servers still send.
var statusTexts = [...]string{
	100: "Continue",
	101: "Switching Protocols",
	102: "Processing",
	103: "Early Hints",

	200: "OK",
	201: "Created",
	202: "Accepted",
	203: "Non-Authoritative Information",
	204: "No Content",
	205: "Reset Content",
	206: "Partial Content",
	207: "Multi-Status",
	208: "Already Reported",
	226: "IM Used",

	300: "Multiple Choices",
	301: "Moved Permanently",
	302: "Found",
	303: "See Other",
	304: "Not Modified",
	305: "Use Proxy",
	307: "Temporary Redirect",
	308: "Permanent Redirect",

	400: "Bad Request",
	401: "Unauthorized",
	402: "Payment Required",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	406: "Not Acceptable",
	407: "Proxy Authentication Required",
	408: "Request Timeout",
	409: "Conflict",
	410: "Gone",
	411: "Length Required",
	412: "Precondition Failed",
	413: "Request Entity Too Large",
	414: "Request URI Too Long",
	415: "Unsupported Media Type",
	416: "Requested Range Not Satisfiable",
	417: "Expectation Failed",
	418: "I'm a teapot",
	421: "Misdirected Request",
	422: "Unprocessable Entity",
	423: "Locked",
	424: "Failed Dependency",
	425: "Too Early",
	426: "Upgrade Required",
	428: "Precondition Required",
	429: "Too Many Requests",
	431: "Request Header Fields Too Large",
	451: "Unavailable For Legal Reasons",

	500: "Internal Server Error",
	501: "Not Implemented",
	502: "Bad Gateway",
	503: "Service Unavailable",
	504: "Gateway Timeout",
	505: "HTTP Version Not Supported",
	506: "Variant Also Negotiates",
	507: "Insufficient Storage",
	508: "Loop Detected",
	510: "Not Extended",
	511: "Network Authentication Required",
}

// IsSuccess reports whether the status is one of success, 2xx. It is safe on nil.
func (r *Response) IsSuccess() bool {
	return r != nil && r.Status >= StatusOK && r.Status < StatusMultipleChoices
}

// IsRedirection reports whether the status is 3xx. It is safe on nil.
func (r *Response) IsRedirection() bool {
	return r != nil && r.Status >= StatusMultipleChoices && r.Status < StatusBadRequest
}
