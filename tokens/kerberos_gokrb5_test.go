package tokens

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/cryptobyte/asn1"

	"negotrace/internal/testcost"
)

// walk reads the message b begins with as if there were no gokrb5. It is nil for what is
// none.
func walk(b []byte) *Kerberos {
	p := newParser(Decoder{}, b)
	k := &Kerberos{}
	p.token.Kerberos = k
	rest := p.root
	e, ok := p.element(&rest, "")
	if !ok || !IsKerberosTag(e.tag) {
		return nil
	}
	inner := e.body
	seq, ok := p.element(&inner, "")
	if !ok {
		return nil
	}
	k.MsgType = MsgType(e.tag & 0x1f)
	p.message(seq, k)
	return k
}

// insideOf returns the SEQUENCE of what came out of a cipher, and a parser to walk it;
// nil for what has another tag.
func insideOf(b []byte, tag asn1.Tag) (*parser, element) {
	p := newParser(Decoder{}, b)
	rest := p.root
	if e, ok := p.expect(&rest, tag, ""); ok {
		inner := e.body
		if seq, ok := p.expect(&inner, asn1.SEQUENCE, ""); ok {
			return &p, seq
		}
	}
	return nil, element{}
}

// kerberosMessages returns the Kerberos messages of a whole token, those inside another
// too.
func kerberosMessages(b []byte) [][]byte {
	tok, err := Decoder{Fields: true}.Parse(b)
	if err != nil {
		return nil
	}
	var found [][]byte
	var in func(f Field)
	in = func(f Field) {
		for _, c := range f.Fields {
			if c.Len > 0 && IsKerberosTag(b[c.Offset]) && c.Name == MsgType(b[c.Offset]&0x1f).String() {
				found = append(found, b[c.Offset:c.Offset+c.Len])
			}
			in(c)
		}
	}
	in(Field{Fields: tok.Fields})
	return found
}

// garble changes all that gokrb5 is to set.
func garble(k *Kerberos) {
	wrong := Principal{NameType: 99, Name: []string{"wrong"}, Realm: "WRONG"}
	encrypted := func(e *Encrypted) { e.EType, e.KVNO, e.Len = 99, 99, 99 }
	tickets := func(list ...*Ticket) {
		for _, t := range list {
			t.Service = wrong
			encrypted(&t.EncPart)
		}
	}
	switch {
	case k.APReq != nil:
		k.APReq.UseSessionKey, k.APReq.MutualRequired = !k.APReq.UseSessionKey, !k.APReq.MutualRequired
		tickets(&k.APReq.Ticket)
		encrypted(&k.APReq.Authenticator)
	case k.APRep != nil:
		encrypted(&k.APRep.EncPart)
	case k.Error != nil:
		m := *k.Error
		*k.Error = KRBError{Code: 99, Client: &wrong, Server: wrong, CTime: at("1999-01-02T03:04:05Z"),
			STime: at("1999-01-02T03:04:05Z"), Text: "wrong", DataLen: 99,
			Status: m.Status, SkewRecovery: m.SkewRecovery, Hints: m.Hints, PAData: m.PAData}
	case k.KDCReq != nil:
		m := *k.KDCReq
		for i := range m.Additional {
			tickets(&m.Additional[i])
		}
		*k.KDCReq = KDCReq{Options: 99, Client: &wrong, Server: wrong, Nonce: 99, From: at("1999-01-02T03:04:05Z"),
			Till: at("1999-01-02T03:04:05Z"), RTime: at("1999-01-02T03:04:05Z"), ETypes: []EType{99}, PAData: []int32{99},
			ForUser: m.ForUser, Additional: m.Additional, TGT: m.TGT, PACOptions: m.PACOptions, Preauth: m.Preauth, FAST: m.FAST}
	case k.KDCRep != nil:
		k.KDCRep.Client, k.KDCRep.PAData = wrong, []int32{99}
		tickets(&k.KDCRep.Ticket)
		encrypted(&k.KDCRep.EncPart)
	case k.Cred != nil:
		for i := range k.Cred.Tickets {
			tickets(&k.Cred.Tickets[i])
		}
		encrypted(&k.Cred.EncPart)
	}
}

// secondOpinion holds what gokrb5 reads of a whole message against what the walk reads,
// and each thing that gokrb5 reads to be set.
func secondOpinion(t *testing.T, name string, b []byte) {
	t.Helper()
	want, got := walk(b), walk(b)
	garble(got)
	if err := got.unmarshal(b); err != nil {
		t.Errorf("%s: gokrb5 refuses %x: %v", name, b, err)
	} else if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %x (-walk +gokrb5)\n%s", name, b, diff)
	}
}

