package diagnosis_test

import (
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checklist"
)

const (
	usesKerberos = "Is Kerberos used?"
	getsTicket   = "Can the client get a ticket?"
	asksForName  = "Does the client ask for the name of the URL?"
	singleSPN    = "Is the SPN registered once?"
	poolHasKey   = "Has the identity of the application pool the key of the SPN?"
	keyInKeytab  = "Does the keytab hold the key of the ticket?"
	clocksAgree  = "Are the clocks within five minutes of each other?"
	noReplay     = "Is the ticket's authenticator used once only?"
	headerFits   = "Is the header small enough for the server?"
	delegates    = "Does the client delegate its credentials?"
)

// TestChecklist holds that captures of testdata answer what an engineer asks.
func TestChecklist(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[string]checklist.Answer{
		"spn-missing-ntlm-fallback.pcapng": {usesKerberos: checklist.No, getsTicket: checklist.No, singleSPN: checklist.No, poolHasKey: checklist.Unknown, keyInKeytab: checklist.Unknown},
		"tomcat-wrong-key.pcapng":          {usesKerberos: checklist.Yes, getsTicket: checklist.Yes, keyInKeytab: checklist.Unknown, clocksAgree: checklist.Yes, noReplay: checklist.Yes},
		"keytab-wrong-key.pcapng":          {usesKerberos: checklist.Yes, keyInKeytab: checklist.No},
		"kerberos-cname.pcapng":            {asksForName: checklist.No, keyInKeytab: checklist.Yes},
		"clock-skew-server.pcapng":         {clocksAgree: checklist.No},
		"proxy-clock-skew.pcapng":          {clocksAgree: checklist.No},
		"ticket-replayed.pcapng":           {noReplay: checklist.No},
		"token-too-large.pcapng":           {headerFits: checklist.No},
		"delegation-forwarded.pcapng":      {delegates: checklist.Yes},
	} {
		r, err := read(t, "../../testdata/"+name)
		if err != nil {
			t.Fatal(err)
		}
		answers := map[string]checklist.Item{}
		for _, l := range checklist.Of(r, decisive(r)) {
			for _, item := range l.Items {
				answers[item.Question] = item
				if item.Answer == checklist.Unknown && item.Because == "" && len(item.Commands) == 0 {
					t.Errorf("%s: %s has neither an answer nor a way to it", name, item.Question)
				}
			}
		}
		for question, answer := range want {
			if got, asked := answers[question]; asked && got.Answer != answer || !asked {
				t.Errorf("%s: %s %q because of %q, want %q", name, question, got.Answer, got.Because, answer)
			}
		}
	}
}

// decisive returns the handshake that was not let in, else the first.
func decisive(r *analysis.Report) *analysis.Handshake {
	for _, h := range r.Handshakes {
		if h.Outcome == analysis.Failed {
			return h
		}
	}
	return r.Handshakes[0]
}

// TestChecklistClocks holds that the answer says which clocks are seen, and of which machine none is.
func TestChecklistClocks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"spn-missing-ntlm-fallback.pcapng":      "those of 198.51.100.21 and 198.51.100.2 are; the client's is not seen",
		"lb-nginx-identity-leak.backend.pcapng": "of the clocks only that of 198.51.100.21 is seen",
		"contrast-forms.pcapng":                 "",
	} {
		r, err := read(t, "../../testdata/"+name)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range r.Handshakes {
			for _, l := range checklist.Of(r, h) {
				for _, item := range l.Items {
					if item.Question == clocksAgree && (item.Answer != checklist.Unknown || item.Because != want) {
						t.Errorf("%s: %q because of %q, want %q", name, item.Answer, item.Because, want)
					}
				}
			}
		}
	}
}
