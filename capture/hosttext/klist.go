package hosttext

import (
	"strconv"
	"strings"
)

// A Ticket is one of a cache of tickets. Its times are as the command prints them: in the time
// of the host, and in the order of day and month that is usual there.
type Ticket struct {
	Client  string `json:"client"` // alice@CORP.TEST
	Server  string `json:"server"` // HTTP/web.corp.test@CORP.TEST
	Etype   string `json:"etype,omitempty"`
	Session string `json:"session_etype,omitempty"` // of the session key
	Start   string `json:"start,omitempty"`
	End     string `json:"end,omitempty"`
	Flags   string `json:"flags,omitempty"`
	KDC     string `json:"kdc,omitempty"`   // who gave it, where the command says so
	Cache   string `json:"cache,omitempty"` // of MIT: FILE:/tmp/krb5cc_1000; of Windows: the logon, 0:0x3e7
}

// A Failure is that klist could not get a ticket.
type Failure struct {
	Status uint32 `json:"status"` // NTSTATUS
	Text   string `json:"text"`
}

// A Key is one in a keytab, without the key.
type Key struct {
	Keytab    string `json:"keytab"`
	KVNO      int    `json:"kvno"`
	Principal string `json:"principal"`
	Etype     string `json:"etype,omitempty"`
}

// A ticketCache is what klist of Windows prints.
type ticketCache struct {
	logon  string
	ticket *Ticket
	begin  int
}

func newTicketCache(_ *reader, text string) section {
	c := new(ticketCache)
	c.heading(text)
	return c
}

// heading takes "Current LogonId is 0:0x3e7"; with the tickets of another logon there is a
// line with "Targeted LogonId is 0:0x3e7" too.
func (c *ticketCache) heading(text string) bool {
	for _, prefix := range []string{"Current LogonId is ", "Targeted LogonId is "} {
		if logon, ok := strings.CutPrefix(text, prefix); ok {
			c.logon = logon
			return true
		}
	}
	return strings.HasPrefix(text, "Cached Tickets: (")
}

func (c *ticketCache) line(r *reader, text string) bool {
	if c.heading(text) {
		return true
	}
	if text[0] == '#' {
		_, client, ok := strings.Cut(text, ">")
		if client, isClient := labelled(client, "Client"); ok && isClient {
			c.end(r)
			c.ticket, c.begin = &Ticket{Client: principal(client), Cache: c.logon}, r.number
		}
		return ok
	}
	if c.ticket == nil || !indented(text) {
		return false
	}
	c.value(text)
	return true
}

// value takes a line of a ticket.
func (c *ticketCache) value(text string) {
	t := c.ticket
	for label, to := range map[string]*string{
		"Server": &t.Server, "KerbTicket Encryption Type": &t.Etype, "Session Key Type": &t.Session,
		"Start Time": &t.Start, "End Time": &t.End, "Kdc Called": &t.KDC,
	} {
		if value, ok := labelled(text, label); ok {
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
	r.add(Entry{Ticket: c.ticket}, c.begin)
	c.ticket = nil
}

// principal is a principal without the blanks that Windows prints around its @.
func principal(text string) string { return strings.Replace(text, " @ ", "@", 1) }

// klistFailed reads "klist failed with 0xc000018b/-1073741429: The SAM database ...".
func klistFailed(r *reader, text string) section {
	code, what, _ := strings.Cut(strings.TrimPrefix(text, "klist failed with "), ":")
	code, _, _ = strings.Cut(code, "/")
	if n, err := strconv.ParseUint(code, 0, 32); err == nil {
		r.add(Entry{Failure: &Failure{uint32(n), strings.TrimSpace(what)}}, r.number)
	}
	return nil
}

// A mitCache is what klist of MIT Kerberos prints: two moments of two words each, or three with AM
// or PM, and the service.
type mitCache struct {
	cache, client string
	ticket        *Ticket
	begin         int
}

func newMITCache(_ *reader, text string) section {
	return &mitCache{cache: strings.TrimPrefix(text, "Ticket cache: ")}
}

func (c *mitCache) line(r *reader, text string) bool {
	if client, ok := labelled(text, "Default principal"); ok {
		c.client = client
		return true
	}
	if strings.HasPrefix(text, "Valid starting") {
		return true
	}
	if indented(text) && c.ticket != nil {
		c.value(text)
		return true
	}
	f := strings.Fields(text)
	last := len(f) - 1
	if c.client == "" || last < 4 || last > 6 || last%2 > 0 || f[0][0] < '0' || f[0][0] > '9' || !strings.Contains(f[last], "@") {
		return false
	}
	c.end(r)
	c.begin = r.number
	c.ticket = &Ticket{
		Client: c.client, Server: f[last], Cache: c.cache,
		Start: strings.Join(f[:last/2], " "), End: strings.Join(f[last/2:last], " "),
	}
	return true
}

// value takes a line beneath a ticket: parts with a comma between them, and two etypes.
func (c *mitCache) value(text string) {
	text = strings.TrimSpace(text)
	if server, ok := labelled(text, "Ticket server"); ok {
		c.ticket.Server = server // the one before was a host without its realm
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
		c.ticket.Session, c.ticket.Etype = strings.TrimSpace(session), strings.TrimSpace(etype)
	}
}

func (c *mitCache) end(r *reader) {
	if c.ticket != nil {
		r.add(Entry{Ticket: c.ticket}, c.begin)
		c.ticket = nil
	}
}

// A keytab is what klist -k of MIT Kerberos prints.
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
	if err != nil || !indented(text) {
		return false
	}
	f = f[1:]
	if len(f) > 2 && !strings.Contains(f[0], "@") { // a moment
		f = f[2:]
	}
	if len(f) == 0 || !strings.Contains(f[0], "@") {
		return false
	}
	key := &Key{Keytab: k.name, KVNO: int(kvno), Principal: f[0]}
	if len(f) > 1 {
		key.Etype = strings.Trim(f[1], "()")
	}
	r.add(Entry{Key: key}, r.number)
	return true
}

func (*keytab) end(*reader) {}
