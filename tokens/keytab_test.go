package tokens

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/types"
)

var (
	serviceKey = cipher(32)
	sessionKey = cipher(31)[:16]
)

func counted(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

// keytabFile holds a hole, a key that fits no ticket here, and the service's key.
func keytabFile() []byte {
	entry := func(etype uint16, key []byte) []byte {
		b := slices.Concat([]byte{0, 2}, counted("EXAMPLE.COM"), counted("HTTP"), counted("web.example.com"),
			[]byte{0, 0, 0, 2}, []byte{1, 2, 3, 4}, []byte{3}, binary.BigEndian.AppendUint16(nil, etype), counted(string(key)), []byte{0, 0, 0, 3})
		return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
	}
	return slices.Concat([]byte{5, 2}, []byte{0xff, 0xff, 0xff, 0xfc, 1, 2, 3, 4}, entry(18, cipher(30)), entry(18, cipher(33)[1:]), entry(18, serviceKey))
}

func ndrString(s string) []byte {
	n := uint32(len(s))
	b := binary.LittleEndian.AppendUint32(nil, n)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = append(binary.LittleEndian.AppendUint32(b, n), wide(s)...)
	return append(b, make([]byte, -len(b)&3)...)
}

func u32s(v ...uint32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}

func ndrSID(v ...uint32) []byte {
	return slices.Concat(u32s(uint32(len(v))), []byte{1, byte(len(v)), 0, 0, 0, 0, 0, 5}, u32s(v...))
}

// logonInfo returns a KERB_VALIDATION_INFO of a user with two groups of the domain, an extra
// SID and a resource group.
func logonInfo() []byte {
	text := func(s string) []byte {
		n := uint32(2 * len(s))
		return u32s(n|n<<16, 0x20000)
	}
	header := slices.Concat([]byte{1, 0x10, 8, 0, 0xcc, 0xcc, 0xcc, 0xcc}, make([]byte, 8), u32s(0x20000),
		stamp, make([]byte, 40), text("alice"), text("Alice Adams"), u32s(0, 0), u32s(0, 0), u32s(0, 0), u32s(0, 0),
		u32s(7), u32s(1105, 513, 2, 0x20004, 0x20), make([]byte, 16), text("DC1"), text("EXAMPLE"), u32s(0x20008),
		make([]byte, 8), u32s(0x210), make([]byte, 28), u32s(1, 0x2000c, 0x20010, 1, 0x20014))
	return slices.Concat(header, ndrString("alice"), ndrString("Alice Adams"), u32s(2, 513, 7, 1110, 7),
		ndrString("DC1"), ndrString("EXAMPLE"), ndrSID(21, 1, 2, 3), u32s(1, 0x20018, 7), ndrSID(99), ndrSID(21, 1, 2, 4), u32s(1, 1200, 7))
}

func pacFile() []byte {
	upn := slices.Concat([]byte{22, 0, 16, 0, 0, 0, 38, 0, 2, 0, 0, 0, 0, 0, 0, 0}, wide("alice@e.com"))
	buffers := []struct {
		kind uint32
		b    []byte
	}{
		{1, logonInfo()}, {10, slices.Concat(stamp, []byte{10, 0}, wide("alice"))}, {12, upn},
		{6, append(u32s(16), cipher(12)...)}, {7, append(u32s(0xffffff76), cipher(16)...)},
	}
	head := u32s(uint32(len(buffers)), 0)
	at := len(head) + 16*len(buffers)
	var body []byte
	for _, x := range buffers {
		head = append(head, u32s(x.kind, uint32(len(x.b)), uint32(at+len(body)), 0)...)
		body = append(body, x.b...)
		body = append(body, make([]byte, -len(body)&7)...)
	}
	return append(head, body...)
}

func encTicketPart() []byte {
	pac := seq(seq(ctx(0, number(adWin2kPAC)), ctx(1, octets(pacFile()))))
	return derElement(0x63, seq(ctx(0, bits(0x40a00000)), ctx(1, seq(ctx(0, number(17)), ctx(1, octets(sessionKey)))),
		ctx(2, general("EXAMPLE.COM")), ctx(3, principal(1, "alice")), ctx(4, seq(ctx(0, number(1)), ctx(1, octets(nil)))),
		ctx(5, moment("20240102030405Z")), ctx(6, moment("20240102030406Z")), ctx(7, moment("20240102130405Z")),
		ctx(8, moment("20240109030405Z")), ctx(10, seq(seq(ctx(0, number(adIfRelevant)), ctx(1, octets(pac)))))))
}

func authenticator() []byte {
	cred := krbCred()
	sum := slices.Concat(u32s(16), cipher(16), u32s(0x23), []byte{1, 0, byte(len(cred)), byte(len(cred) >> 8)}, cred)
	return derElement(0x62, seq(ctx(0, number(5)), ctx(1, general("EXAMPLE.COM")), ctx(2, principal(1, "alice")),
		ctx(3, seq(ctx(0, number(checksumGSS)), ctx(1, octets(sum)))), ctx(4, number(250000)), ctx(5, moment("20240102030500Z")),
		ctx(6, seq(ctx(0, number(18)), ctx(1, octets(cipher(32))))), ctx(7, number(77))))
}

func seal(t *testing.T, plain, key []byte, etype int32, usage uint32, kvno int) []byte {
	t.Helper()
	e, err := crypto.GetEncryptedData(plain, types.EncryptionKey{KeyType: etype, KeyValue: key}, usage, kvno)
	if err != nil {
		t.Fatal(err)
	}
	return seq(ctx(0, number(etype)), ctx(1, number(int32(kvno))), ctx(2, octets(e.Cipher)))
}

func TestKeytabOpens(t *testing.T) {
	k, err := ParseKeytab(keytabFile())
	if err != nil || k.Len() != 3 {
		t.Fatalf("%d keys, %v", k.Len(), err)
	}
	tkt := derElement(0x61, seq(ctx(0, number(5)), ctx(1, general("EXAMPLE.COM")), ctx(2, principal(2, "HTTP", "alias.example.com")),
		ctx(3, seal(t, encTicketPart(), serviceKey, 18, usageTicket, 3))))
	req := derElement(0x6e, seq(ctx(0, number(5)), ctx(1, number(14)), ctx(2, bits(0)), ctx(3, tkt),
		ctx(4, seal(t, authenticator(), sessionKey, 17, usageAPReqAuthenticator, 0))))
	tok, err := Decoder{Keytab: k}.Parse(gss(OIDKerberos, []byte{1, 0}, req))
	if err != nil || len(tok.Oddities) > 0 {
		t.Fatal(err, tok.Oddities)
	}
	alice := Principal{NameType: 1, Name: []string{"alice"}, Realm: "EXAMPLE.COM"}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	wantTicket := &OpenedTicket{
		Client: alice, KeyType: ETypeAES128, Flags: []string{"forwardable", "renewable", "pre-authent"},
		AuthTime: at("2024-01-02T03:04:05Z"), StartTime: at("2024-01-02T03:04:06Z"),
		EndTime: at("2024-01-02T13:04:05Z"), RenewTill: at("2024-01-09T03:04:05Z"),
		PAC: &PAC{
			User: "alice", FullName: "Alice Adams", Domain: "EXAMPLE", Server: "DC1", UPN: "alice@e.com",
			SID: "S-1-5-21-1-2-3-1105", LogonTime: at("2024-01-02T03:04:05.6Z"),
			Groups:     []string{"S-1-5-21-1-2-3-513", "S-1-5-21-1-2-3-1110", "S-1-5-99", "S-1-5-21-1-2-4-1200"},
			Signatures: []string{"server signature hmac-sha1-96-aes256 (16)", "KDC signature hmac-md5 (-138)"},
		},
	}
	if diff := cmp.Diff(wantTicket, tok.Kerberos.APReq.Ticket.Opened); diff != "" {
		t.Errorf("ticket (-want +got)\n%s", diff)
	}
	got := tok.Kerberos.APReq.Opened
	if got == nil || len(got.Delegated) != 1 || got.Delegated[0].Service.String() != "krbtgt/EXAMPLE.COM@EXAMPLE.COM" {
		t.Fatalf("authenticator %+v", got)
	}
	got.Delegated = nil
	wantAuth := &OpenedAuthenticator{
		Client: alice, Time: at("2024-01-02T03:05:00.25Z"), SubkeyType: ETypeAES256,
		GSSFlags:        []string{"GSS_C_DELEG_FLAG", "GSS_C_MUTUAL_FLAG", "GSS_C_INTEG_FLAG"},
		ChannelBindings: (*[16]byte)(cipher(16)),
	}
	if diff := cmp.Diff(wantAuth, got); diff != "" {
		t.Errorf("authenticator (-want +got)\n%s", diff)
	}
}

func TestKeytabPrefixes(t *testing.T) {
	b := keytabFile()
	for n := range b {
		k, err := ParseKeytab(b[:n])
		if k == nil {
			t.Fatalf("cut at %d: no keytab", n)
		}
		if err == nil && k.Len() == 3 {
			t.Errorf("cut at %d: nothing is missing", n)
		}
	}
}
