package tokens

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
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

func said(t *Token, text string) bool {
	return slices.ContainsFunc(t.Oddities, func(o Oddity) bool { return strings.Contains(o.Text, text) })
}
