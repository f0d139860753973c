package capture

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestLabTicket opens a ticket that a domain controller issued.
func TestLabTicket(t *testing.T) {
	keys, err := os.ReadFile("../testdata/kerberos-ad.keytab")
	if err != nil {
		t.Fatal(err)
	}
	keytab, err := tokens.ParseKeytab(keys)
	if err != nil {
		t.Fatal(err)
	}
	sources, err := Open([]string{"../testdata/kerberos-ad.pcapng"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var req *tokens.APReq
	exchange := func(x *httpstream.Exchange) bool {
		for _, v := range x.Request.Header.Values("Authorization") {
			a := tokens.Decoder{Keytab: keytab}.Credentials(v)
			if a.Problem != "" {
				t.Error(a.Problem)
			}
			req = a.Kerberos().APReq
		}
		return false
	}
	if _, err := Read(context.Background(), sources, Sink{Exchange: exchange}, Options{}); err != nil {
		t.Fatal(err)
	}
	if req == nil || req.Ticket.Opened == nil || req.Opened == nil {
		t.Fatalf("not opened: %+v", req)
	}
	const domain = "S-1-5-21-2107797357-2838698576-965216278"
	alice := tokens.Principal{NameType: 1, Name: []string{"alice"}, Realm: "CORP.TEST"}
	issued := time.Date(2026, 11, 23, 16, 42, 39, 0, time.UTC)
	want := &tokens.OpenedTicket{
		Client: alice, KeyType: tokens.ETypeAES256,
		Flags:    []string{"forwardable", "renewable", "pre-authent", "transited-policy-checked"},
		AuthTime: issued, StartTime: issued, EndTime: issued.Add(10 * time.Hour), RenewTill: issued.Add(24 * time.Hour),
		PAC: &tokens.PAC{
			User: "alice", Domain: "CORP", UPN: "alice@corp.test", SID: domain + "-1103", Server: "DC1",
			Groups: []string{domain + "-513", "S-1-18-1"}, LogonTime: issued.Add(389465 * time.Microsecond),
			Signatures: []string{"server signature hmac-sha1-96-aes256 (16)", "KDC signature hmac-sha1-96-aes256 (16)",
				"ticket signature hmac-sha1-96-aes256 (16)", "full signature hmac-sha1-96-aes256 (16)"},
		},
	}
	if diff := cmp.Diff(want, req.Ticket.Opened); diff != "" {
		t.Errorf("ticket (-want +got)\n%s", diff)
	}
	if got := req.Opened; got.Client.String() != "alice@CORP.TEST" || got.SubkeyType != tokens.ETypeAES256 ||
		!got.Time.Equal(issued.Add(436835*time.Microsecond)) {
		t.Errorf("authenticator %+v", got)
	}
}
