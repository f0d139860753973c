package hosttext

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"negotrace/httpstream"
	"negotrace/internal/testcost"
)

// The texts, each as its command prints it.
const (
	windowsKlist = "\r\nCurrent LogonId is 0:0x3d5a2\r\n\r\nCached Tickets: (2)\r\n\r\n" +
		"#0>\tClient: alice @ CORP.TEST\r\n\tServer: krbtgt/CORP.TEST @ CORP.TEST\r\n\tKerbTicket Encryption Type: AES-256-CTS-HMAC-SHA1-96\r\n" +
		"\tTicket Flags 0x40e10000 -> forwardable renewable initial pre_authent name_canonicalize \r\n" +
		"\tStart Time: 11/23/2026 12:00:00 (local)\r\n\tEnd Time:   11/23/2026 22:00:00 (local)\r\n\tRenew Time: 11/30/2026 12:00:00 (local)\r\n" +
		"\tSession Key Type: AES-256-CTS-HMAC-SHA1-96\r\n\tCache Flags: 0x1 -> PRIMARY \r\n\tKdc Called: DC1.corp.test\r\n\r\n" +
		"#1>\tClient: alice @ CORP.TEST\r\n\tServer: HTTP/web.corp.test @ CORP.TEST\r\n\tKerbTicket Encryption Type: RSADSI RC4-HMAC(NT)\r\n" +
		"\tStart Time: 11/23/2026 12:00:05 (local)\r\n\tSession Key Type: RSADSI RC4-HMAC(NT)\r\n"
	klistGet = "Current LogonId is 0:0x3d5a2\r\nError calling API LsaCallAuthenticationPackage (GetTicket substatus): 0x6fb\r\n\r\n" +
		"klist failed with 0xc000018b/-1073741429: The SAM database on the Windows Server does not have a computer account for this workstation trust relationship.\r\n"
	mitKlist = "Ticket cache: FILE:/tmp/krb5cc_1000\nDefault principal: alice@CORP.TEST\n\nValid starting       Expires              Service principal\n" +
		"11/23/2026 12:00:00  11/23/2026 22:00:00  krbtgt/CORP.TEST@CORP.TEST\n\trenew until 11/24/2026 12:00:00, Flags: FRIA, Etype (skey, tkt): aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96 \n" +
		"11/23/2026 12:00:05 PM  11/23/2026 10:00:00 PM  HTTP/web.corp.test@\n\tfor client bob@CORP.TEST, Etype (skey, tkt): arcfour-hmac, aes128-cts-hmac-sha1-96 \n\tTicket server: HTTP/web.corp.test@CORP.TEST\n"
	mitKeytab = "Keytab name: FILE:/etc/krb5.keytab\nKVNO Timestamp           Principal\n---- ------------------- ------------------------\n" +
		"   2 11/23/2026 12:00:00 HTTP/web.corp.test@CORP.TEST (aes256-cts-hmac-sha1-96) \n   3 HTTP/web@CORP.TEST\n"
	setspnL = "Registered ServicePrincipalNames for CN=svc-web,CN=Users,DC=corp,DC=test:\r\n\tHTTP/web.corp.test\r\n\tHTTP/web\r\n"
	setspnQ = "Checking domain DC=corp,DC=test\r\nCN=web1,OU=M\x81nchen,DC=corp,DC=test\r\n\tHTTP/app.corp.test\r\n\r\nExisting SPN found!\r\n"
	setspnN = "Checking domain DC=corp,DC=test\r\n\r\nNo such SPN found.\r\n"
	setspnX = "Checking domain DC=corp,DC=test\r\nProcessing entry 0\r\nHTTP/two.corp.test is registered on these accounts:\r\n\tCN=a,DC=corp,DC=test\r\n\tCN=b,DC=corp,DC=test\r\n\r\nfound 1 group of duplicate SPNs.\r\n"
	nltests = "Flags: b0 HAS_IP  HAS_TIMESERV \r\nTrusted DC Name \\\\DC1.corp.test \r\nTrusted DC Connection Status Status = 0 0x0 NERR_Success\r\nThe command completed successfully\r\n" +
		"Flags: 80 \r\nTrusted DC Name \r\nTrusted DC Connection Status Status = 1311 0x51f ERROR_NO_LOGON_SERVERS\r\nTrust Verification Status = 0 0x0 NERR_Success\r\n" +
		"I_NetLogonControl failed: Status = 5 0x5 ERROR_ACCESS_DENIED\r\n" +
		"           DC: \\\\DC1.corp.test\r\n      Address: \\\\10.0.0.1\r\n     Dom Guid: 0e\r\n     Dom Name: corp.test\r\n  Forest Name: corp.test\r\n Dc Site Name: Berlin\r\nOur Site Name: Rome\r\n        Flags: PDC GC\r\n" +
		"Getting DC name failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN\r\n" +
		"List of domain trusts:\r\n    0: CORP corp.test (NT 5) (Forest Tree Root)\r\n    1: OLD\r\nThe command completed successfully\r\n"
	ipconfigAll = "\r\nWindows IP Configuration\r\n\r\n   Host Name . . . . . . . . . . . . : WEB1\r\n   Primary Dns Suffix  . . . . . . . : corp.test\r\n   Node Type . . . . . . . . . . . . : Hybrid\r\n" +
		"   DNS Suffix Search List. . . . . . : corp.test\r\n                                       old.test\r\n\r\nEthernet adapter Ethernet:\r\n\r\n   Connection-specific DNS Suffix  . : \r\n" +
		"   Link-local IPv6 Address . . . . . : fe80::1%5(Preferred) \r\n   IPv4 Address. . . . . . . . . . . : 10.0.0.5(Preferred) \r\n   DNS Servers . . . . . . . . . . . : 10.0.0.1\r\n                                       ::1\r\n"
	displayDNS = "Windows IP Configuration\r\n\r\n    web.corp.test\r\n    ----------------------------------------\r\n    Record Name . . . . . : web.corp.test\r\n    Record Type . . . . . : 5\r\n    CNAME Record  . . . . : web1.corp.test\r\n\r\n\r\n" +
		"    Record Name . . . . . : web1.corp.test\r\n    A (Host) Record . . . : 10.0.0.5\r\n\r\n    gone.corp.test\r\n    ----------------------------------------\r\n    Name does not exist.\r\n"
)

