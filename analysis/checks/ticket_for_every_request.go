package checks

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var ticketForEveryRequest = &analysis.Check{
	Name:     "ticket-for-every-request",
	Title:    "the client asks the KDC for a new ticket again and again",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	Topic:    analysis.Hygiene,
	Means:    "A service ticket is good for hours, and a client keeps it. This one asks for a new one within seconds, each time as if it had none: every request waits for the KDC, and the KDC has the load of all of them.",
	Proof:    "At least four tickets for one service, issued to one client name at one address within a minute, each while the one before was still good for as long as tickets usually are.",
	Not:      "A front end that gets a ticket for each of its users: the client names differ. Tickets with another encryption type, for another realm, or after a refusal by the server.",
	Causes: []analysis.Advice{
		{Text: "The program makes a new logon context with an empty ticket cache for each request (Java: a new Subject or LoginContext; a MEMORY: cache for each connection).", If: []fact.Fact{fact.ClientJava, fact.ClientPython, fact.ClientGo, fact.ClientOther}},
		{Text: "The ticket cache cannot be written: permissions, a full disk, a container without the directory."},
		{Text: "A pool of worker processes of which each has a cache of its own."},
	},
	Fix: []analysis.Advice{
		{Text: "Keep one logon context and one ticket cache for the life of the program."},
		{Text: "klist while it runs: the ticket for the service must be in the cache that the program uses (KRB5CCNAME)."},
	},
	Sources: []string{"RFC 4120 section 3.3.1", "Java, Krb5LoginModule, options useTicketCache and refreshKrb5Config"},
	Run:     runTicketForEveryRequest,
}

// How many tickets for one service within how long are too many.
const (
	minNewTickets   = 4
	newTicketWindow = time.Minute
)

// A ticketOwner is who got a ticket, where, and for what.
type ticketOwner struct {
	client        netip.Addr
	name, service string
}

func runTicketForEveryRequest(p *analysis.Pass) {
	issued := map[ticketOwner][]*analysis.KDCExchange{}
	var owners []ticketOwner
	for _, k := range p.KDC {
		r := k.Rep()
		if r == nil || k.Request == nil || !k.TGS() || r.Ticket.Service.TGS() || k.ForAnotherUser() {
			continue
		}
		o := ticketOwner{k.Client.Addr(), r.Client.String(), r.Ticket.Service.String()}
		if o.service == "" || o.name == "" {
			continue // they are in what is cut off
		}
		if issued[o] == nil {
			owners = append(owners, o)
		}
		issued[o] = append(issued[o], k)
	}
	for _, o := range owners {
		all := inOneWindow(issued[o])
		if len(all) < minNewTickets || refusedBetween(p, all) {
			continue
		}
		first, last := all[0], all[len(all)-1]
		f := p.FoundKDC(nil, last, "%s at %v got %d tickets for %s within %s: it keeps none", o.name, o.client, len(all), o.service, analysis.DurationText(last.ReplyPos.Time.Sub(first.ReplyPos.Time)))
		f.AddProof(first.ReplyPos)
	}
}

// inOneWindow returns the longest run of exchanges that lies within the window.
func inOneWindow(all []*analysis.KDCExchange) []*analysis.KDCExchange {
	var longest []*analysis.KDCExchange
	from := 0
	for i, k := range all {
		for k.ReplyPos.Time.Sub(all[from].ReplyPos.Time) > newTicketWindow {
			from++
		}
		if i+1-from > len(longest) {
			longest = all[from : i+1]
		}
	}
	return longest
}

// refusedBetween reports whether a server refused one of these tickets: the client then has a
// reason to get another.
func refusedBetween(p *analysis.Pass, all []*analysis.KDCExchange) bool {
	return slices.ContainsFunc(p.Context, func(h *analysis.Handshake) bool {
		_, ap := h.APReq()
		return ap != nil && h.Outcome == analysis.Failed &&
			slices.ContainsFunc(all, func(k *analysis.KDCExchange) bool { return k.Issued(ap) })
	})
}
