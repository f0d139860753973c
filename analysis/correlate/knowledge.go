package correlate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// knowledge is what is known of the whole capture so far.
type knowledge struct {
	dns           analysis.DNS
	lookupBytes   int // see sizeOfLookup
	ticketHolders map[netip.Addr]ticketHolder
	baselines     map[netip.AddrPort][]time.Duration // per server: times to answer without authentication, sorted
	challenged    map[protectionSpace]schemeKinds    // where credentials were asked for, and of which schemes
	siteNames     map[string]bool                    // hosts for which tickets were asked
	answers       map[ticketRequester][]ticketAnswer // of KDCs, the last ones to each
	kdcSeen       bool                               // a message to or from a KDC, or a connection for one
	midStream     int                                // connections with HTTP whose beginning is missing
	clocks        clocks
	counters      *httpstream.Counters
}

func newKnowledge(counters *httpstream.Counters) knowledge {
	return knowledge{
		ticketHolders: map[netip.Addr]ticketHolder{},
		baselines:     map[netip.AddrPort][]time.Duration{},
		challenged:    map[protectionSpace]schemeKinds{},
		siteNames:     map[string]bool{},
		answers:       map[ticketRequester][]ticketAnswer{},
		clocks:        newClocks(counters),
		counters:      counters,
	}
}

// addAnswerTime notes how long a server took to answer without authentication.
func (k *knowledge) addAnswerTime(a *answerTime) {
	i, _ := slices.BinarySearch(k.baselines[a.server], a.took)
	k.baselines[a.server] = slices.Insert(k.baselines[a.server], i, a.took)
}

// A ticketHolder is the principal that got tickets at an address.
type ticketHolder struct {
	name, realm string         // empty if there were several
	at          httpstream.Pos // of the first ticket
}

// addTicketHolder notes which principal got a ticket at a client's address. A reply without its
// request does not count: anybody could have sent it.
func (k *knowledge) addTicketHolder(x *analysis.KDCExchange) {
	rep := x.Rep()
	if rep == nil || x.Request == nil || !visibleName(rep.Client) {
		return
	}
	client, name := x.Client.Addr(), rep.Client.String()
	holder, known := k.ticketHolders[client]
	switch {
	case known && !strings.EqualFold(holder.name, name):
		holder.name = ""
		k.ticketHolders[client] = holder
	case !known && len(k.ticketHolders) >= maxClients:
		k.counters.Drop("tickets whose users were not remembered", 1, x.Pos())
	case !known:
		k.ticketHolders[client] = ticketHolder{name, rep.Client.Realm, x.ReplyPos}
	}
}

// soleTicketHolder returns the one principal that got tickets at the address, if there was
// only one in the capture so far, and it is of the realm.
func (k *knowledge) soleTicketHolder(client netip.Addr, realm string) (user, from string) {
	holder := k.ticketHolders[client]
	if holder.name == "" || realm != "" && !strings.EqualFold(holder.realm, realm) {
		return "", ""
	}
	return holder.name, fmt.Sprintf("inferred: the only principal that got tickets at this address, %s", holder.at)
}

// visibleName reports whether a KDC's reply says who the client is: with FAST the name
// outside may be hidden behind WELLKNOWN/ANONYMOUS (RFC 6113 section 5.4.2, RFC 8062).
func visibleName(p tokens.Principal) bool { return p.Service() != "WELLKNOWN" }