// What Kerberos libraries print of themselves.
const (
	krb5Trace = "[2301] 1795250401.123456: Getting initial credentials for alice@CORP.TEST\n[2301] 1795250401.123470: Sending request (178 bytes) to CORP.TEST\n" +
		"[2301] 1795250401.124000: Received error from KDC: -1765328359/Additional pre-authentication required\n" +
		"[2301] 1795250401.124600: Received error from KDC: -1765328360/Preauthentication failed\nkinit: Password incorrect while getting initial credentials\n" +
		"[2302] 1795250402.123456: Getting credentials alice@CORP.TEST -> HTTP/web@CORP.TEST using ccache FILE:/tmp/krb5cc_1000\n" +
		"[2302] 1795250402.123500: Retrieving alice@CORP.TEST -> HTTP/web@CORP.TEST from FILE:/tmp/krb5cc_1000 with result: -1765328243/Matching credential not found\n" +
		"[2302] 1795250402.124600: Received error from KDC: -1765328377/Server not found in Kerberos database\n" +
		"[2302] 1795250402.124700: TGS request result: -1765328377/Server HTTP/web@CORP.TEST not found in Kerberos database\n" +
		"[2303] 1795250403.124700: Getting credentials alice@CORP.TEST -> HTTP/far@FAR.TEST using ccache FILE:/tmp/krb5cc_1000\n" +
		"[2303] 1795250403.124800: TGS request result: -1765328228/Cannot contact any KDC for realm 'FAR.TEST'\n[2303] 1795250403.124900: TGS request result: 0/Success\n"
	traceReferral = "[2301] 1795250401.123456: Getting initial credentials for bob@CORP.TEST\n[2301] 1795250401.124000: Received error from KDC: -1765328316/Realm not local to KDC\n"
	javaReferral  = ">>>KRBError:\n\t error code is 68\n\t error Message is null\n\t crealm is SUB.CORP.TEST\n\t cname is bob\n\t sname is krbtgt/CORP.TEST@CORP.TEST\n"
	kinitV        = "Using default cache: /tmp/krb5cc_1000\nUsing principal: alice@CORP.TEST\nkinit: Cannot find KDC for realm \"CORP.TEST\" while getting initial credentials\n$ kvno HTTP/a\nkvno: Server HTTP/a@CORP.TEST not found in Kerberos database while getting credentials for HTTP/a@CORP.TEST\n"
	kdcLogLines   = "Nov 20 09:00:01 kdc krb5kdc[7](info): AS_REQ (2 etypes {aes256-cts-hmac-sha1-96(18), arcfour-hmac(23)}) 10.0.0.5: NEEDED_PREAUTH: alice@CORP.TEST for krbtgt/CORP.TEST@CORP.TEST, Additional pre-authentication required\n" +
		"Nov 20 09:00:01 kdc krb5kdc[7](info): closing down fd 12\n" +
		"Nov 20 09:00:02 kdc krb5kdc[7](info): TGS_REQ (1 etypes {aes256-cts-hmac-sha1-96(18)}) 10.0.0.5: LOOKING_UP_SERVER: authtime 0, etypes {rep=UNSUPPORTED:(0)} alice@CORP.TEST for HTTP/web@CORP.TEST, Server not found in Kerberos database\n" +
		"Nov 20 09:00:02 kdc krb5kdc[7](info): TGS_REQ (1 etypes {aes256-cts-hmac-sha1-96(18)}) 10.0.0.5: LOOKING_UP_SERVER: authtime 0, etypes {rep=UNSUPPORTED:(0)} alice@CORP.TEST for HTTP/web@CORP.TEST, Server not found in Kerberos database\n" +
		"Nov 20 09:00:03 kdc krb5kdc[7](info): TGS_REQ (1 etypes {aes256-cts-hmac-sha1-96(18)}) 10.0.0.5: ISSUE: authtime 1, etypes {rep=aes256-cts-hmac-sha1-96(18)}, alice@CORP.TEST for HTTP/ok@CORP.TEST\n" +
		"2026-11-20T09:00:04 kdc krb5kdc[7](info): AS_REQ (1 etypes {17}) 10.0.0.6: LOCKED_OUT: bob@CORP.TEST for krbtgt/CORP.TEST@CORP.TEST, Something new\n"
	sssdLog = "(2026-11-20  9:00:01): [krb5_child[1234]] [get_and_save_tgt] (0x0020): [RID#5] 1683: [-1765328366][Client's credentials have been revoked]\n"
	javaLog = "Java config name: null\n>>>KRBError:\n\t sTime is Fri Nov 20 09:00:01 CET 2026 1795250401000\n\t suSec is 12345\n\t error code is 7\n\t error Message is Server not found in Kerberos database\n" +
		"\t crealm is CORP.TEST\n\t cname is alice\n\t sname is HTTP/web@CORP.TEST\n\t msgType is 30\nKrbException: Server not found in Kerberos database (7)\n" +
		">>>KRBError:\n\t error code is 25\n\t sname is krbtgt/CORP.TEST@CORP.TEST\n"
)

