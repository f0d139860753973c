package tokens

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The messages of MS-NLMP 4.2: user User of Domain, at the computer COMPUTER, logs on to
// Server with NTLMv1, with extended session security, and with NTLMv2.
const (
	nlmpChallenge1 = `4e544c4d53535000 02000000 0c000c0038000000 338202e2 0123456789abcdef
		0000000000000000 0000000000000000 060070170000000f 530065007200760065007200`
	nlmpAuthenticate1 = `4e544c4d53535000 03000000 180018006c000000 1800180084000000 0c000c0048000000
		0800080054000000 100010005c000000 100010009c000000 358280e2 0501280a0000000f
		44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200
		98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13 67c43011f30298a2ad35ece64f16331c44bdbed927841f94
		518822b1b3f350c8958682ecbb3e3cb7`
	nlmpAuthenticateESS = `4e544c4d53535000 03000000 180018006c000000 1800180084000000 0c000c0048000000
		0800080054000000 100010005c000000 000000009c000000 35820882 0501280a0000000f
		44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200
		aaaaaaaaaaaaaaaa00000000000000000000000000000000 7537f803ae367128ca458204bde7caf81e97ed2683267232`
	nlmpChallenge2 = `4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef
		0000000000000000 2400240044000000 060070170000000f 530065007200760065007200
		02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000`
	nlmpAuthenticate2 = `4e544c4d53535000 03000000 180018006c000000 5400540084000000 0c000c0048000000
		0800080054000000 100010005c000000 10001000d8000000 358288e2 0501280a0000000f
		44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200
		86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa
		68cd0ab851e51c96aabc927bebef6a1c 0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000
		02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000 00000000
		c5dad2544fc9799094ce1ce90bc9d03e`
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPublishedExamples(t *testing.T) {
	challenge := [8]byte{1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}
	domain, server := "Domain", "Server"
	pairs := func() *NTLMAVPairs {
		return &NTLMAVPairs{DomainName: &domain, ComputerName: &server, Order: []uint16{2, 1}}
	}
	xp := &NTLMVersion{Major: 5, Minor: 1, Build: 2600, Revision: 15, Product: "Windows XP"}
	vista := &NTLMVersion{Major: 6, Minor: 0, Build: 6000, Revision: 15, Product: "Windows Vista"}
	authenticate := func(kind NTLMResponseKind, lm string, nt, key int) *NTLMAuthenticate {
		return &NTLMAuthenticate{User: "User", Domain: "Domain", Workstation: "COMPUTER", Kind: kind, LM: lm,
			LMLen: 24, NTLen: nt, SessionKeyLen: key, HeaderLen: 72, Unicode: true}
	}
	v2 := authenticate(ResponseNTLMv2, "LMv2", 84, 16)
	v2.Pairs = pairs()
	for _, tt := range []struct {
		name, hex string
		want      *NTLM
	}{
		{"4.2.2.3 challenge", nlmpChallenge1, &NTLM{Flags: 0xe2028233, Version: vista,
			Challenge: &NTLMChallenge{TargetName: "Server", ServerChallenge: challenge}}},
		{"4.2.2.3 authenticate", nlmpAuthenticate1, &NTLM{Flags: 0xe2808235, Version: xp,
			Authenticate: authenticate(ResponseNTLMv1, "LM", 24, 16)}},
		{"4.2.3.3 authenticate", nlmpAuthenticateESS, &NTLM{Flags: 0x82088235, Version: xp,
			Authenticate: authenticate(ResponseESS, "client challenge", 24, 0)}},
		{"4.2.4.3 challenge", nlmpChallenge2, &NTLM{Flags: 0xe28a8233, Version: vista,
			Challenge: &NTLMChallenge{TargetName: "Server", ServerChallenge: challenge, TargetInfo: pairs()}}},
		{"4.2.4.3 authenticate", nlmpAuthenticate2, &NTLM{Flags: 0xe2888235, Version: xp, Authenticate: v2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := unhex(t, tt.hex)
			tok, err := Decoder{}.Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, tok.NTLM, cmpopts.IgnoreUnexported(NTLMAuthenticate{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestResponseKinds distinguishes the kinds of response by what is on the wire.
func TestResponseKinds(t *testing.T) {
	ess := append([]byte("12345678"), make([]byte, 16)...)
	for _, tt := range []struct {
		name, user string
		flags      uint32
		lm, nt     []byte
		kind       NTLMResponseKind
		lmKind     string
	}{
		{"NTLMv2", "alice", 0x8201, make([]byte, 24), ntlmv2Response(), ResponseNTLMv2, "zero"},
		{"NTLMv2 and LMv2", "alice", 0x8201, cipher(24), ntlmv2Response(), ResponseNTLMv2, "LMv2"},
		{"NTLMv1, no LM hash", "alice", 0x8201, cipher(24), cipher(24), ResponseNTLMv1, "copy of NT"},
		{"NTLMv1 and LM", "alice", 0x8201, cipher(25)[:24], cipher(24), ResponseNTLMv1, "LM"},
		{"NTLMv1, LM zero", "alice", 0x8201, make([]byte, 24), cipher(24), ResponseNTLMv1, "zero"},
		{"ESS", "alice", 0x88201, ess, cipher(24), ResponseESS, "client challenge"},
		{"like ESS without its flag", "alice", 0x8201, ess, cipher(24), ResponseNTLMv1, "client challenge"},
		{"LM only", "alice", 0x8201, cipher(24), nil, ResponseLM, "LM"},
		{"LMv2 only", "alice", 0x88201, cipher(24), nil, ResponseLMv2, "LMv2"},
		{"anonymous by flag", "", 0x8a01, []byte{0}, nil, ResponseAnonymous, "zero"},
		{"anonymous by absence", "", 0x8201, nil, nil, ResponseAnonymous, "absent"},
		{"local call", "", 0xc201, nil, nil, ResponseLocal, "absent"},
		{"a name and no response", "alice", 0x8201, nil, nil, ResponseUnknown, "absent"},
		{"NT of a strange length", "alice", 0x8201, nil, cipher(30), ResponseUnknown, "absent"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := ntlmHeader(3, 64)
			binary.LittleEndian.PutUint32(b[60:], tt.flags)
			tok, err := Decoder{}.Parse(fields(b, []int{36, 12, 20}, wide(tt.user), tt.lm, tt.nt))
			if err != nil {
				t.Fatal(err)
			}
			if a := tok.NTLM.Authenticate; a.Kind != tt.kind || a.LM != tt.lmKind {
				t.Errorf("got %q and LM %q, want %q and %q", a.Kind, a.LM, tt.kind, tt.lmKind)
			}
		})
	}
}

// TestNamesByEvidence reads the names of messages whose flags are wrong, or not there.
func TestNamesByEvidence(t *testing.T) {
	for _, tt := range []struct {
		name    string
		header  int
		flags   uint32
		unicode bool // how the names are written
		guessed bool
	}{
		{"as the flags say, Unicode", 64, 0x201, true, false},
		{"as the flags say, OEM", 64, 0x202, false, false},
		{"no flags in the header, Unicode", 52, 0, true, true},
		{"no flags in the header, OEM", 52, 0, false, true},
		{"flags zero, Unicode", 64, 0, true, true},
		{"flags say OEM, bytes say Unicode", 64, 0x202, true, true},
		{"flags say Unicode, bytes say OEM", 64, 0x201, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tok, err := Decoder{}.Parse(ntlm3Short(tt.header, tt.flags, "alice", tt.unicode))
			if err != nil {
				t.Fatal(err)
			}
			a := tok.NTLM.Authenticate
			if a.Account() != `EXAMPLE\alice` || a.Workstation != "CLIENT1" || a.Unicode != tt.unicode || a.UnicodeGuessed != tt.guessed || a.HeaderLen != tt.header {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// TestMICHeaders finds the MIC where each kind of header has it.
func TestMICHeaders(t *testing.T) {
	for _, tt := range []struct {
		header        int
		flags         uint32
		room, version bool
		odd           string
	}{
		{64, 0x201, false, false, "MsvAvFlags announces a MIC, the 64-byte header has no room for it"},
		{72, 0x2000201, false, true, "MsvAvFlags announces a MIC, the 72-byte header has no room for it"},
		{80, 0x201, true, false, ""},
		{88, 0x2000201, true, true, ""},
		{88, 0x201, true, false, ""},
	} {
		b := ntlmHeader(3, tt.header)
		for i := 64; i < tt.header; i++ {
			b[i] = 1
		}
		binary.LittleEndian.PutUint32(b[60:], tt.flags)
		tok, err := Decoder{}.Parse(fields(b, []int{36, 20}, wide("alice"), ntlmv2Response()))
		if err != nil {
			t.Fatal(err)
		}
		m := tok.NTLM
		if a := m.Authenticate; !a.HasMIC || a.MICRoom != tt.room || (m.Version != nil) != tt.version {
			t.Errorf("header of %d: %+v, version %v", tt.header, a, m.Version)
		}
		if tt.odd != "" && (len(tok.Oddities) != 1 || tok.Oddities[0].Text != tt.odd || !tok.Oddities[0].Wrong) || tt.odd == "" && tok.Oddities != nil {
			t.Errorf("header of %d: odd %+v", tt.header, tok.Oddities)
		}
	}
}

func TestFiletime(t *testing.T) {
	for v, want := range map[uint64]time.Time{
		0:                  {},
		1<<63 + 5:          {},
		1<<63 - 1:          {}, // the year 30828
		133486382456000000: time.Date(2024, 1, 2, 3, 4, 5, 600000000, time.UTC),
	} {
		if got := filetime(v); !got.Equal(want) {
			t.Errorf("%d: %v, want %v", v, got, want)
		}
	}
}

func TestFlagNames(t *testing.T) {
	const want = "0x01000201 (NTLMSSP_NEGOTIATE_UNICODE, NTLMSSP_NEGOTIATE_NTLM, unknown 0x01000000)"
	if got := NTLMFlags(0x01000201).String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUTF16String(t *testing.T) {
	long := strings.Repeat("server.", 20)
	for _, tt := range []struct {
		bytes string
		want  string
	}{
		{"", ""},
		{"a", ""},
		{"a\x00b\x00", "ab"},
		{"a\x00b\x00c", "ab"},
		{"a\x00\xfc\x00r\x00", "aür"},
		{"a\x00\x00\x00", "a\x00"},
		{"\x3d\xd8\x00\xde", "\U0001f600"},
		{"a\x00\x3d\xd8b\x00", "a\ufffdb"},
		{string(wide(long)), long},
		{string(wide(long + "ü")), long + "ü"},
	} {
		if got := utf16String([]byte(tt.bytes)); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.bytes, got, tt.want)
		}
	}
}
