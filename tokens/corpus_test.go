package tokens

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const corpus = "../../shared/corpus/tokens"

// TestCorpus decodes published tokens, where a collection of them lies beside the
// repository, to the fields that its table states.
func TestCorpus(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(corpus, "README.md"))
	if err != nil {
		t.Skip(err)
	}
	rows := 0
	for line := range strings.Lines(string(table)) {
		cells := strings.Split(line, " | ")
		if len(cells) < 5 || !strings.HasPrefix(line, "| `") {
			continue
		}
		rows++
		name := strings.Trim(cells[0], "| `")
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(corpus, name))
			if err != nil {
				t.Fatal(err)
			}
			tok, err := Decoder{Fields: true, Secrets: true}.Parse(b)
			if err != nil {
				t.Error(err)
			}
			if strings.Contains(name, "credssp") {
				// The table takes a TSRequest for a Kerberos message.
				if len(tok.Fields) == 0 || tok.Fields[0].Name != "TSRequest" {
					t.Errorf("no TSRequest: %+v", tok)
				}
				return
			}
			want, _, _ := strings.Cut(cells[4], " — ")
			want, cut, _ := strings.Cut(want, "…")
			want = strings.ReplaceAll(want, `\\`, `\`)
			got := describe(tok)
			if got != want && (!strings.Contains(cells[4], "…") || !strings.HasPrefix(got, want)) {
				t.Errorf("%s\n got %s\nwant %s%s", name, got, want, cut)
			}
		})
	}
	if rows < 50 {
		t.Errorf("only %d rows in the table", rows)
	}
}

// describe writes a token in the words of the table.
func describe(t *Token) string {
	inner := ""
	switch {
	case t.NTLM != nil:
		inner = "{" + describeNTLM(t) + "}"
	case t.Kerberos != nil:
		inner = "{" + describeKerberos(t.Kerberos) + "}"
	}
	if t.SPNEGO == nil {
		return inner
	}
	if m := t.SPNEGO.Init; m != nil {
		var mechs []string
		for _, o := range m.MechTypes {
			mechs = append(mechs, mechName(o))
		}
		s := "negTokenInit: [" + strings.Join(mechs, ", ") + "]"
		if inner != "" {
			s += ", mechToken: " + inner
		}
		if m.Hints != "" {
			s += ", a3: negHints"
		}
		return "{spnego: {" + s + "}}"
	}
	m := t.SPNEGO.Resp
	s := "negState: " + m.NegState.String()
	if m.SupportedMech != "" {
		s += ", supportedMech: " + mechName(m.SupportedMech)
	}
	if inner != "" {
		s += ", responseToken: " + inner
	}
	if m.MechListMIC > 0 {
		s += ", mechListMIC: " + fieldValue(t.Fields, "mechListMIC")
	}
	return "{negTokenResp: {" + s + "}}"
}

func mechName(o OID) string { return strings.Replace(o.Name(), "NTLMSSP", "NTLM", 1) }

// fieldValue returns the value of the first field of a name, in the order of the bytes.
func fieldValue(fields []Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Value
		}
		if v := fieldValue(f.Fields, name); v != "" {
			return v
		}
	}
	return ""
}

func describeNTLM(t *Token) string {
	m := t.NTLM
	s := fmt.Sprintf("ntlm: %d, flags: 0x%08x", m.Type(), uint32(m.Flags))
	switch {
	case m.Negotiate != nil && m.Flags&NTLMOEMDomain != 0:
		s += ", domain: " + m.Negotiate.Domain
	case m.Challenge != nil:
		s += fmt.Sprintf(", target: %s, challenge: %x", m.Challenge.TargetName, m.Challenge.ServerChallenge)
		s += describePairs(t, m.Challenge.TargetInfo)
	case m.Authenticate != nil:
		a := m.Authenticate
		s += fmt.Sprintf(", user: %s, domain: %s, wks: %s, lm: %d, nt: %d", a.User, a.Domain, a.Workstation, a.LMLen, a.NTLen)
		switch a.Kind {
		case ResponseNTLMv2:
			s += ", v: v2"
		case ResponseNTLMv1, ResponseESS:
			s += ", v: v1"
		}
		s += describePairs(t, a.Pairs)
	}
	if v := m.Version; v != nil {
		s += fmt.Sprintf(", ver: %d.%d.%d", v.Major, v.Minor, v.Build)
	}
	if a := m.Authenticate; a != nil && a.HasMIC && a.HeaderLen >= 88 {
		s += ", mic: " + fieldValue(t.Fields, "MIC")
	}
	return s
}

func describePairs(t *Token, p *NTLMAVPairs) string {
	if p == nil {
		return ""
	}
	var pairs []string
	for _, id := range p.Order {
		var v string
		switch id {
		case avFlags:
			v = fmt.Sprintf("%x", u32s(*p.Flags))
		case avTimestamp:
			ticks := p.Timestamp.Sub(time.Unix(0, 0))/100 + 11644473600*1e7
			v = hex.EncodeToString(u32s(uint32(ticks), uint32(ticks>>32)))
		case avSingleHost:
			v = fmt.Sprintf("%dB", p.SingleHost)
		case avChannelBindings:
			v = hex.EncodeToString(p.ChannelBindings[:])
		default:
			v = **p.name(int(id))
		}
		pairs = append(pairs, fmt.Sprintf("%d=%s", id, v))
	}
	return ", av: [" + strings.Join(pairs, ", ") + "]"
}

func describeKerberos(k *Kerberos) string {
	s := ""
	if k.TokID != "" {
		s = "gss: KRB5, tokid: " + k.TokID + ", "
	}
	s += fmt.Sprintf("krb: %d", k.MsgType)
	name := func(p *Principal) string { return fmt.Sprintf("%s(type %d)", strings.Join(p.Name, "/"), p.NameType) }
	enc := func(e Encrypted) string {
		if e.KVNO == 0 {
			return fmt.Sprintf("etype %d", e.EType)
		}
		return fmt.Sprintf("etype %d kvno %d", e.EType, e.KVNO)
	}
	ticket := func(t Ticket) string { return name(&t.Service) + "@" + t.Service.Realm + " " + enc(t.EncPart) }
	switch {
	case k.APReq != nil:
		var options uint32
		if k.APReq.MutualRequired {
			options |= apMutualRequired
		}
		if k.APReq.UseSessionKey {
			options |= apUseSessionKey
		}
		s += fmt.Sprintf(", ap-options: %08x, ticket: %s, auth: %s", options, ticket(k.APReq.Ticket), enc(k.APReq.Authenticator))
	case k.APRep != nil:
		s += ", enc: " + enc(k.APRep.EncPart)
	case k.Error != nil:
		s += fmt.Sprintf(", error: %d, realm: %s, sname: %s, stime: %s, e-data: %dB", k.Error.Code, k.Error.Server.Realm,
			name(&k.Error.Server), k.Error.STime.Format("20060102150405Z"), k.Error.DataLen)
	case k.KDCReq != nil:
		r := k.KDCReq
		s += fmt.Sprintf(", padata: %s, opts: %08x", list(r.PAData), r.Options)
		if r.Client != nil {
			s += ", cname: " + name(r.Client)
		}
		var etypes []int32
		for _, e := range r.ETypes {
			etypes = append(etypes, int32(e))
		}
		s += fmt.Sprintf(", realm: %s, sname: %s, nonce: %d, etypes: %s", r.Server.Realm, name(&r.Server), r.Nonce, list(etypes))
	case k.KDCRep != nil:
		r := k.KDCRep
		s += fmt.Sprintf(", crealm: %s, cname: %s, ticket: %s, enc: %s", r.Client.Realm, name(&r.Client), ticket(r.Ticket), enc(r.EncPart))
	}
	return s
}

func list(v []int32) string { return strings.ReplaceAll(fmt.Sprint(v), " ", ", ") }
