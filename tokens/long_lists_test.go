package tokens

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestLongLists holds that of lists longer than any sender's only the beginning is kept, and
// that this is said.
func TestLongLists(t *testing.T) {
	mechs := slices.Repeat([]OID{OIDNTLM}, 10_000)
	token, _ := Decoder{}.Parse(init1(mechs, nil))
	if token.SPNEGO == nil || len(token.SPNEGO.Init.MechTypes) != maxMechs || !said(token, "10000 mechanisms, of which 32 are kept") {
		t.Errorf("SPNEGO: %+v, %v", token.SPNEGO, token.Oddities)
	}

	pairs := append(bytes.Repeat([]byte{MsvAvNbDomainName, 0, 2, 0, 'A', 0}, 10_000), 0, 0, 0, 0)
	challenge := append([]byte("NTLMSSP\x00\x02\x00\x00\x00"), make([]byte, 44)...)
	binary.LittleEndian.PutUint32(challenge[20:], 0xa2898205)
	binary.LittleEndian.PutUint16(challenge[40:], uint16(len(pairs)))
	binary.LittleEndian.PutUint16(challenge[42:], uint16(len(pairs)))
	binary.LittleEndian.PutUint32(challenge[44:], uint32(len(challenge)))
	token, _ = Decoder{}.Parse(append(challenge, pairs...))
	if info := token.NTLM.Challenge.TargetInfo; info == nil || len(info.Order) != maxPairs || !said(token, "more than 32 AV pairs") {
		t.Errorf("NTLM: %+v, %v", info, token.Oddities)
	}
}

// TestLongNames holds the same of names.
func TestLongNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 20_000)
	for _, components := range [][]string{{"HTTP", long}, slices.Repeat([]string{"a"}, 10_000)} {
		token, err := Decoder{}.Parse(gss(OIDKerberos, []byte{1, 0}, apReq(components...)))
		if err != nil {
			t.Fatal(err)
		}
		name := token.Kerberos.APReq.Ticket.Service.Name
		if len(name) > maxComponents || len(name[len(name)-1]) > maxName || !said(token, "are kept") {
			t.Errorf("Kerberos: %d components, the last of %d bytes, %v", len(name), len(name[len(name)-1]), token.Oddities)
		}
	}
	pas := slices.Repeat([][]byte{padata(1, nil)}, 500)
	token, err := Decoder{}.KDC(kdcReq(10, principal(1, "alice"), principal(2, "krbtgt", "A.TEST"), pas...))
	if err != nil || len(token.KDCReq.PAData) != maxListed {
		t.Errorf("KDC: %d items of pre-authentication data, %v", len(token.KDCReq.PAData), err)
	}
	basic := Decoder{}.Credentials("Basic " + base64.StdEncoding.EncodeToString([]byte(long+":x")))
	if len(basic.User) != maxName || basic.Problem == "" {
		t.Errorf("Basic: a user of %d bytes, %q", len(basic.User), basic.Problem)
	}
	if s := shortName(strings.Repeat("é", maxName)); len(s) != maxName || !utf8.ValidString(s) {
		t.Errorf("%d bytes", len(s))
	}
}

func said(t *Token, text string) bool {
	return slices.ContainsFunc(t.Oddities, func(o Oddity) bool { return strings.Contains(o.Text, text) })
}
