package analysis

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/capture/hosttext"
	"negotrace/tokens"
)

// errorNoSuchDomain is ERROR_NO_SUCH_DOMAIN (MS-ERREF 2.2), which nltest also prints of a
// domain that is not that of the computer.
const errorNoSuchDomain = 1355

// HostTextSays returns what an entry of a text about a host says, in a few words without its
// place.
func HostTextSays(e *hosttext.Entry) string {
	switch {
	case e.Ticket != nil:
		return ticketTextSays(e.Ticket)
	case e.Failure != nil:
		return fmt.Sprintf("no ticket could be got: %s (%s)", tokens.NTStatus(e.Failure.Status), e.Failure.Text)
	case e.KDCError != nil:
		return kdcErrorSays(e.KDCError)
	case e.Key != nil:
		text := fmt.Sprintf("the keytab %s has a key of %s with kvno %d", e.Key.Keytab, e.Key.Principal, e.Key.KVNO)
		if e.Key.Etype != "" {
			text += ", " + e.Key.Etype
		}
		return text
	case e.Registration != nil && len(e.Registration.Accounts) == 0:
		return "no account has " + cmp.Or(e.Registration.SPN, "the name that was asked for")
	case e.Registration != nil:
		return e.Registration.SPN + " is a name of " + strings.Join(e.Registration.Accounts, " and of ")
	case e.Channel != nil && e.Channel.NotQueried():
		return fmt.Sprintf("the state of the secure channel is not known, as nltest was not let ask for it: %d %s", e.Channel.Status, e.Channel.StatusName)
	case e.Channel != nil && e.Channel.Status == errorNoSuchDomain:
		return fmt.Sprintf("there is no secure channel to the domain that it was asked about, or none of its domain controllers was found: %d %s", e.Channel.Status, e.Channel.StatusName)
	case e.Channel != nil && e.Channel.Status != 0:
		return fmt.Sprintf("the secure channel is broken: %d %s", e.Channel.Status, e.Channel.StatusName)
	case e.Channel != nil:
		return "the secure channel to " + e.Channel.Controller + " works"
	case e.Controller != nil && e.Controller.Status != 0:
		return fmt.Sprintf("no domain controller was found: %d %s", e.Controller.Status, e.Controller.StatusName)
	case e.Controller != nil:
		return fmt.Sprintf("the domain controller of %s is %s, %s, in the site %s", e.Controller.Domain, e.Controller.Name, e.Controller.Address, e.Controller.Site)
	case e.Trust != nil:
		return strings.TrimSpace("a trust of " + e.Trust.NetBIOS + " " + e.Trust.DNS + " " + e.Trust.Attributes)
	case e.Host != nil:
		return "the host " + e.Host.FullName() + addressesOf(e.Host)
	case e.Record != nil && e.Record.Missing:
		return "the resolver remembers that there is no " + e.Record.Name
	case e.Record != nil && e.Record.Alias != "":
		return "the resolver takes " + e.Record.Name + " for an alias of " + e.Record.Alias
	case e.Record != nil:
		return "the resolver has " + e.Record.Name + " at " + e.Record.Address.String()
	}
	return ""
}

func kdcErrorSays(e *hosttext.KDCError) string {
	what := "a TGT"
	if e.Server != "" {
		what = "a ticket for " + e.Server
	}
	if e.Code == 0 {
		return strings.TrimPrefix(e.Client+" got no "+strings.TrimPrefix(what, "a ")+": "+e.Text, " ")
	}
	return fmt.Sprintf("the KDC refused %s %s: %s", cmp.Or(e.Client, "the client"), what, tokens.ErrorCode(e.Code))
}

func ticketTextSays(t *hosttext.Ticket) string {
	text := "the cache of " + t.Client + " has a ticket for " + t.Server
	if t.Etype != "" {
		text += ", " + t.Etype
	}
	if t.Start != "" {
		text += ", from " + t.Start
	}
	if t.End != "" {
		text += " to " + t.End
	}
	return text
}

func addressesOf(h *hosttext.Host) string {
	var all []string
	for _, a := range h.Addresses {
		all = append(all, a.String())
	}
	if len(all) == 0 {
		return ""
	}
	return " has " + strings.Join(all, ", ")
}

// ExpectedSPN returns the SPN of the handshake or, if it is not known, that for the host of its URL; empty
// if neither is known, and for a proxy, whose name the requests do not have.
func (h *Handshake) ExpectedSPN() string {
	if h.SPN != "" || h.Target != ToServer || h.Host == "" {
		return h.SPN
	}
	return "HTTP/" + h.Host
}

// Accounts returns those that have the SPN of the handshake, as texts about hosts list them, each
// once.
func (h *Handshake) Accounts() []string {
	var all []string
	seen := map[string]bool{}
	for _, e := range h.HostTexts {
		if e.Registration == nil {
			continue
		}
		for _, a := range e.Registration.Accounts {
			if key := strings.ToLower(a); !seen[key] {
				seen[key] = true
				all = append(all, a)
			}
		}
	}
	return all
}
