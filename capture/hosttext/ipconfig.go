package hosttext

import (
	"net/netip"
	"strings"
)

// A Host is a computer as ipconfig /all describes it.
type Host struct {
	Name       string       `json:"name"`                  // host name, without a suffix
	Suffix     string       `json:"suffix,omitempty"`      // its primary DNS suffix
	Search     []string     `json:"search,omitempty"`      // suffixes that it tries for short names
	Addresses  []netip.Addr `json:"addresses,omitempty"`   // IP addresses of its adapters
	DNSServers []netip.Addr `json:"dns_servers,omitempty"` // addresses of the name servers that it asks
}

// FullName returns the name of the host with its suffix.
func (h *Host) FullName() string {
	if h.Suffix == "" {
		return h.Name
	}
	return h.Name + "." + h.Suffix
}

// A Record is an entry of the DNS resolver's cache (ipconfig /displaydns).
type Record struct {
	Name    string     `json:"name"`              // name that the record is about
	Alias   string     `json:"alias,omitempty"`   // the name that a CNAME record leads to
	Address netip.Addr `json:"address,omitzero"`  // from an A or AAAA record
	Missing bool       `json:"missing,omitempty"` // a name server answered that the name does not exist
}

// host reads the output of ipconfig /all or /displaydns.
type host struct {
	Host
	firstLine  int
	listLabel  string // label of the list that lines without a label continue
	cachedName string // name in the cache that the following lines describe
	record     *Record
	recordLine int // first line of record
}

func newHost(r *reader, _ string) section { return &host{firstLine: r.lineNumber} }

func (h *host) line(r *reader, text string) bool {
	if headingIndex(text) >= 0 {
		return false
	}
	if !isIndented(text) { // the name of an adapter
		h.listLabel = ""
		return strings.HasSuffix(text, ":")
	}
	text = strings.TrimSpace(text)
	label, value, ok := strings.Cut(text, " :")
	label, value = strings.TrimRight(label, " ."), strings.TrimSpace(value)
	if !ok {
		h.unlabelled(r, text)
		return true
	}
	h.listLabel = label
	switch label {
	case "Host Name":
		h.Name = value
	case "Primary Dns Suffix":
		h.Suffix = value
	case "Record Name":
		h.endRecord(r)
		h.record, h.recordLine = &Record{Name: value}, r.lineNumber
	case "A (Host) Record", "AAAA Record":
		if h.record != nil {
			h.record.Address, _ = netip.ParseAddr(value)
		}
	case "CNAME Record":
		if h.record != nil {
			h.record.Alias = value
		}
	default:
		h.addValue(value)
	}
	return true
}

// addValue adds a value to the list of listLabel.
func (h *host) addValue(value string) {
	switch h.listLabel {
	case "DNS Suffix Search List":
		if len(h.Search) < maxValues {
			h.Search = append(h.Search, value)
		}
	case "IPv4 Address", "IPv6 Address", "Link-local IPv6 Address", "Temporary IPv6 Address", "Autoconfiguration IPv4 Address", "IP Address":
		h.Addresses = appendAddr(h.Addresses, value)
	case "DNS Servers":
		h.DNSServers = appendAddr(h.DNSServers, value)
	}
}

// unlabelled reads a line without a label: a further value of a list, a name in the cache, or the
// message that a name does not exist.
func (h *host) unlabelled(r *reader, text string) {
	switch {
	case strings.Trim(text, "-") == "":
	case text == "Name does not exist." && h.cachedName != "":
		h.endRecord(r)
		r.add(Entry{Record: &Record{Name: h.cachedName, Missing: true}}, r.lineNumber)
	case h.listLabel == "DNS Suffix Search List" || h.listLabel == "DNS Servers":
		h.addValue(text)
	case !strings.Contains(text, " "):
		h.endRecord(r)
		h.cachedName = text
	}
}

// appendAddr adds an address, without "(Preferred)" or the zone that Windows writes after it.
func appendAddr(to []netip.Addr, text string) []netip.Addr {
	text, _, _ = strings.Cut(text, "(")
	text, _, _ = strings.Cut(text, "%")
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil || len(to) >= maxValues {
		return to
	}
	return append(to, a)
}

func (h *host) endRecord(r *reader) {
	if h.record != nil && (h.record.Alias != "" || h.record.Address.IsValid()) {
		r.add(Entry{Record: h.record}, h.recordLine)
	}
	h.record = nil
}

func (h *host) end(r *reader) {
	h.endRecord(r)
	if h.Name != "" {
		r.add(Entry{Host: &h.Host}, h.firstLine)
	}
}
