package tokens

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// noSum leaves out what distinguishes ciphers.
var noSum = cmpopts.IgnoreFields(Encrypted{}, "Sum")

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

func person(kind int, realm string, names ...string) *Principal {
	return &Principal{NameType: kind, Name: names, Realm: realm}
}

func wantTicket(names ...string) Ticket {
	return Ticket{Service: *person(2, "EXAMPLE.COM", names...), EncPart: Encrypted{EType: 18, KVNO: 3, Len: 90}}
}

func TestKerberosMessages(t *testing.T) {
	for _, tt := range []struct {
		sample string
		want   *Kerberos
	}{
		{"krb", &Kerberos{TokID: "0100", MsgType: 14, APReq: &APReq{MutualRequired: true,
			Ticket: wantTicket("HTTP", "web.example.com"), Authenticator: Encrypted{EType: 18, Len: 70}}}},
		{"resp krb", &Kerberos{TokID: "0200", MsgType: 15, APRep: &APRep{EncPart: Encrypted{EType: 18, Len: 80}}}},
		{"krb error", &Kerberos{TokID: "0300", MsgType: 30, Error: &KRBError{Code: 41,
			Client: person(1, "EXAMPLE.COM", "alice"), Server: *person(2, "EXAMPLE.COM", "HTTP", "web.example.com"),
			CTime: at("2024-01-02T03:04:05.000042Z"), STime: at("2024-01-02T03:14:05.123456Z"),
			Text: "no", Status: 0xc000006d, DataLen: 23}}},
		{"as-req", &Kerberos{MsgType: 10, KDCReq: &KDCReq{Options: 0x40810010, Client: person(1, "EXAMPLE.COM", "alice"),
			Server: *person(2, "EXAMPLE.COM", "krbtgt", "EXAMPLE.COM"), Nonce: 1234567, Till: at("2037-09-13T02:48:05Z"),
			ETypes: []EType{18, 17, 23, -135}, PAData: []int32{128, 149}}}},
		{"tgs-req", &Kerberos{MsgType: 12, KDCReq: &KDCReq{Options: 0x40810010,
			Server: *person(2, "EXAMPLE.COM", "HTTP", "web.example.com"), Nonce: 1234567, Till: at("2037-09-13T02:48:05Z"),
			ETypes: []EType{18, 17, 23, -135}, PAData: []int32{1, 129, 130, 167, 2, 136},
			ForUser: person(10, "EXAMPLE.COM", "bob"), Additional: []Ticket{wantTicket("HTTP", "front.example.com")},
			TGT:        &Ticket{Service: wantTicket("krbtgt", "EXAMPLE.COM").Service, EncPart: Encrypted{EType: 18, KVNO: 3, Len: 90}},
			PACOptions: 0x10000000, Preauth: 18, FAST: true}}},
		{"tgs-rep", &Kerberos{MsgType: 13, KDCRep: &KDCRep{Client: *person(1, "EXAMPLE.COM", "alice"),
			Ticket: wantTicket("HTTP", "web.example.com"), EncPart: Encrypted{EType: 18, Len: 100},
			PAData: []int32{19, 2, 16, 15}, Hints: []EType{18, 23}}}},
		{"krb-cred", &Kerberos{MsgType: 22, Cred: &KRBCred{Tickets: []Ticket{wantTicket("krbtgt", "EXAMPLE.COM")},
			EncPart: Encrypted{EType: 18, Len: 80}}}},
		{"u2u request", &Kerberos{TokID: "0400", MsgType: 16, U2U: true, TGTReq: person(2, "EXAMPLE.COM", "HTTP", "web")}},
		{"u2u reply", &Kerberos{TokID: "0401", MsgType: 17, U2U: true, TGTRep: &Ticket{
			Service: wantTicket("krbtgt", "EXAMPLE.COM").Service, EncPart: Encrypted{EType: 18, KVNO: 3, Len: 90}}}},
	} {
		t.Run(tt.sample, func(t *testing.T) {
			tok, err := Decoder{}.Parse(samples()[tt.sample])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, tok.Kerberos, noSum); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestIAKERB(t *testing.T) {
	tok, err := Decoder{}.Parse(samples()["iakerb"])
	if err != nil {
		t.Fatal(err)
	}
	k := tok.Kerberos
	if tok.Mech != OIDIAKERB || k.TokID != "0501" || k.IAKERB == nil || k.IAKERB.TargetRealm != "EXAMPLE.COM" || k.KDCReq == nil {
		t.Errorf("got %+v", k)
	}
}

// TestErrorData reads e-data in each of the forms that KDCs and services send it in.
func TestErrorData(t *testing.T) {
	ext := extError(0xc0000035)
	for _, tt := range []struct {
		name string
		data []byte
		want KRBError
	}{
		{"KERB-EXT-ERROR", ext, KRBError{Status: 0xc0000035}},
		{"KERB-EXT-ERROR as PA-PW-SALT in a list", seq(padata(PAPWSalt, ext[len(ext)-12:])), KRBError{Status: 0xc0000035, PAData: []int32{3}}},
		{"skew recovery", seq(ctx(1, number(2))), KRBError{SkewRecovery: true}},
		{"METHOD-DATA", methodData(), KRBError{Hints: []EType{18, 23}, PAData: []int32{19, 2, 16, 15}}},
		{"TYPED-DATA", seq(seq(ctx(0, number(19)), ctx(1, octets(seq(seq(ctx(0, number(17)))))))), KRBError{Hints: []EType{17}, PAData: []int32{19}}},
		{"ETYPE-INFO is not what the KDC prefers", seq(padata(PAETypeInfo, seq(seq(ctx(0, number(23)))))), KRBError{PAData: []int32{11}}},
		{"none of these", []byte("text"), KRBError{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k, err := Decoder{}.KDC(krbError(60, tt.data))
			if err != nil {
				t.Fatal(err)
			}
			got := KRBError{Status: k.Error.Status, SkewRecovery: k.Error.SkewRecovery, Hints: k.Error.Hints, PAData: k.Error.PAData}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if k.Error.DataLen != len(tt.data) {
				t.Errorf("e-data of %d, want %d", k.Error.DataLen, len(tt.data))
			}
		})
	}
}

// TestUnsigned reads numbers that the sender wrote as negative ones.
func TestUnsigned(t *testing.T) {
	tkt := derElement(0x61, seq(ctx(0, number(5)), ctx(1, general("R")), ctx(2, principal(2, "a")), ctx(3, encrypted(18, -0x7ffefffe, 64))))
	tok, err := Decoder{}.Parse(derElement(0x6e, seq(ctx(3, tkt))))
	if err != nil {
		t.Fatal(err)
	}
	if got := tok.Kerberos.APReq.Ticket.EncPart.KVNO; got != 0x80010002 {
		t.Errorf("kvno %#x, want 0x80010002", got)
	}
}

// TestReplaySum distinguishes two ciphers, and finds the same one again.
func TestReplaySum(t *testing.T) {
	sum := func(b []byte) uint64 {
		tok, err := Decoder{}.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		return tok.Kerberos.APReq.Authenticator.Sum
	}
	one, again, other := apReq("HTTP", "web"), apReq("HTTP", "web"), apReq("HTTP", "web")
	other[len(other)-1]++
	if sum(one) != sum(again) || sum(one) == sum(other) || sum(one) == 0 {
		t.Errorf("sums %x, again %x, other %x", sum(one), sum(again), sum(other))
	}
}

// TestErrorWords holds that words name one code, and that this is found by them.
func TestErrorWords(t *testing.T) {
	for _, code := range ErrorCodes() {
		for _, words := range code.Words() {
			if got := CodeInWords(words); got != code {
				t.Errorf("%q: %v, want %v", words, got, code)
			}
		}
	}
	if got := CodeInWords("Something new"); got != KDCErrNone {
		t.Errorf("unknown words: %v", got)
	}
}
