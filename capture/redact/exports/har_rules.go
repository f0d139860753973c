package exports

// The rules of a HAR (HTTP Archive 1.2), and for what browsers add to it.
var (
	number  = identifier(`[0-9]{1,20}`)
	version = matching(`(?i:HTTP/[0-9.]{1,3}(?:\+quic/[0-9]{1,3})?|h[23](?:-[0-9q]{1,3})?|spdy/[0-9.]{1,4}|quic|unknown|data|blob)`)
	creator = object("a creator", member{"name", software}, member{"version", software})

	harLog = object("a log",
		member{"version", matching(`[0-9.]{1,8}`)},
		member{"creator", creator},
		member{"browser", creator},
		member{"pages", array(object("a page",
			member{"startedDateTime", dateTime},
			member{"id", pageID},
			member{"title", scalar((*rewriter).title)},
			member{"pageTimings", object("a page's times", member{"onContentLoad", literal}, member{"onLoad", literal})}))},
		member{"entries", array(harEntry)})

	entryMembers = []member{
		{"startedDateTime", dateTime},
		{"time", literal},
		{"request", object("a request", append(messageMembers,
			member{"method", method},
			member{"url", urlText},
			member{"queryString", array(object("a query", member{"name", nameText}, member{"value", nameText}))},
			member{"postData", object("posted data", member{"mimeType", mediaType})})...)},
		{"response", object("a response", append(messageMembers,
			member{"status", status},
			member{"statusText", messageText},
			member{"redirectURL", urlText},
			member{"_transferSize", literal},
			member{"_error", errorText},
			member{"_failureText", errorText},
			member{"content", object("a content",
				member{"size", literal},
				member{"compression", literal},
				member{"mimeType", mediaType},
				member{"encoding", matching("base64")},
				member{"text", scalar((*rewriter).body)})})...)},
		{"cache", object("a cache")},
		{"timings", object("timings", literals("blocked", "dns", "connect", "ssl", "send", "wait", "receive",
			"_blocked_queueing", "_blocked_proxy", "_workerStart", "_workerReady", "_workerFetchStart", "_workerRespondWithSettled")...)},
		{"serverIPAddress", endpoint},
		{"_serverPort", literal},
		{"connection", number},
		{"_connectionId", number},
		{"_error", errorText},
		{"_failureText", errorText},
		{"pageref", pageID},
		{"_fromCache", matching("memory|disk|false|true|prefetch")},
		{"_priority", matching("VeryHigh|High|Medium|Low|VeryLow")},
		{"_resourceType", matching("document|stylesheet|image|media|font|script|texttrack|xhr|fetch|prefetch|eventsource|websocket|manifest|ping|preflight|other")},
		{"_securityState", matching("secure|insecure|weak|broken")},
		{"_securityDetails", object("security details",
			member{"protocol", matching(`(?:TLS|QUIC|SSL)[ v0-9.]{0,8}`)},
			member{"subjectName", nameText},
			member{"issuer", nameText},
			member{"validFrom", day},
			member{"validTo", day})},
	}

	messageMembers = []member{
		{"httpVersion", version},
		{"headersSize", literal},
		{"bodySize", literal},
		{"headers", headers},
		{"cookies", array(object("a cookie",
			member{"name", opaque}, member{"value", opaque}, member{"path", urlText}, member{"domain", nameText},
			member{"expires", dateTime}, member{"httpOnly", literal}, member{"secure", literal}, member{"sameSite", matching("None|Lax|Strict")}))},
	}

	pageID    = identifier(`page_[0-9]{1,9}`)
	mediaType = scalar((*rewriter).mediaType)
	errorText = scalar((*rewriter).errorText)
)

// literals makes members for names whose values are numbers.
func literals(names ...string) (all []member) {
	for _, name := range names {
		all = append(all, member{name, literal})
	}
	return all
}

// harEntry takes an element of a list of entries.
func harEntry(r *rewriter) error {
	r.Counts.Entries++
	r.status, r.media = "", ""
	return object("an entry", entryMembers...)(r)
}
