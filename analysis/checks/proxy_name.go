package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
)

// By which name a client calls a proxy is not in its requests: several checks share what follows.
var (
	proxyByAddress = analysis.Advice{
		Text: "The client's settings name the proxy by its address, which the capture does not show: there is no Kerberos for an address by default.",
		If:   []fact.Fact{fact.AtProxy}, Unless: []fact.Fact{fact.TicketIssued},
	}
	nameTheProxy = analysis.Advice{
		Text: "Name the proxy by its full name in PAC file, policy or environment, and give that name a service principal name: HTTP/<proxy name>.",
		If:   []fact.Fact{fact.AtProxy}, Unless: []fact.Fact{fact.TicketIssued},
	}
)
