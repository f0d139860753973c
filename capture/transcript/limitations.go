package transcript

import (
	"cmp"
	"slices"

	"negotrace/internal/lazyregexp"
)

// byStart returns connections in the order of their first requests.
func byStart(conns map[string]*conn) []*conn {
	var all []*conn
	names := map[*conn]string{}
	for name, c := range conns {
		all = append(all, c)
		names[c] = name
	}
	slices.SortFunc(all, func(a, b *conn) int {
		return cmp.Or(cmp.Compare(a.Start.Frame, b.Start.Frame), cmp.Compare(names[a], names[b]))
	})
	return all
}

// traceLine is a line that MIT Kerberos prints of itself: process, time, message.
var traceLine = lazyregexp.New(`^\[\d+\] \d{9,11}\.\d+: `)

// limitations says what a transcript cannot show.
func (a *assembler) limitations(program string) {
	writer := "the output of " + program
	switch program {
	case "":
		writer = "a text of requests and responses"
	case devTools:
		writer = "copied from a browser's DevTools, which show the last response only"
	case clientFactory:
		writer = "the log of .NET's IHttpClientFactory, which shows the last response of each request, header lines at level Trace only, and no connections"
	case okHTTPCalls:
		writer = "the log of OkHttp's calls, which has the last response of each only, and no connections: add the HttpLoggingInterceptor with addNetworkInterceptor to have what is sent and answered"
	case feign:
		writer = "the log of Feign, which has the last response of each request, header lines at levels HEADERS and FULL only, and no connections: have the client below it log what is sent and answered"
	case okHTTP:
		writer = "the log of OkHttp, which has header lines at levels HEADERS and BODY only, and no connections"
	case javaNet:
		writer = "the log of Java's java.net.http, which has header lines with -Djdk.httpclient.HttpClient.log=requests,headers only, and no connections"
	case httpx:
		writer = "the log of httpx, which has no header lines of requests, those of responses at level DEBUG only, and no connections"
	case urllib3:
		writer = "the log of urllib3, which has no header lines: neither challenges nor credentials, and no connections"
	}
	if a.requestless > 0 {
		a.out.Limited("transcript-incomplete", "responses of this transcript without their requests: %d; which URL was asked for, and whether credentials were sent, is not known of them", a.requestless)
	}
	if a.requestless == a.exchanges && (program == "" || program == wget) {
		writer = "responses alone, as curl -i and wget -S print them"
	}
	if a.headless > 0 {
		a.out.Limited("request-lines-missing", "header lines of requests whose first line (as GET / HTTP/1.1) is not in this text were passed over, with what credentials they have: %d", a.headless)
	}
	if a.redacted > 0 {
		advice := "ask for the text as the program printed it"
		if program == firefox {
			advice = "Firefox does so unless network.http.sanitize-headers-in-logs is false"
		}
		a.out.Limited("transcript-incomplete", "credentials in this transcript were shortened or replaced by words (%d): what was in them is not known; %s", a.redacted, advice)
	}
	if a.failed > 0 {
		a.out.Limited("requests-unanswered", "calls that failed without a response: %d; %s says of the first %q", a.failed, program, a.failure)
	}
	if a.traced > 0 {
		a.out.Limited("transcript-incomplete", "lines of KRB5_TRACE among the requests were passed over (%d): give them in a file of their own, beside this one", a.traced)
	}
	a.out.Limited("transcript-incomplete", "this is a transcript (%s): it has the requests and header lines that were printed, in their order; what was left out or cut before it was pasted, lost packets and times cannot be seen", writer)
}
