package tokens

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// proxyMessage returns a KDC-PROXY-MESSAGE around a message.
func proxyMessage(domain string, message []byte) []byte {
	framed := append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)
	parts := [][]byte{ctx(0, octets(framed))}
	if domain != "" {
		parts = append(parts, ctx(1, general(domain)), ctx(2, number(0x100)))
	}
	return seq(parts...)
}

// kpasswdMessage returns a message of RFC 3244: what is in it besides the AP-REQ or AP-REP is
// rest.
func kpasswdMessage(version uint16, ap, rest []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(kpasswdHead+len(ap)+len(rest)))
	b = binary.BigEndian.AppendUint16(b, version)
	b = binary.BigEndian.AppendUint16(b, uint16(len(ap)))
	return slices.Concat(b, ap, rest)
}

func krbPriv() []byte { return derElement(0x75, seq(ctx(0, number(5)), ctx(1, number(21)))) }

func TestKDCProxy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		b       []byte
		msgType MsgType
		want    KDCProxy
		sets    bool // a password
	}{
		{"request", proxyMessage("CORP.TEST", asReq()), MsgASReq, KDCProxy{"CORP.TEST"}, false},
		{"answer", proxyMessage("", kdcRep(13)), MsgTGSRep, KDCProxy{}, false},
		{"error", proxyMessage("", krbError(7, nil)), MsgKRBError, KDCProxy{}, false},
		{"without a length", seq(ctx(0, octets(tgsReq()))), MsgTGSReq, KDCProxy{}, false},
		{"change of a password", proxyMessage("CORP.TEST", kpasswdMessage(kpasswdSet, apReq("kadmin", "changepw"), krbPriv())), MsgAPReq, KDCProxy{"CORP.TEST"}, true},
	} {
		k, err := Decoder{Fields: true}.KDCProxy(test.b)
		if err != nil || k.MsgType != test.msgType || *k.KDCProxy != test.want || (k.Kpasswd != nil) != test.sets {
			t.Errorf("%s: got %v, %+v, %+v, %v", test.name, k.MsgType, k.KDCProxy, k.Kpasswd, err)
		}
		checkTree(t, Field{Fields: k.Fields}, len(test.b))
		for n := range test.b {
			k, err := Decoder{Fields: true}.KDCProxy(test.b[:n])
			if err == nil {
				t.Errorf("%s cut at %d of %d: no error", test.name, n, len(test.b))
			}
			checkPlace(t, test.name, n, err)
			checkTree(t, Field{Fields: k.Fields}, n)
		}
	}
	for name, b := range map[string][]byte{
		"no message":        seq(ctx(1, general("CORP.TEST"))),
		"an empty message":  seq(ctx(0, octets(nil))),
		"half a length":     seq(ctx(0, octets([]byte{0, 0, 0}))),
		"a token":           apReq("HTTP", "web.corp.test"),
		"the message alone": asReq(),
		"text":              []byte("<html>"),
	} {
		if k, err := (Decoder{}).KDCProxy(b); err == nil {
			t.Errorf("%s: got %+v and no error", name, k)
		}
	}
}

func TestKpasswd(t *testing.T) {
	t.Parallel()
	ask := kpasswdMessage(kpasswdChange, apReq("kadmin", "changepw"), krbPriv())
	for _, test := range []struct {
		name    string
		b       []byte
		msgType MsgType
		want    Kpasswd
	}{
		{"change", ask, MsgAPReq, Kpasswd{1, len(krbPriv())}},
		{"set", kpasswdMessage(kpasswdSet, apReq("kadmin", "changepw"), krbPriv()), MsgAPReq, Kpasswd{0xff80, len(krbPriv())}},
		{"answer", kpasswdMessage(kpasswdChange, apRep(), krbPriv()), MsgAPRep, Kpasswd{1, len(krbPriv())}},
		{"error", kpasswdMessage(kpasswdChange, nil, krbError(37, []byte{0, 3, 'n', 'o'})), MsgKRBError, Kpasswd{1, 0}},
	} {
		k, err := Decoder{Fields: true}.Kpasswd(test.b)
		if d := cmp.Diff(&test.want, k.Kpasswd); err != nil || k.MsgType != test.msgType || d != "" {
			t.Errorf("%s: got %v, %v (-want +got):\n%s", test.name, k.MsgType, err, d)
		}
		if !IsKpasswd(test.b) {
			t.Errorf("%s: is not known by its beginning", test.name)
		}
		for n := range test.b {
			k, err := Decoder{Fields: true}.Kpasswd(test.b[:n])
			checkPlace(t, test.name, n, err)
			checkTree(t, Field{Fields: k.Fields}, n)
		}
	}
	for name, b := range map[string][]byte{"a Kerberos message": asReq(), "noise": []byte("\x12\x34\x00\x02\x00\x00\x00"), "short": {0, 6, 0, 1, 0}} {
		if IsKpasswd(b) {
			t.Errorf("%s is taken for one", name)
		}
	}
}

func FuzzKDCProxy(f *testing.F) {
	f.Add(proxyMessage("CORP.TEST", asReq()), false)
	f.Add(proxyMessage("", krbError(25, methodData())), false)
	f.Add(proxyMessage("CORP.TEST", kpasswdMessage(kpasswdSet, apReq("kadmin", "changepw"), krbPriv())), false)
	f.Add(kpasswdMessage(kpasswdChange, apReq("kadmin", "changepw"), krbPriv()), true)
	f.Add(kpasswdMessage(kpasswdChange, nil, krbError(37, nil)), true)
	f.Fuzz(func(t *testing.T, b []byte, kpasswd bool) {
		read := Decoder.KDCProxy
		if kpasswd {
			read = Decoder.Kpasswd
		}
		k, err := read(Decoder{Fields: true}, b)
		checkPlace(t, "envelope", len(b), err)
		checkTree(t, Field{Fields: k.Fields}, len(b))
	})
}
