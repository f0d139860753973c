package servertext

import "negotrace/analysis/fact"

// pageMakers are in the pages of errors that servers bring along, or that quote their libraries, and say
// whose page it is.
var pageMakers = [...]struct {
	part string
	fact fact.Fact
}{
	{"<h1>HTTP Status ", fact.ServerTomcat}, {"<h3>Apache Tomcat/", fact.ServerTomcat}, {"Powered by Jetty:", fact.ServerJetty},
	{"<hr><center>nginx", fact.ServerNginx}, {"<address>Apache/", fact.ServerApache}, {"<h2>Bad Request - Request Too Long</h2>", fact.ServerIIS},
	{"GSSException: ", fact.ServerOther}, {"KrbException: ", fact.ServerOther}, // of Java
}

var makerSearch = newSearch(func() (parts []string) {
	for _, m := range pageMakers {
		parts = append(parts, m.part)
	}
	return parts
}())

// pageMaker returns the kind of server that brings along the page of an error; "" for any other page.
func pageMaker(body []byte) fact.Fact {
	at := makerSearch.first(body)
	if at < 0 {
		return ""
	}
	for _, m := range pageMakers {
		if len(body)-at >= len(m.part) && string(body[at:at+len(m.part)]) == m.part {
			return m.fact
		}
	}
	return ""
}
