package hosttext

import (
	"strconv"
	"strings"
)

// A Ticket is a ticket in a cache. Its times are as klist printed them: in the host's time zone,
// with day and month in the order of its locale.
type Ticket struct {
	Client       string `json:"client"`                  // alice@CORP.TEST
	Server       string `json:"server"`                  // HTTP/web.corp.test@CORP.TEST
	Etype        string `json:"etype,omitempty"`         // encryption type of the ticket, as printed
	SessionEtype string `json:"session_etype,omitempty"` // encryption type of the session key
	Start        string `json:"start,omitempty"`         // when it becomes valid, as printed
	End          string `json:"end,omitempty"`           // when it expires, as printed
	Flags        string `json:"flags,omitempty"`         // flags of the ticket, as printed
	KDC          string `json:"kdc,omitempty"`           // the KDC that issued it; empty if klist does not print it
	Cache        string `json:"cache,omitempty"`         // MIT: the cache, FILE:/tmp/krb5cc_1000; Windows: the logon ID, 0:0x3e7
}

// A Failure says that klist could not get a ticket, and why.
type Failure struct {
	Status uint32 `json:"status"` // NTSTATUS
	Text   string `json:"text"`   // the message of Windows
}

// A Key is an entry of a keytab, without the key itself.
type Key struct {
	Keytab    string `json:"keytab"`          // name of the keytab
	KVNO      int    `json:"kvno"`            // key version number
	Principal string `json:"principal"`       // principal that the key is of: HTTP/web.corp.test@CORP.TEST
	Etype     string `json:"etype,omitempty"` // encryption type of the key, as printed
}

// A ticketCache reads the output of klist of Windows.
type ticketCache struct {
	logon     string
	ticket    *Ticket
	firstLine int
}

func newTicketCache(_ *reader, text string) section {
	c := new(ticketCache)
	c.setLogon(text)
	return c
}

// setLogon reads "Current LogonId is 0:0x3e7" and, with the tickets of another logon,
// "Targeted LogonId is 0:0x3e7". It reports whether the line is a heading.
func (c *ticketCache) setLogon(text string) bool {
	for _, prefix := range []string{"Current LogonId is ", "Targeted LogonId is "} {
		if logon, ok := strings.CutPrefix(text, prefix); ok {
			c.logon = logon
			return true
		}
	}
	return strings.HasPrefix(text, "Cached Tickets: (")
}

func (c *ticketCache) line(r *reader, text string) bool {
	if c.setLogon(text) {
		return true
	}
	if text[0] == '#' {
		_, client, ok := strings.Cut(text, ">")
		if client, isClient := labelValue(client, "Client"); ok && isClient {
			c.end(r)
			c.ticket, c.firstLine = &Ticket{Client: principal(client), Cache: c.logon}, r.lineNumber
		}
		return ok
	}
	if c.ticket == nil || !isIndented(text) {
		return false
	}
	c.setValue(text)
	return true
}

// setValue reads a line of a ticket.
func (c *ticketCache) setValue(text string) {
	t := c.ticket
	for label, to := range map[string]*string{
		"Server": &t.Server, "KerbTicket Encryption Type": &t.Etype, "Session Key Type": &t.SessionEtype,
		"Start Time": &t.Start, "End Time": &t.End, "Kdc Called": &t.KDC,
	} {
		if value, ok := labelValue(text, label); ok {
			*to = value
		}
	}
	if flags, ok := strings.CutPrefix(strings.TrimLeft(text, " \t"), "Ticket Flags "); ok {
		_, t.Flags, _ = strings.Cut(flags, "-> ")
	}
}

func (c *ticketCache) end(r *reader) {
	if c.ticket == nil || c.ticket.Server == "" { // cut off
		return
	}
	c.ticket.Server = principal(c.ticket.Server)
	r.add(Entry{Ticket: c.ticket}, c.firstLine)
	c.ticket = nil
}

