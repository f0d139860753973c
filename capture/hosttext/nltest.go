package hosttext

import "strings"

// A Channel is the secure channel of a computer to its domain (nltest /sc_query, /sc_verify). A
// server uses it to have a domain controller check an NTLM response.
type Channel struct {
	Controller string `json:"controller,omitempty"` // DC1.corp.test
	Status     uint32 `json:"status"`               // an error of Win32, 0 for none
	StatusName string `json:"name,omitempty"`       // name of the status: NERR_Success, ERROR_NO_LOGON_SERVERS
	Failed     bool   `json:"failed,omitempty"`     // the call of Netlogon failed: there is nothing but the status
}

// NotQueried reports whether nltest failed before it queried the channel. Only an administrator may
// query it: others get ERROR_ACCESS_DENIED (MS-ERREF 2.2) from their own computer.
func (c *Channel) NotQueried() bool { return c.Failed && c.Status == 5 }

// A Controller is the domain controller that a computer found (nltest /dsgetdc), or the status that
// says why it found none.
type Controller struct {
	Name       string `json:"name,omitempty"`        // name of the domain controller, without backslashes
	Address    string `json:"address,omitempty"`     // its IP address, without backslashes
	Domain     string `json:"domain,omitempty"`      // DNS or NetBIOS name of the domain
	Forest     string `json:"forest,omitempty"`      // DNS name of the forest
	Site       string `json:"site,omitempty"`        // site of the controller
	ClientSite string `json:"client_site,omitempty"` // site of the computer
	Flags      string `json:"flags,omitempty"`       // what the domain controller offers, as printed: PDC GC DS LDAP KDC
	Status     uint32 `json:"status"`                // an error of Win32, 0 for none
	StatusName string `json:"status_name,omitempty"` // name of that error: ERROR_NO_LOGON_SERVERS
}

// A Trust is a domain in the list of nltest /domain_trusts.
type Trust struct {
	NetBIOS    string `json:"netbios"`         // NetBIOS name of the domain
	DNS        string `json:"dns,omitempty"`   // DNS name of the domain
	Attributes string `json:"about,omitempty"` // as printed: (Forest Tree Root) (Primary Domain) (Native)
}

// channel reads the output about a secure channel.
type channel struct {
	Channel
	firstLine int
	hasStatus bool
}

func newChannel(r *reader, text string) section {
	name := strings.TrimPrefix(text, "Trusted DC Name")
	return &channel{Channel: Channel{Controller: withoutSlashes(name)}, firstLine: r.lineNumber}
}

func (c *channel) line(_ *reader, text string) bool {
	for _, label := range []string{"Trusted DC Connection Status Status = ", "Trust Verification Status = "} {
		if value, ok := strings.CutPrefix(text, label); ok {
			if !c.hasStatus || c.Status == 0 { // keep the first error
				c.Status, c.StatusName = parseStatus(value)
			}
			c.hasStatus = true
			return true
		}
	}
	return false
}

func (c *channel) end(r *reader) {
	if c.hasStatus {
		r.add(Entry{Channel: &c.Channel}, c.firstLine)
	}
}

func channelFailed(r *reader, text string) section {
	_, value, _ := strings.Cut(text, "Status = ")
	if code, name := parseStatus(value); code != 0 {
		r.add(Entry{Channel: &Channel{Status: code, StatusName: name, Failed: true}}, r.lineNumber)
	}
	return nil
}

// controller reads the output about a domain controller.
type controller struct {
	Controller
	firstLine int
}

func newController(r *reader, text string) section {
	name, _ := labelValue(text, "DC")
	return &controller{Controller: Controller{Name: withoutSlashes(name)}, firstLine: r.lineNumber}
}

func (c *controller) line(_ *reader, text string) bool {
	for _, of := range []struct {
		label string
		to    *string
	}{
		{"Address", &c.Address}, {"Dom Name", &c.Domain}, {"Forest Name", &c.Forest}, {"Dc Site Name", &c.Site},
		{"Our Site Name", &c.ClientSite}, {"Flags", &c.Flags}, {"Dom Guid", new(string)},
	} {
		if value, ok := labelValue(text, of.label); ok {
			*of.to = withoutSlashes(value)
			return true
		}
	}
	return false
}

func (c *controller) end(r *reader) { r.add(Entry{Controller: &c.Controller}, c.firstLine) }

func controllerFailed(r *reader, text string) section {
	_, value, _ := strings.Cut(text, "Status = ")
	if code, name := parseStatus(value); code != 0 {
		r.add(Entry{Controller: &Controller{Status: code, StatusName: name}}, r.lineNumber)
	}
	return nil
}

func withoutSlashes(text string) string { return strings.TrimPrefix(strings.TrimSpace(text), `\\`) }

// trusts reads the list of trusts: "    0: CORP corp.test (NT 5) (Forest Tree Root)".
type trusts struct{}

func newTrusts(*reader, string) section { return trusts{} }

func (trusts) line(r *reader, text string) bool {
	number, rest, ok := strings.Cut(strings.TrimSpace(text), ": ")
	if !ok || number == "" || strings.Trim(number, "0123456789") != "" {
		return false
	}
	names, about, _ := strings.Cut(rest, " (")
	f := strings.Fields(names)
	if len(f) == 0 {
		return false
	}
	t := &Trust{NetBIOS: f[0]}
	if len(f) > 1 {
		t.DNS = f[1]
	}
	if about != "" {
		t.Attributes = "(" + about
	}
	r.add(Entry{Trust: t}, r.lineNumber)
	return true
}

func (trusts) end(*reader) {}