// TestSecondOpinionOpened does so for what came out of a cipher.
func TestSecondOpinionOpened(t *testing.T) {
	wrong := *person(99, "WRONG", "wrong")
	late := at("1999-01-02T03:04:05Z")
	var want, got OpenedTicket
	p, seq := insideOf(encTicketPart(), 0x63)
	wantKey := p.encTicketPart(seq, &want)
	got = OpenedTicket{Client: wrong, KeyType: 99, Flags: []string{"wrong"}, AuthTime: late, StartTime: late, EndTime: late, RenewTill: late, PAC: want.PAC}
	gotKey, err := got.unmarshal(p.root)
	if diff := cmp.Diff(want, got); diff != "" || err != nil || !reflect.DeepEqual(gotKey, wantKey) {
		t.Errorf("EncTicketPart, key %v and %v, %v (-walk +gokrb5)\n%s", wantKey, gotKey, err, diff)
	}
	var wantAuth OpenedAuthenticator
	p, seq = insideOf(authenticator(), 0x62)
	p.authenticator(seq, &wantAuth)
	gotAuth := wantAuth
	gotAuth.Client, gotAuth.Time, gotAuth.SubkeyType = wrong, late, 99
	err = gotAuth.unmarshal(p.root)
	if diff := cmp.Diff(wantAuth, gotAuth); diff != "" || err != nil {
		t.Errorf("Authenticator, %v (-walk +gokrb5)\n%s", err, diff)
	}
}

func TestSecondOpinion(t *testing.T) {
	kinds := map[byte]bool{}
	for name, token := range samples() {
		if name == "untagged rep" {
			continue
		}
		for _, b := range kerberosMessages(token) {
			kinds[b[0]] = true
			secondOpinion(t, name, b)
		}
	}
	if len(kinds) != 8 {
		t.Errorf("messages of %d kinds, want 8", len(kinds))
	}
}

// TestSecondOpinionChanged changes each byte of each message as TestEveryByteChanged does:
// whatever becomes of it, gokrb5 must not make the result another than the walk's.
func TestSecondOpinionChanged(t *testing.T) {
	step := testcost.Step(251)
	for _, b := range [][]byte{asReq(), tgsReq(), kdcRep(11), apReq("HTTP", "w"), apRep(), krbCred(), krbError(41, nil)} {
		changed := make([]byte, len(b))
		for i := range b {
			for v := 1 + i%step; v < 256; v += step {
				copy(changed, b)
				changed[i] ^= byte(v)
				want := walk(changed)
				got, err := Decoder{}.KDC(changed)
				if err == nil && want != nil && !reflect.DeepEqual(want, got) {
					t.Fatalf("byte %d changed by %#x: %x (-walk +gokrb5)\n%s", i, v, changed, cmp.Diff(want, got))
				}
			}
		}
	}
}

// TestSecondOpinionReal does so for the messages of real clients, servers and KDCs: MIT
// krb5, Heimdal and Samba. gokrb5 refuses none of them.
func TestSecondOpinionReal(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]int{}
	for i, name := range files {
		if i%testcost.Step(2) != 0 {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messagesOfCapture(b) {
			messages[MsgType(m[0]&0x1f).String()]++
			secondOpinion(t, name, m)
		}
	}
	t.Log(messages)
	for _, kind := range []string{"AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP", "AP-REQ", "AP-REP", "KRB-ERROR"} {
		if messages[kind] < 10 {
			t.Errorf("%d messages of kind %s, of which there were more", messages[kind], kind)
		}
	}
}

var credentials = regexp.MustCompile(`(?:Negotiate|Kerberos) ([A-Za-z0-9+/]{40,}=*)`)

// messagesOfCapture returns the Kerberos messages that lie in one piece in a capture file,
// without a look at its packets.
func messagesOfCapture(b []byte) [][]byte {
	var found [][]byte
	for i := 0; i+4 < len(b); i++ {
		if !IsKerberosTag(b[i]) || b[i+1] < 0x81 || b[i+1] > 0x82 || !bytes.ContainsRune(b[i+3:i+5], 0x30) {
			continue
		}
		p := newParser(Decoder{}, b[i:])
		rest := p.root
		e, ok := p.element(&rest, "")
		if !ok || e.cut {
			continue
		}
		if _, err := (Decoder{}).KDC(e.whole); err == nil {
			found = append(found, kerberosMessages(e.whole)...)
			i += len(e.whole) - 1
		}
	}
	for _, m := range credentials.FindAllSubmatch(b, -1) {
		if token, err := base64.StdEncoding.DecodeString(string(m[1])); err == nil {
			found = append(found, kerberosMessages(token)...)
		}
	}
	return found
}