func at(line int) httpstream.Pos { return httpstream.Pos{Frame: line, Stream: -1} }

var all = kdcLogLines + windowsKlist + klistGet + mitKlist + mitKeytab + setspnL + setspnQ + setspnN + setspnX + nltests + ipconfigAll + displayDNS + krb5Trace + sssdLog + javaLog

func read(t testing.TB, text string) (entries []Entry, lines Lines) {
	t.Helper()
	lines, err := Read(strings.NewReader(text), func(e *Entry) { entries = append(entries, *e) })
	if err != nil {
		t.Fatal(err)
	}
	return entries, lines
}

func TestTexts(t *testing.T) {
	t.Parallel()
	addr := netip.MustParseAddr
	for name, tt := range map[string]struct {
		text string
		want []Entry
	}{
		"klist": {windowsKlist, []Entry{
			{Pos: at(6), Command: Klist, Ticket: &Ticket{Client: "alice@CORP.TEST", Server: "krbtgt/CORP.TEST@CORP.TEST", Etype: "AES-256-CTS-HMAC-SHA1-96", SessionEtype: "AES-256-CTS-HMAC-SHA1-96",
				Start: "11/23/2026 12:00:00 (local)", End: "11/23/2026 22:00:00 (local)", Flags: "forwardable renewable initial pre_authent name_canonicalize", KDC: "DC1.corp.test", Cache: "0:0x3d5a2"}},
			{Pos: at(17), Command: Klist, Ticket: &Ticket{Client: "alice@CORP.TEST", Server: "HTTP/web.corp.test@CORP.TEST", Etype: "RSADSI RC4-HMAC(NT)", SessionEtype: "RSADSI RC4-HMAC(NT)", Start: "11/23/2026 12:00:05 (local)", Cache: "0:0x3d5a2"}}}},
		"klist get": {klistGet, []Entry{{Pos: at(4), Command: Klist, Failure: &Failure{0xc000018b, "The SAM database on the Windows Server does not have a computer account for this workstation trust relationship."}}}},
		"klist of MIT": {mitKlist, []Entry{
			{Pos: at(5), Command: Klist, Ticket: &Ticket{Client: "alice@CORP.TEST", Server: "krbtgt/CORP.TEST@CORP.TEST", Etype: "aes256-cts-hmac-sha1-96", SessionEtype: "aes256-cts-hmac-sha1-96", Start: "11/23/2026 12:00:00", End: "11/23/2026 22:00:00", Flags: "FRIA", Cache: "FILE:/tmp/krb5cc_1000"}},
			{Pos: at(7), Command: Klist, Ticket: &Ticket{Client: "bob@CORP.TEST", Server: "HTTP/web.corp.test@CORP.TEST", Etype: "aes128-cts-hmac-sha1-96", SessionEtype: "arcfour-hmac", Start: "11/23/2026 12:00:05 PM", End: "11/23/2026 10:00:00 PM", Cache: "FILE:/tmp/krb5cc_1000"}}}},
		"klist -k": {mitKeytab, []Entry{{Pos: at(4), Command: Klist, Key: &Key{"FILE:/etc/krb5.keytab", 2, "HTTP/web.corp.test@CORP.TEST", "aes256-cts-hmac-sha1-96"}},
			{Pos: at(5), Command: Klist, Key: &Key{"FILE:/etc/krb5.keytab", 3, "HTTP/web@CORP.TEST", ""}}}},
		"KRB5_TRACE": {krb5Trace, []Entry{
			{Pos: at(4), Command: Trace, KDCError: &KDCError{"alice@CORP.TEST", "", 24, "Preauthentication failed"}},
			{Pos: at(8), Command: Trace, KDCError: &KDCError{"alice@CORP.TEST", "HTTP/web@CORP.TEST", 7, "Server not found in Kerberos database"}},
			{Pos: at(11), Command: Trace, KDCError: &KDCError{"alice@CORP.TEST", "HTTP/far@FAR.TEST", 0, "Cannot contact any KDC for realm 'FAR.TEST'"}}}},
		"KRB5_TRACE, and the client goes on": {traceReferral + "[2301] 1795250401.124001: Following referral to realm SUB.CORP.TEST\n[2301] 1795250401.130000: Decrypted AS reply; session key is: aes256-cts/1111\n", nil},
		"KRB5_TRACE, and the client ends": {traceReferral + "kinit: Realm not local to KDC while getting initial credentials\n",
			[]Entry{{Pos: at(2), Command: Trace, KDCError: &KDCError{"bob@CORP.TEST", "", 68, "Realm not local to KDC"}}}},
		"KRB5_TRACE, and the other realm refuses": {traceReferral + "[2301] 1795250401.124001: Following referral to realm SUB.CORP.TEST\n[2301] 1795250401.130000: Received error from KDC: -1765328378/Client not found in Kerberos database\n",
			[]Entry{{Pos: at(4), Command: Trace, KDCError: &KDCError{"bob@CORP.TEST", "", 6, "Client not found in Kerberos database"}}}},
		"Java goes on": {javaReferral + ">>> KrbAsRep cons in KrbAsReq.getReply bob\n", nil},
		"Java ends":    {javaReferral + "KrbException: null (68)\n", []Entry{{Pos: at(1), Command: Java, KDCError: &KDCError{"bob@SUB.CORP.TEST", "", 68, "null"}}}},
		"kinit -V and kvno": {kinitV, []Entry{{Pos: at(3), Command: Kinit, KDCError: &KDCError{Text: `Cannot find KDC for realm "CORP.TEST"`}},
			{Pos: at(5), Command: Kvno, KDCError: &KDCError{Server: "HTTP/a@CORP.TEST", Text: "Server HTTP/a@CORP.TEST not found in Kerberos database"}}}},
		"krb5kdc": {kdcLogLines, []Entry{
			{Pos: at(3), Command: KDC, KDCError: &KDCError{"alice@CORP.TEST", "HTTP/web@CORP.TEST", 7, "Server not found in Kerberos database"}},
			{Pos: at(6), Command: KDC, KDCError: &KDCError{"bob@CORP.TEST", "", 0, "Something new"}},
		}},
		"sssd": {sssdLog, []Entry{{Pos: at(1), Command: SSSD, KDCError: &KDCError{"", "", 18, "Client's credentials have been revoked"}}}},
		"Java": {javaLog, []Entry{{Pos: at(2), Command: Java, KDCError: &KDCError{"alice@CORP.TEST", "HTTP/web@CORP.TEST", 7, "Server not found in Kerberos database"}}}},
		"setspn -L": {setspnL, []Entry{{Pos: at(2), Command: Setspn, Registration: &Registration{"HTTP/web.corp.test", []string{"CN=svc-web,CN=Users,DC=corp,DC=test"}}},
			{Pos: at(3), Command: Setspn, Registration: &Registration{"HTTP/web", []string{"CN=svc-web,CN=Users,DC=corp,DC=test"}}}}},
		"setspn -Q":          {setspnQ, []Entry{{Pos: at(3), Command: Setspn, Registration: &Registration{"HTTP/app.corp.test", []string{"CN=web1,OU=München,DC=corp,DC=test"}}}}},
		"setspn -Q, in vain": {setspnN, []Entry{{Pos: at(3), Command: Setspn, Registration: &Registration{Accounts: []string{}}}}},
		"setspn -Q, in vain, with its command": {"C:\\Users\\a>setspn -F -Q HTTP/no.corp.test\r\nChecking forest DC=corp,DC=test\r\n\r\nNo such SPN found.\r\n" + setspnN, []Entry{
			{Pos: at(4), Command: Setspn, Registration: &Registration{"HTTP/no.corp.test", []string{}}}, {Pos: at(7), Command: Setspn, Registration: &Registration{Accounts: []string{}}}}},
		"setspn -X":     {setspnX, []Entry{{Pos: at(3), Command: Setspn, Registration: &Registration{"HTTP/two.corp.test", []string{"CN=a,DC=corp,DC=test", "CN=b,DC=corp,DC=test"}}}}},
		"ipconfig /all": {ipconfigAll, []Entry{{Pos: at(2), Command: Ipconfig, Host: &Host{"WEB1", "corp.test", []string{"corp.test", "old.test"}, []netip.Addr{addr("fe80::1"), addr("10.0.0.5")}, []netip.Addr{addr("10.0.0.1"), addr("::1")}}}}},
		"ipconfig /displaydns": {displayDNS, []Entry{{Pos: at(5), Command: Ipconfig, Record: &Record{Name: "web.corp.test", Alias: "web1.corp.test"}},
			{Pos: at(10), Command: Ipconfig, Record: &Record{Name: "web1.corp.test", Address: addr("10.0.0.5")}}, {Pos: at(15), Command: Ipconfig, Record: &Record{Name: "gone.corp.test", Missing: true}}}},
		"nltest": {nltests, []Entry{
			{Pos: at(2), Command: Nltest, Channel: &Channel{"DC1.corp.test", 0, "NERR_Success", false}},
			{Pos: at(6), Command: Nltest, Channel: &Channel{"", 1311, "ERROR_NO_LOGON_SERVERS", false}},
			{Pos: at(9), Command: Nltest, Channel: &Channel{"", 5, "ERROR_ACCESS_DENIED", true}},
			{Pos: at(10), Command: Nltest, Controller: &Controller{Name: "DC1.corp.test", Address: "10.0.0.1", Domain: "corp.test", Forest: "corp.test", Site: "Berlin", ClientSite: "Rome", Flags: "PDC GC"}},
			{Pos: at(18), Command: Nltest, Controller: &Controller{Status: 1355, StatusName: "ERROR_NO_SUCH_DOMAIN"}},
			{Pos: at(20), Command: Nltest, Trust: &Trust{"CORP", "corp.test", "(NT 5) (Forest Tree Root)"}}, {Pos: at(21), Command: Nltest, Trust: &Trust{NetBIOS: "OLD"}}}},
	} {
		var wide []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + decodeOEM([]byte(tt.text)))) {
			wide = binary.LittleEndian.AppendUint16(wide, u)
		}
		for _, text := range []string{tt.text, string(wide)} {
			got, lines := read(t, text)
			if d := cmp.Diff(tt.want, got, cmpopts.EquateComparable(netip.Addr{}, httpstream.Pos{})); d != "" || lines.TooLong > 0 || lines.Dropped > 0 {
				t.Errorf("%s: %+v\n%s", name, lines, d)
			}
			if !Is([]byte(text)) {
				t.Errorf("%s is not known", name)
			}
		}
	}
}

