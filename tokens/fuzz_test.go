package tokens

import (
	"encoding/base64"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzParse(f *testing.F) {
	for _, b := range samples() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tok, err := Decoder{Secrets: true, Fields: true}.Parse(b)
		checkPlace(t, "token", len(b), err)
		checkTree(t, Field{Fields: tok.Fields}, len(b))
		plain, _ := Decoder{}.Parse(b)
		if len(plain.Oddities) != len(tok.Oddities) {
			t.Error("a tree changes what is odd")
		}
	})
}

func checkTree(t *testing.T, f Field, n int) {
	if f.Offset < 0 || f.Len < 0 || f.Offset+f.Len > n {
		t.Fatalf("%s at %d, %d bytes, of %d", f.Name, f.Offset, f.Len, n)
	}
	for _, c := range f.Fields {
		checkTree(t, c, n)
	}
}

func FuzzNTLM(f *testing.F) {
	for _, b := range [][]byte{ntlm1(), ntlm1Bare, ntlm2(), ntlm3(), ntlm3Short(52, 0, "alice", false), ntlm3Short(64, 0x8201, "alice", true)} {
		f.Add(b[len(ntlmSignature):])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = append(ntlmSignature[:len(ntlmSignature):len(ntlmSignature)], b...)
		tok, err := Decoder{Fields: true}.Parse(b)
		checkPlace(t, "NTLM", len(b), err)
		checkTree(t, Field{Fields: tok.Fields}, len(b))
		if a := tok.NTLM.Authenticate; a != nil && a.HeaderLen > len(b) {
			t.Errorf("a header of %d in %d bytes", a.HeaderLen, len(b))
		}
	})
}

func FuzzKDC(f *testing.F) {
	for _, b := range [][]byte{asReq(), kdcRep(11), tgsReq(), kdcRep(13), krbError(25, methodData()), krbError(7, extError(0xc0000035)), krbCred(), apReq("HTTP", "w")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := Decoder{}.KDC(b)
		if k == nil {
			t.Fatal("no message")
		}
		checkPlace(t, "KDC message", len(b), err)
		if walked := walk(b); err == nil && walked != nil && !reflect.DeepEqual(walked, k) {
			t.Errorf("walk and gokrb5 differ\n%s", cmp.Diff(walked, k))
		}
	})
}

func FuzzHeader(f *testing.F) {
	for _, s := range []string{
		"Negotiate", `Negotiate, NTLM, Basic realm="a, b"`, "Negotiate [1882 bytes were stripped]",
		`Digest realm="Negotiate YII=, NTLM", nonce="x\"y", stale=false, Negotiate`,
		"Basic YWxpY2U6c2VjcmV0", "Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJpIiwiYXVkIjpbImEiXSwiZXhwIjoxfQ.c2ln",
		`Digest username="bob", nonce="***", response="[redacted]"`, "Redacted_by ██",
		"NTLM " + base64.StdEncoding.EncodeToString(ntlm3()),
		"Negotiate " + base64.StdEncoding.EncodeToString(resp(1, OIDNTLM, ntlm2(), nil)),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all := Decoder{}.Challenges([]string{s})
		if len(all) > len(s)+1 {
			t.Errorf("%d challenges in %d characters", len(all), len(s))
		}
		a := Decoder{}.Credentials(s)
		if got := Stripped(s); got != (a.Stripped || a.Cut()) {
			t.Errorf("Stripped is %v of %+v", got, a)
		}
		for _, a := range append(all, a) {
			if a.Len > len(s) {
				t.Errorf("a token of %d in %d characters", a.Len, len(s))
			}
		}
	})
}

func FuzzKeytab(f *testing.F) {
	f.Add(keytabFile())
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := ParseKeytab(b)
		if k == nil || k.Len() > len(b) {
			t.Fatalf("%v, %v", k, err)
		}
		k.open(Encrypted{EType: ETypeAES256}, cipher(80))
		k.open(Encrypted{EType: ETypeRC4}, cipher(80))
	})
}

func FuzzOpened(f *testing.F) {
	f.Add(encTicketPart())
	f.Add(authenticator())
	f.Fuzz(func(t *testing.T, b []byte) {
		p := newParser(Decoder{Fields: true}, b)
		ticket, auth := OpenedTicket{}, OpenedAuthenticator{}
		p.readTicket(nil, b, &ticket)
		p.readAuthenticator(nil, b, &auth)
		if in, seq := insideOf(b, 0x63); in != nil {
			var walked OpenedTicket
			if key := in.encTicketPart(seq, &walked); !reflect.DeepEqual(walked, ticket) || !reflect.DeepEqual(key, p.session) {
				t.Errorf("walk and gokrb5 differ\n%s", cmp.Diff(walked, ticket))
			}
		}
		if in, seq := insideOf(b, 0x62); in != nil {
			var walked OpenedAuthenticator
			if in.authenticator(seq, &walked); !reflect.DeepEqual(walked, auth) {
				t.Errorf("walk and gokrb5 differ\n%s", cmp.Diff(walked, auth))
			}
		}
	})
}