// TestGokrb5Refuses reads what gokrb5 refuses, misreads or may not be given all the same,
// and says what is odd about it.
func TestGokrb5Refuses(t *testing.T) {
	apReq := func(parts ...[]byte) []byte { return derElement(0x6e, seq(parts...)) }
	vno, kind, flags := ctx(0, number(5)), ctx(1, number(14)), ctx(2, bits(0x20000000))
	tkt, auth := ctx(3, ticket("HTTP", "web.example.com")), ctx(4, encrypted(18, 0, 70))
	whole := apReq(vno, kind, flags, tkt, auth)
	const refuses = "gokrb5, a strict reader, refuses this message: "
	for _, tt := range []struct {
		name string
		b    []byte
		odd  string
		err  string
	}{
		{"whole", whole, "", ""},
		{"cut", whole[:len(whole)-20], "", "says it has"},
		{"without authenticator", apReq(vno, kind, flags, tkt), refuses + "a mandatory member is missing", ""},
		{"without options", apReq(vno, kind, tkt, auth), refuses + "a mandatory member is missing", ""},
		{"of another type", apReq(vno, ctx(1, number(15)), flags, tkt, auth), refuses + "(40) KRB_AP_ERR_MSG_TYPE Invalid msg type", ""},
		{"padding that is set", apReq(vno, kind, ctx(2, derElement(3, []byte{1, 0x20, 0, 0, 1})), tkt, auth), refuses + "invalid padding bits in BIT STRING", ""},
		{"another kind of number", apReq(ctx(0, derElement(0x0a, []byte{5})), kind, flags, tkt, auth), refuses + "tags don't match", ""},
		{"without tag", whole[4:], "AP-REQ without its application tag", ""},
		{"short options", apReq(vno, kind, ctx(2, derElement(3, []byte{0, 0x20})), tkt, auth), "ap-options of 8 bits, of 32 at least by the standard", ""},
		{"bytes left over", apReq(vno, ctx(1, number(14), flags), tkt, auth), "9 bytes too many in member [1]", ""},
		{"of more than 64 KiB", apReq(vno, kind, flags, tkt, ctx(5, octets(cipher(maxGokrb5-1)))), "", ""},
		{"out of order", apReq(vno, flags, kind, tkt, auth), "member [1] comes after [2]", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tok, err := Decoder{}.Parse(tt.b)
			if err == nil && tt.err != "" || err != nil && (tt.err == "" || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if got := tok.Kerberos.APReq.Ticket.Service.String(); got != "HTTP/web.example.com@EXAMPLE.COM" {
				t.Errorf("ticket for %q", got)
			}
			odd := ""
			for _, o := range tok.Oddities {
				if !strings.Contains(o.Text, "GSS-API") {
					odd = o.Text
				}
			}
			if odd != tt.odd {
				t.Errorf("odd %q, want %q", odd, tt.odd)
			}
		})
	}
}

// TestGokrb5Misreads keeps what the walk reads where gokrb5 would read something else:
// it fills short options up from the wrong end, takes any last member of a request for its
// tickets, and panics over a list of them that has no length.
func TestGokrb5Misreads(t *testing.T) {
	ask := func(flags, last []byte) []byte {
		return derElement(0x6c, seq(ctx(1, number(5)), ctx(2, number(12)), ctx(4, seq(ctx(0, flags), ctx(2, general("EXAMPLE.COM")),
			ctx(3, principal(2, "HTTP", "web.example.com")), ctx(5, moment("20370913024805Z")), ctx(7, number(-2)), ctx(8, seq(number(18))), last))))
	}
	want := &Kerberos{MsgType: 12, KDCReq: &KDCReq{Options: 0x40000000, Server: *person(2, "EXAMPLE.COM", "HTTP", "web.example.com"),
		Nonce: 0xfffffffe, Till: at("2037-09-13T02:48:05Z"), ETypes: []EType{18}}}
	for name, b := range map[string][]byte{
		"neither":        ask(bits(0x40000000), nil),
		"short options":  ask(derElement(3, []byte{0, 0x40}), nil),
		"unknown member": ask(bits(0x40000000), ctx(12, seq(ticket("HTTP", "other.example.com")))),
		"tag, no length": ask(bits(0x40000000), ctx(12, []byte{0x30})),
	} {
		k, err := Decoder{}.KDC(b)
		if (err != nil) != (name == "tag, no length") {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, k); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