// TestOthers holds what is not taken for a text of a command.
func TestOthers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "see setspn -L", "kinit: command not found", "[2301] 17952: Getting", "see [2301] 1795250401.123456: Getting initial credentials", "(2026-11-20  9:00:01): [be[corp.test]] [krb5_auth_done] (0x3f7c0): an error", `{"log":"Cached Tickets: (0)"}`, "<a>\nCached Tickets: (2)", "\x00\x01\nCached Tickets: (2)\n",
		"Aktuelle Anmelde-ID ist 0:0x3e7\n\nZwischengespeicherte Tickets: (1)\n\n#0>     Client: alice @ CORP.TEST\n",
		"\nWindows-IP-Konfiguration\n\n   Hostname  . . . . . . . . . . . . : WEB1\n",
	} {
		if Is([]byte(text)) {
			t.Errorf("%q is taken for a text that is read", text)
		}
	}
	if _, err := Read(iotest.ErrReader(errors.New("broken")), nil); err == nil || err.Error() != "broken" {
		t.Errorf("a reader that fails: %v", err)
	}
}

// TestCut cuts the texts at every byte: what is there whole is read.
func TestCut(t *testing.T) {
	t.Parallel()
	whole, _ := read(t, all)
	if len(whole) != 30 {
		t.Fatalf("%d facts", len(whole))
	}
	last := 0
	for n := 0; n <= len(all); n += testcost.Step(7) {
		got, _ := read(t, all[:n])
		if len(got) < last-1 || len(got) > len(whole) {
			t.Fatalf("cut at %d: %d facts after %d", n, len(got), last)
		}
		last = len(got)
	}
}

