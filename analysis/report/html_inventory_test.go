package report

import (
	"fmt"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/inventory"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// inventoryOf counts a refusal and some logons at each of so many hosts, in which everything
// is called s. The last host has most.
func inventoryOf(s string, hosts int) *Inventory {
	i := &Inventory{View: inventory.NTLM, Counter: inventory.NewCounter("", 0), Summary: analysis.Summary{Counters: &httpstream.Counters{Packets: 20502}}}
	sink := i.Counter.Sink()
	for host := range hosts {
		for _, outcome := range []analysis.Outcome{analysis.Failed, analysis.Succeeded} {
			h := refusedAtKDC()
			h.Host, h.Outcome = fmt.Sprintf("%s%d", s, host), outcome
			h.Server, h.SPN, h.User, h.Program = s, s, s, s
			h.Legs[1].Sent = &tokens.Auth{Scheme: "NTLM"}
			if outcome == analysis.Succeeded {
				h.Repeats = host
			}
			sink.Handshake(h)
		}
	}
	return i
}

func TestInventoryHTML(t *testing.T) {
	t.Parallel()
	got := outline(t, written(t, writeInventoryHTML, inventoryOf("web", maxInventory+1)))
	for _, line := range []string{
		"# What breaks if NTLM is turned off: 20301 of 20502 authentications.",
		"Host, server, SPN Mechanism Why not Kerberos with AES Count Refused Clients Users From, to\n web200web", "| 202 | 1 | 1 | 1 | ",
		"... and 1 more (all of them: --format csv)", "Nothing: everything in this capture could be read.",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("the page does not say %q:\n%.3000s", line, got)
		}
	}
	if n := strings.Count(got, "| ntlm"); n != maxInventory {
		t.Errorf("%d rows, want %d", n, maxInventory)
	}
	if strings.Contains(got, " web0web") {
		t.Error("the least frequent group is listed")
	}
	if got := outline(t, written(t, writeInventoryHTML, inventoryOf("web", 0))); !strings.Contains(got, "0 of 0 authentications.\n") || !strings.Contains(got, "\nNone.\n") {
		t.Errorf("of nothing the page is\n%s", got)
	}
}

func TestInventoryHTMLHostileNames(t *testing.T) {
	t.Parallel()
	hostileNames(t, func(name string) string { return written(t, writeInventoryHTML, inventoryOf(name, 1)) })
}
