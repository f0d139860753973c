package capturetest

import (
	"fmt"
	"testing"

	"negotrace/tokens"
)

// TestTokensAgree holds the builders here against the parsers of package tokens: both
// were written after the specifications, neither after the other.
func TestTokensAgree(t *testing.T) {
	x := expander{now: start(), cert: []byte("certificate")}
	for _, test := range []struct {
		macro string
		show  func(*tokens.Token) string
		want  string
	}{
		{"ntlm1", func(k *tokens.Token) string {
			v := k.NTLM.Version
			return fmt.Sprintf("%d %#x %d.%d.%d", k.NTLM.Type(), uint32(k.NTLM.Flags), v.Major, v.Minor, v.Build)
		}, "1 0xa2088207 10.0.19041"},
		{"ntlm1 version=none", func(k *tokens.Token) string { return fmt.Sprint(k.NTLM.Version == nil, k.Len) }, "true 32"},
		{"ntlm2 target=CORP computer=WEB dns=web.corp.test time=2026-01-02T03:04:05Z challenge=0102030405060708", func(k *tokens.Token) string {
			c := k.NTLM.Challenge
			i := c.TargetInfo
			return fmt.Sprintf("%s %s %s %s %s %d %v", c.TargetName, *i.DomainName, *i.ComputerName, *i.DNSComputerName, *i.DNSDomainName, i.Timestamp.Unix(), c.ServerChallenge)
		}, "CORP CORP WEB web.corp.test corp.test 1767323045 [1 2 3 4 5 6 7 8]"},
		{"ntlm3 user=jürgen target=HTTP/web cbt=zero", func(k *tokens.Token) string {
			a := k.NTLM.Authenticate
			return fmt.Sprint(a.Domain, `\`, a.User, " ", a.Workstation, " ", a.Kind, " ", a.HasMIC, " ", a.HeaderLen, " ", a.LM, " ",
				*a.Pairs.TargetName, " ", *a.Pairs.ComputerName, " ", *a.Pairs.ChannelBindings == [16]byte{})
		}, `CONTOSO\jürgen PC1 NTLMv2 true 88 zero HTTP/web WEB true`},
		{"ntlm3 nt=24 lm=ess", ntlmKind, "NTLMv1 with extended session security client challenge false 72"},
		{"ntlm3 nt=24 lm=24 flags=0x00008205", ntlmKind, "NTLMv1 LM false 64"},
		{"ntlm3 nt=0 lm=24 flags=0x00008205", ntlmKind, "LM only LM false 64"},
		{"ntlm3 anonymous", ntlmKind, "anonymous zero false 72"},
		{"apreq HTTP/web.contoso.com@CONTOSO.COM etype=23 kvno=5 auth-etype=18 mutual", func(k *tokens.Token) string {
			r := k.Kerberos.APReq
			return fmt.Sprint(k.Kerberos.TokID, " ", &r.Ticket.Service, " ", int(r.Ticket.EncPart.EType), " ", r.Ticket.EncPart.KVNO, " ",
				int(r.Authenticator.EType), " ", r.MutualRequired, " ", r.UseSessionKey)
		}, "0100 HTTP/web.contoso.com@CONTOSO.COM 23 5 18 true false"},
		{"aprep etype=17", func(k *tokens.Token) string {
			return fmt.Sprint(k.Kerberos.TokID, " ", int(k.Kerberos.APRep.EncPart.EType))
		}, "0200 17"},
		{"krberror 41 sname=HTTP/a@B stime=+10m text=hello ntstatus=0xc000006d", func(k *tokens.Token) string {
			e := k.Kerberos.Error
			return fmt.Sprintf("%d %s %s %s %#x", e.Code, &e.Server, e.STime.Format("15:04:05"), e.Text, uint32(e.Status))
		}, "41 HTTP/a@B 03:14:05 hello 0xc000006d"},
		{"spnego-init mechs=ms-krb5,krb5,negoex,ntlm token={apreq}", func(k *tokens.Token) string {
			return fmt.Sprint(k.SPNEGO.Init.MechTypes, k.SPNEGO.Init.MechToken > 0, k.Kerberos.APReq != nil)
		}, fmt.Sprint([]tokens.OID{tokens.OIDMSKerberos, tokens.OIDKerberos, tokens.OIDNegoEx, tokens.OIDNTLM}, true, true)},
		{"spnego-resp state=request-mic mech=ntlm token={ntlm2} mic=0102", func(k *tokens.Token) string {
			r := k.SPNEGO.Resp
			return fmt.Sprint(r.NegState, " ", r.SupportedMech == tokens.OIDNTLM, " ", r.MechListMIC, " ", k.NTLM.Type())
		}, "request-mic true 2 2"},
		{"spnego-resp", func(k *tokens.Token) string { return k.SPNEGO.Resp.NegState.String() }, "absent"},
		{"spnego-init mechs=negoex,ntlm token={negoex initiator-nego schemes=0102030405060708090a0b0c0d0e0f10}", func(k *tokens.Token) string {
			return fmt.Sprint(len(k.NegoEx), " ", k.NegoEx[0].Type, " ", len(k.NegoEx[0].Schemes))
		}, "1 INITIATOR_NEGO 1"},
	} {
		b, _, err := x.macro(test.macro)
		if err != nil {
			t.Errorf("{%s}: %v", test.macro, err)
			continue
		}
		token, err := tokens.Decoder{}.Parse(b)
		if err != nil {
			t.Errorf("{%s}: parser: %v", test.macro, err)
			continue
		}
		if got := test.show(token); got != test.want {
			t.Errorf("{%s}: parser reads %s, want %s", test.macro, got, test.want)
		}
	}
}

func ntlmKind(k *tokens.Token) string {
	a := k.NTLM.Authenticate
	return fmt.Sprint(a.Kind, " ", a.LM, " ", a.HasMIC, " ", a.HeaderLen)
}

// TestKDCMessagesAgree is the same for messages to and from a KDC.
func TestKDCMessagesAgree(t *testing.T) {
	x := expander{now: start()}
	for _, test := range []struct {
		macro string
		show  func(*tokens.Kerberos) string
		want  string
	}{
		{"as-req cname=alice@CONTOSO.COM etypes=18,17,23 preauth", func(k *tokens.Kerberos) string {
			r := k.KDCReq
			return fmt.Sprintf("%d %s %s %d %v %#x", k.MsgType, r.Client, &r.Server, r.ETypes, r.PAData, r.Options)
		}, "10 alice@CONTOSO.COM krbtgt/CONTOSO.COM@CONTOSO.COM [18 17 23] [2 128] 0x40810010"},
		{"tgs-req HTTP/web@A for-user=bob@A additional=HTTP/front@A options=0x40830000 pac-options=0x10000000", func(k *tokens.Kerberos) string {
			r := k.KDCReq
			return fmt.Sprintf("%d %s %s %d %#x %s %s", k.MsgType, &r.Server, r.ForUser, len(r.Additional), r.PACOptions, &r.TGT.Service, &r.Additional[0].Service)
		}, "12 HTTP/web@A bob@A 1 0x10000000 krbtgt/A@A HTTP/front@A"},
		{"as-rep", func(k *tokens.Kerberos) string {
			return fmt.Sprint(int(k.MsgType), " ", &k.KDCRep.Client, " ", &k.KDCRep.Ticket.Service)
		},
			"11 alice@CONTOSO.COM krbtgt/CONTOSO.COM@CONTOSO.COM"},
		{"tgs-rep HTTP/web@A cname=bob@A etype=23", func(k *tokens.Kerberos) string {
			return fmt.Sprint(int(k.MsgType), " ", &k.KDCRep.Client, " ", &k.KDCRep.Ticket.Service, " ", int(k.KDCRep.Ticket.EncPart.EType))
		}, "13 bob@A HTTP/web@A 23"},
		{"krb-error 25 sname=krbtgt/A@A etype-info2=18,23", func(k *tokens.Kerberos) string {
			return fmt.Sprintf("%d %d %d %v", k.MsgType, k.Error.Code, k.Error.Hints, k.Error.PAData)
		}, "30 25 [18 23] [19 2]"},
		{"krb-error 37 skew", func(k *tokens.Kerberos) string { return fmt.Sprint(k.Error.SkewRecovery) }, "true"},
	} {
		b, _, err := x.macro(test.macro)
		if err != nil {
			t.Errorf("{%s}: %v", test.macro, err)
			continue
		}
		message, err := tokens.Decoder{}.KDC(b)
		if err != nil {
			t.Errorf("{%s}: parser: %v", test.macro, err)
			continue
		}
		if got := test.show(message); got != test.want {
			t.Errorf("{%s}: parser reads %s, want %s", test.macro, got, test.want)
		}
	}
}