// principal removes the blanks that Windows prints around the @ of a principal.
func principal(text string) string { return strings.Replace(text, " @ ", "@", 1) }

// klistFailed reads "klist failed with 0xc000018b/-1073741429: The SAM database ...".
func klistFailed(r *reader, text string) section {
	code, what, _ := strings.Cut(strings.TrimPrefix(text, "klist failed with "), ":")
	code, _, _ = strings.Cut(code, "/")
	if n, err := strconv.ParseUint(code, 0, 32); err == nil {
		r.add(Entry{Failure: &Failure{uint32(n), strings.TrimSpace(what)}}, r.lineNumber)
	}
	return nil
}

// A mitCache reads the output of klist of MIT Kerberos: two times of two words each, or of three
// with AM or PM, and the service.
type mitCache struct {
	cache, client string
	ticket        *Ticket
	firstLine     int
}

func newMITCache(_ *reader, text string) section {
	return &mitCache{cache: strings.TrimPrefix(text, "Ticket cache: ")}
}

func (c *mitCache) line(r *reader, text string) bool {
	if client, ok := labelValue(text, "Default principal"); ok {
		c.client = client
		return true
	}
	if strings.HasPrefix(text, "Valid starting") {
		return true
	}
	if isIndented(text) && c.ticket != nil {
		c.setValue(text)
		return true
	}
	f := strings.Fields(text)
	last := len(f) - 1
	if c.client == "" || last < 4 || last > 6 || last%2 > 0 || f[0][0] < '0' || f[0][0] > '9' || !strings.Contains(f[last], "@") {
		return false
	}
	c.end(r)
	c.firstLine = r.lineNumber
	c.ticket = &Ticket{
		Client: c.client, Server: f[last], Cache: c.cache,
		Start: strings.Join(f[:last/2], " "), End: strings.Join(f[last/2:last], " "),
	}
	return true
}

// setValue reads a line below a ticket: values separated by commas, or two etypes.
func (c *mitCache) setValue(text string) {
	text = strings.TrimSpace(text)
	if server, ok := labelValue(text, "Ticket server"); ok {
		c.ticket.Server = server // the line before had no realm
		return
	}
	if client, ok := strings.CutPrefix(text, "for client "); ok {
		client, _, _ = strings.Cut(client, ",")
		c.ticket.Client = client
	}
	if _, flags, ok := strings.Cut(text, "Flags: "); ok {
		c.ticket.Flags, _, _ = strings.Cut(flags, ",")
	}
	if _, etypes, ok := strings.Cut(text, "Etype (skey, tkt): "); ok {
		session, etype, _ := strings.Cut(etypes, ",")
		c.ticket.SessionEtype, c.ticket.Etype = strings.TrimSpace(session), strings.TrimSpace(etype)
	}
}

func (c *mitCache) end(r *reader) {
	if c.ticket != nil {
		r.add(Entry{Ticket: c.ticket}, c.firstLine)
		c.ticket = nil
	}
}

// A keytab reads the output of klist -k of MIT Kerberos.
type keytab struct {
	name string
}

func newKeytab(_ *reader, text string) section {
	return &keytab{strings.TrimPrefix(text, "Keytab name: ")}
}

func (k *keytab) line(r *reader, text string) bool {
	f := strings.Fields(text)
	if f[0] == "KVNO" || strings.HasPrefix(f[0], "----") {
		return true
	}
	kvno, err := strconv.ParseUint(f[0], 10, 32)
	if err != nil || !isIndented(text) {
		return false
	}
	f = f[1:]
	if len(f) > 2 && !strings.Contains(f[0], "@") { // a time
		f = f[2:]
	}
	if len(f) == 0 || !strings.Contains(f[0], "@") {
		return false
	}
	key := &Key{Keytab: k.name, KVNO: int(kvno), Principal: f[0]}
	if len(f) > 1 {
		key.Etype = strings.Trim(f[1], "()")
	}
	r.add(Entry{Key: key}, r.lineNumber)
	return true
}

func (*keytab) end(*reader) {}
