package tokens

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSPNEGO(t *testing.T) {
	krb := samples()["krb"]
	rep := gss(OIDKerberos, []byte{2, 0}, apRep())
	for _, tt := range []struct {
		sample string
		want   *SPNEGO
		odd    []string
	}{
		{"init krb", &SPNEGO{Init: &NegTokenInit{
			MechTypes: []OID{OIDMSKerberos, OIDKerberos, OIDNegoEx, OIDNTLM}, MechToken: len(krb)}}, nil},
		{"init2", &SPNEGO{Init: &NegTokenInit{
			MechTypes: []OID{OIDNegoEx, OIDMSKerberos, OIDKerberos, OIDKerberosU2U, OIDNTLM},
			Hints:     "not_defined_in_RFC4178@please_ignore", Init2: true}}, nil},
		{"resp krb", &SPNEGO{Resp: &NegTokenResp{NegState: AcceptCompleted, SupportedMech: OIDMSKerberos, ResponseToken: len(rep)}}, nil},
		{"resp copy", &SPNEGO{Resp: &NegTokenResp{NegState: AcceptCompleted, SupportedMech: OIDKerberos,
			ResponseToken: len(rep), MechListMIC: len(rep), MICIsCopy: true}},
			[]string{"mechListMIC repeats responseToken: it is no MIC (Windows 2000, Java)"}},
		{"resp mic", &SPNEGO{Resp: &NegTokenResp{NegState: AcceptIncomplete, ResponseToken: len(ntlm3()), MechListMIC: 16}}, nil},
		{"reject", &SPNEGO{Resp: &NegTokenResp{NegState: Reject}}, nil},
		{"request-mic", &SPNEGO{Resp: &NegTokenResp{NegState: RequestMIC, SupportedMech: OIDNTLM}}, nil},
		{"resp empty", &SPNEGO{Resp: &NegTokenResp{NegState: NegStateAbsent}}, nil},
	} {
		t.Run(tt.sample, func(t *testing.T) {
			tok, err := Decoder{}.Parse(samples()[tt.sample])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, tok.SPNEGO); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			var odd []string
			for _, o := range tok.Oddities {
				odd = append(odd, o.Text)
			}
			if diff := cmp.Diff(tt.odd, odd); diff != "" {
				t.Errorf("odd (-want +got)\n%s", diff)
			}
		})
	}
}

// TestInitWithoutWrapper reads a NegTokenInit that was sent without the GSS-API header.
func TestInitWithoutWrapper(t *testing.T) {
	whole := init1([]OID{OIDNTLM}, ntlm1())
	bare := whole[2+8:] // tag and length, SPNEGO's identifier
	tok, err := Decoder{}.Parse(bare)
	if err != nil || tok.SPNEGO == nil || tok.SPNEGO.Init == nil || tok.NTLM.Type() != 1 || tok.Mech != "" {
		t.Errorf("%+v, %v", tok, err)
	}
}

// TestCutToken keeps the service of a ticket whose token lost its end.
func TestCutToken(t *testing.T) {
	b := samples()["init krb"]
	tok, err := Decoder{}.Parse(b[:len(b)-80])
	if err == nil {
		t.Fatal("no error")
	}
	if got := tok.Kerberos.APReq.Ticket.Service.String(); got != "HTTP/web.example.com@EXAMPLE.COM" {
		t.Errorf("service %q", got)
	}
}

func TestReqFlags(t *testing.T) {
	b := gss(OIDSPNEGO, ctx(0, seq(ctx(0, seq(oid(OIDKerberos))), ctx(1, derElement(3, []byte{1, 0x60})))))
	tok, err := Decoder{}.Parse(b)
	if err != nil || tok.SPNEGO.Init.ReqFlags != "mutualFlag, replayFlag" {
		t.Errorf("%+v, %v", tok.SPNEGO.Init, err)
	}
}

func TestNegoEx(t *testing.T) {
	tok, err := Decoder{}.Parse(samples()["negoex"])
	if err != nil {
		t.Fatal(err)
	}
	conversation := guid(cipher(16))
	want := []NegoEx{
		{Type: "INITIATOR_NEGO", Sequence: 0, Conversation: conversation, Schemes: []string{"PKU2U"}},
		{Type: "AP_REQUEST", Sequence: 5, Conversation: conversation, Schemes: []string{"PKU2U"}},
	}
	if diff := cmp.Diff(want, tok.NegoEx); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if tok.NTLM.Type() != 1 {
		t.Error("the token inside was not read")
	}
}

func TestOID(t *testing.T) {
	for dotted, b := range derOIDs {
		if got, ok := dottedOID([]byte(b)); !ok || got != dotted {
			t.Errorf("%x: %s, want %s", b, got, dotted)
		}
	}
	for _, b := range []string{"", "\x86", "\x2b\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"} {
		if got, ok := dottedOID([]byte(b)); ok {
			t.Errorf("%x: %s", b, got)
		}
	}
	if OIDMSKerberos.Name() != "MS-KRB5" || OID("1.2.3").String() != "1.2.3" {
		t.Error("names")
	}
}

// TestMechanisms holds the content of every known OBJECT IDENTIFIER against the dotted form
// beside it.
func TestMechanisms(t *testing.T) {
	for _, m := range mechanisms {
		if got, ok := dottedOID([]byte(m.der)); got != m.oid || !ok {
			t.Errorf("%s: %q, %v, want %q", m.name, got, ok, string(m.oid))
		}
	}
}
