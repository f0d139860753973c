package redact

import "slices"

// Protocols that are not read keep the heads of their messages, which say what they are and how long, so that
// other programs find them. What heads hold of names and contents becomes zeros or noise.

// A headed is such a protocol over TCP.
type headed struct {
	ports []uint16
	// size returns the length of the message that b begins with: 0 if more bytes are needed to know it, -1 if
	// there is none.
	size func(b []byte) int
	// rewrite rewrites a message, of which the end may be missing.
	rewrite func(r *Redactor, b []byte)
}

// headedByPort are the protocols that begin on their ports alone.
var headedByPort = []*headed{
	{[]uint16{portNetBIOSSession, portSMB}, sessionSize, (*Redactor).session},
	{[]uint16{portLDAP, portGlobalCatalog}, ldapSize, (*Redactor).ldap},
	{[]uint16{portSMTP, portPOP, portIMAP, portSubmission}, lineSize, (*Redactor).textLines},
	{[]uint16{portRDP}, tpktSize, (*Redactor).tpkt},
	{[]uint16{portTDS}, tdsSize, (*Redactor).tds},
	{[]uint16{portPostgreSQL}, postgreSQLSize, (*Redactor).postgreSQL},
	{[]uint16{portModbus}, modbusSize, (*Redactor).modbus},
	{[]uint16{portLDP}, ldpSize, (*Redactor).ldp},
}

// headedByContent are those that are on any port, and known by what they begin with.
var headedByContent = []*headed{
	{nil, dcerpcSize, (*Redactor).dcerpc},
	{nil, rpcRecordSize, (*Redactor).rpcRecord},
}

// A headedDatagram is such a protocol over UDP.
type headedDatagram struct {
	ports   []uint16 // none for one that is known by its content alone
	is      func(b []byte) bool
	rewrite func(r *Redactor, b []byte)
}

var headedDatagrams = []headedDatagram{
	{[]uint16{portDHCPServer, portDHCPClient}, isDHCP, (*Redactor).dhcp},
	{[]uint16{portNetBIOSDatagram}, isNetBIOSDatagram, (*Redactor).netBIOSDatagram},
	{[]uint16{portSNMP, portSNMPTrap}, isSNMP, (*Redactor).snmp},
	{[]uint16{portPTPEvent, portPTP}, isPTP, (*Redactor).ptp},
	{[]uint16{portLDAP}, isLDAP, (*Redactor).ldap},
	{[]uint16{portIKE}, isIKE, (*Redactor).ike},
	{[]uint16{portRADIUS, portRADIUSAccounting}, isRADIUS, (*Redactor).radius},
	{[]uint16{portRIP}, isRIP, (*Redactor).rip},
	{[]uint16{portLDP}, isLDP, (*Redactor).ldp},
	{[]uint16{portCoAP}, isCoAP, (*Redactor).coap},
	{[]uint16{portNetFlow, portNetFlow2, portNetFlow3, portIPFIX}, isNetFlow, (*Redactor).netFlow},
	{[]uint16{portGTP}, isGTP, (*Redactor).gtp},
	{[]uint16{portSSDP, portSIP}, isLine, (*Redactor).textLines},
	{nil, isDTLS, (*Redactor).dtls},
	{nil, isRPC, (*Redactor).rpc},
}

// headedDatagram rewrites a datagram of such a protocol, and reports whether it is one.
func (r *Redactor) headedDatagram(src, dst uint16, b []byte) bool {
	for i := range headedDatagrams {
		d := &headedDatagrams[i]
		if (d.ports == nil || slices.Contains(d.ports, src) || slices.Contains(d.ports, dst)) && d.is(b) {
			d.rewrite(r, b)
			return true
		}
	}
	return false
}

// notRead names connections that are counted and not understood.
const notRead = "connections of protocols that are not read"

// zerosAreMessages are ports of protocols in which a message of length 0 is malformed, or is one: Wireshark takes zeros
// there for malformed, and noise for nothing.
var zerosAreMessages = []uint16{
	42, 210, 547, 1153, 1194, 2234, 2240, 2571, 3002, 3003, 3006, 3014, 3016, 3017, 3018, 3019, portMySQL, 3369, 3724, 4222, 4249, 4250, 5000, 5353,
	5534, 7171, 7172, 7871, 8023, 8567, portKafka, 14001, 24800,
}

// unreadFiller returns the filler for a connection that is not read.
func (c *conn) unreadFiller() filler {
	if c.lengthPrefix() > 0 || slices.ContainsFunc(zerosAreMessages, c.isOf) {
		return noise
	}
	return zeros
}

// longestHeaded is how much of a message is looked at. What is behind it becomes zeros.
const longestHeaded = 64 << 10

// headedOf returns the protocol of a connection that has the port of one.
func headedOf(key flowKey) *headed {
	for _, p := range headedByPort {
		if slices.Contains(p.ports, key.a.Port()) || slices.Contains(p.ports, key.b.Port()) {
			return p
		}
	}
	return nil
}

// isHeaded reports whether b begins with a message of such a protocol.
func (c *conn) isHeaded(b []byte) bool {
	if c.headed != nil {
		return c.headed.size(b) > 0
	}
	return slices.ContainsFunc(headedByContent, func(p *headed) bool { return p.size(b) > 0 })
}

// beginsHeaded reports whether such a protocol begins in a direction.
func (h *half) beginsHeaded(b []byte) bool {
	if h.headed == nil {
		if i := slices.IndexFunc(headedByContent, func(p *headed) bool { return p.size(b) > 0 }); i >= 0 {
			h.headed = headedByContent[i]
		}
	}
	return h.headed != nil && h.headed.size(b) >= 0
}

// headedMessage rewrites a message, or as much of it as is looked at.
func (r *Redactor) headedMessage(h *half) int {
	b := h.buf
	size := h.headed.size(b)
	if size < 0 {
		h.setResync()
		return r.parse(h)
	}
	here := min(size, longestHeaded)
	if size == 0 || len(b) < here {
		h.need = here
		return 0
	}
	r.unknown(notRead, here)
	h.headed.rewrite(r, b[:here])
	if size > here {
		h.state, h.left = inHeaded, int64(size-here)
	}
	return here
}

// cutHeaded rewrites what there is of a message, and returns how many of its bytes are missing.
func (r *Redactor) cutHeaded(h *half) (missing int) {
	r.unknown(notRead, len(h.buf))
	size := h.headed.size(h.buf)
	if size <= 0 {
		clear(h.buf)
		return 0
	}
	h.headed.rewrite(r, h.buf)
	return size - len(h.buf)
}

// Signs of a layout.
const (
	stays    = '='
	identity = '#' // a number that says what belongs together
	cleared  = '.'
)

// fields rewrites what a layout has a sign for, each for a byte, and clears the rest.
func (r *Redactor) fields(b []byte, layout string) {
	for at := 0; at < len(b) && at < len(layout); {
		end := at + 1
		for end < len(layout) && layout[end] == layout[at] {
			end++
		}
		field := b[at:min(end, len(b))]
		switch layout[at] {
		case stays:
		case identity:
			r.identity(field)
		default:
			clear(field)
		}
		at = end
	}
	clear(b[min(len(layout), len(b)):])
}

// identity replaces a number, unless it says that there is none.
func (r *Redactor) identity(b []byte) {
	none := func(c byte) bool { return !slices.ContainsFunc(b, func(x byte) bool { return x != c }) }
	if !none(0) && !none(0xff) {
		r.names.Identity(b)
	}
}
