package correlate

import (
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/capture/hosttext"
	"negotrace/httpstream"
)

// hostFacts are facts about hosts from the output of commands. They are read before the capture.
type hostFacts struct {
	list     []*hosttext.Entry
	byName   map[string][]*hosttext.Entry // tickets, keys and registrations, by SPN in small letters
	names    map[netip.Addr][]string      // of hosts
	counters *httpstream.Counters
}

func newHostFacts(counters *httpstream.Counters) *hostFacts {
	return &hostFacts{byName: map[string][]*hosttext.Entry{}, names: map[netip.Addr][]string{}, counters: counters}
}

// add takes a fact.
func (f *hostFacts) add(e *hosttext.Entry) {
	if len(f.list) == maxHostFacts {
		f.counters.Drop("facts of texts about hosts", 1)
		return
	}
	f.list = append(f.list, e)
	name := ""
	switch {
	case e.Ticket != nil:
		name = e.Ticket.Server
	case e.Key != nil:
		name = e.Key.Principal
	case e.Registration != nil:
		name = e.Registration.SPN
	case e.Host != nil:
		for _, a := range e.Host.Addresses {
			f.names[a] = append(f.names[a], e.Host.Name)
		}
	}
	if name = strings.ToLower(analysis.WithoutRealm(name)); name != "" {
		f.byName[name] = append(f.byName[name], e)
	}
}

// join adds to handshakes the facts about their SPN.
func (f *hostFacts) join(handshakes []*analysis.Handshake) {
	for _, h := range handshakes {
		all := f.byName[strings.ToLower(analysis.WithoutRealm(h.SPN))]
		h.HostTexts = slices.Clone(all[:min(len(all), maxEventsOfOne)])
	}
}

// namesOf returns the names of the host that has an address.
func (f *hostFacts) namesOf(a netip.Addr) []string {
	if f == nil {
		return nil
	}
	return f.names[a.Unmap()]
}