// TestHalfALetter reads UTF-16 that is cut within a letter, as a copy that broke off leaves it.
func TestHalfALetter(t *testing.T) {
	t.Parallel()
	whole := "\xff\xfe" + strings.Join(strings.Split(setspnL+"\tHTTP/y\n", ""), "\x00") + "\x00"
	n := 0
	_, err := Read(strings.NewReader(whole[:len(whole)-1]), func(*Entry) { n++ })
	if want, _ := read(t, setspnL+"\tHTTP/y"); n != len(want) || err != io.ErrUnexpectedEOF {
		t.Errorf("%d facts, %v", n, err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	got, lines := read(t, setspnL+strings.Repeat("\tHTTP/x\n", maxEntries))
	if len(got) != maxEntries || lines.Dropped != 2 {
		t.Errorf("%d facts, %+v", len(got), lines)
	}
	got, lines = read(t, setspnL+"\tHTTP/"+strings.Repeat("x", 3*maxLine)+"\n\tHTTP/y\n")
	if len(got) != 4 || lines.TooLong != 1 || len(got[2].Registration.SPN) > maxLine || got[3].Pos.Frame != 5 {
		t.Errorf("%d facts, %+v", len(got), lines)
	}
	many := strings.Repeat("\tCN=a\n", 2*maxValues)
	if got, _ = read(t, "Checking domain DC=test\nHTTP/a is registered on these accounts:\n"+many); len(got[0].Registration.Accounts) != maxValues {
		t.Errorf("%d accounts", len(got[0].Registration.Accounts))
	}
}

// TestBlankLines has lines of white space of all kinds within what each command prints.
func TestBlankLines(t *testing.T) {
	t.Parallel()
	for _, text := range []string{windowsKlist, klistGet, mitKlist, mitKeytab, setspnL, setspnQ, setspnX, nltests, ipconfigAll, displayDNS} {
		plain, _ := read(t, strings.ReplaceAll(text, "\n", "\n\n"))
		for _, blank := range []string{" ", "\t", "\v", "\f", "\u0085", "\u00a0", "\u3000"} {
			if got, _ := read(t, strings.ReplaceAll(text, "\n", "\n"+blank+"\n")); len(got) != len(plain) {
				t.Errorf("%d facts with lines of %q, %d with empty ones, in\n%s", len(got), blank, len(plain), text)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{windowsKlist, klistGet, mitKlist, mitKeytab, setspnQ, setspnX, nltests, ipconfigAll, displayDNS} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		Is(text)
		n := 0
		_, err := Read(bytes.NewReader(text), func(e *Entry) {
			if n++; e.Pos.Frame == 0 || e.Command == "" {
				t.Errorf("%+v", e)
			}
			if size := len(fmt.Sprint(e.Ticket, e.Registration, e.Host)); size > 64*maxLine*4 {
				t.Errorf("a fact of %d letters", size)
			}
		})
		// UTF-16 may end in half a letter.
		if err != nil && err != io.ErrUnexpectedEOF || n > len(text) {
			t.Errorf("%d facts, %v", n, err)
		}
	})
}

// What Java prints of a KRB-ERROR is read behind the stamps of a server's log, too.
func TestStampedJava(t *testing.T) {
	t.Parallel()
	for _, stamp := range []string{"", "krb5: ", "2026-11-23 17:44:39,102 INFO  [stdout] (default task-1) "} {
		text := strings.ReplaceAll("%>>>KRBError:\n%\t sTime is Mon Nov 23 17:44:39 CET 2026\n%\t error code is 7\n%\t sname is HTTP/web@CORP.TEST\n%\t msgType is 30\n", "%", stamp)
		var got []KDCError
		_, err := Read(strings.NewReader(text), func(e *Entry) { got = append(got, *e.KDCError) })
		if err != nil || !Is([]byte(text)) || len(got) != 1 || got[0].Code != 7 || got[0].Server != "HTTP/web@CORP.TEST" {
			t.Errorf("%q: %v, recognised %v, %+v", stamp, err, Is([]byte(text)), got)
		}
	}
}
