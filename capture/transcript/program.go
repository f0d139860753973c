package transcript

// Programs that print messages.
const (
	curl     = "curl"
	httr     = "R's httr"
	git      = "Git"
	wget     = "Wget"
	haproxy  = "haproxy"
	openSSL  = "openssl s_client"
	telnet   = "telnet"
	mitm     = "mitmproxy"
	zap      = "ZAP"
	devTools = "DevTools" // of browsers, which record only the last response
)

// A program is one that prints messages in a way of its own, which read knows: it returns the lines for a line
// of the text, and whether that is one of this program.
type program struct {
	name string
	read func(r *reader, text string) ([]line, bool)
}

// readers are the programs whose lines are known, in the order in which they are tried.
var readers = []program{
	{curl, (*reader).curlLine},
	{httr, (*reader).httrLine},
	{git, (*reader).gitLine},
	{wget, (*reader).wgetLine},
	{haproxy, (*reader).haproxyLine},
	{urllib3, (*reader).urllib3Line},
	{httpx, (*reader).httpxLine},
	{requests, (*reader).dictLine},
	{dotNet, (*reader).dotNetLine},
	{clientFactory, (*reader).clientFactoryLine},
	{systemNet, (*reader).systemNetLine},
	{httpURLConnection, (*reader).httpURLConnectionLine},
	{javaNet, (*reader).javaNetLine},
	{okHTTP, (*reader).callLine},
	{okHTTPCalls, (*reader).callLine},
	{feign, (*reader).callLine},
	{firefox, (*reader).mozillaLine},
	{ruby, (*reader).rubyLine},
	{python, (*reader).pythonLine},
	{httpClient, (*reader).httpClientLine},
	{mitm, (*reader).mitmLine},
	{zap, (*reader).zapLine},
	{openSSL, (*reader).openSSLLine},
	{telnet, (*reader).telnetLine},
	{px, (*reader).pxLine},
	{cntlm, (*reader).cntlmLine},
	{devTools, (*reader).paneLine},
}

// mayBe reports whether a program may have written the text: no line shows that it was another one. A body that
// is printed may hold the lines of any.
func (r *reader) mayBe(name string) bool {
	return r.program == "" || r.program == name ||
		r.program == urllib3 && name == python // the library below it, which has the header lines
}

// programLine reads a line of a program.
func (r *reader) programLine(text string) ([]line, bool) {
	for _, p := range readers {
		if r.mayBe(p.name) {
			if lines, ok := p.read(r, text); ok {
				return lines, true
			}
		}
	}
	return nil, false
}
