package checks

// A fact is something that vendors decide and will decide anew: a default, a limit, a
// date. They stand here together, each with its source, and nowhere else.
type fact struct {
	says   string
	source string
	asOf   string // when the source was read
}

var (
	factAESDefault = fact{
		says:   "Domain controllers are being switched to AES-only defaults for accounts without msDS-SupportedEncryptionTypes (CVE-2026-20833): audit from January 2026, default from April 2026, without way back announced for July 2026; events KDCSVC 201 to 209 name the accounts.",
		source: "Microsoft KB5073381 and techcommunity.microsoft.com discussion 4511702",
		asOf:   "2026-11",
	}
	factNTLMv1Removed = fact{
		says:   "Windows 11 24H2 and Windows Server 2025 no longer have NTLMv1; BlockNtlmv1SSO is announced to be enforced in October 2026 (events 4024, 4025).",
		source: "Microsoft KB5066470",
		asOf:   "2026-11",
	}
	factSkew = fact{
		says:   "The usual limit of Kerberos for the difference between clocks is five minutes.",
		source: "Microsoft, Kerberos protocol registry entries and KDC configuration keys (SkewTime)",
		asOf:   "2026-11",
	}
	factSPNCache = fact{
		says:   "Windows clients remember for 15 minutes that a service principal name was not found.",
		source: "Microsoft, Kerberos protocol registry entries and KDC configuration keys (SpnCacheTimeout)",
		asOf:   "2026-11",
	}
	factTokenSize = fact{
		says:   "MaxTokenSize is 48000 bytes since Windows 8 and Server 2012, 12000 before.",
		source: "Microsoft KB327825",
		asOf:   "2026-11",
	}
)

// A headerLimit is the size of header that a server takes unless told otherwise.
type headerLimit struct {
	server  string // how its Server header begins
	line    int    // bytes of one header line, 0 if not limited by itself
	total   int    // bytes of the whole head, 0 if not limited by itself
	setting string // what raises it
	source  string
}

// headerLimits are the defaults of servers; the first match counts.
var headerLimits = []headerLimit{
	{"Microsoft-", 16384, 16384, `HKLM\System\CurrentControlSet\Services\HTTP\Parameters: MaxFieldLength (up to 65534) and MaxRequestBytes (up to 16777216), then restart HTTP`, "Microsoft KB820129"},
	{"Kestrel", 0, 32768, "KestrelServerLimits.MaxRequestHeadersTotalSize", "Microsoft, KestrelServerLimits"},
	{"Apache-Coyote", 0, 8192, "maxHttpHeaderSize (maxHttpRequestHeaderSize) of the connector", "Apache Tomcat, HTTP connector"},
	{"Apache", 8190, 0, "LimitRequestFieldSize", "Apache HTTP Server, core directives"},
	{"nginx", 8192, 32768, "large_client_header_buffers", "nginx, ngx_http_core_module"},
	{"openresty", 8192, 32768, "large_client_header_buffers", "nginx, ngx_http_core_module"},
	{"Jetty", 0, 8192, "requestHeaderSize of HttpConfiguration", "Eclipse Jetty, HttpConfiguration"},
	{"squid", 0, 65536, "request_header_max_size", "squid, request_header_max_size"},
}
