package main

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestAgainstTshark compares every field of NTLM, SPNEGO and Kerberos that tshark decodes
// too, and the number of HTTP messages, over the captures of testdata.
func TestAgainstTshark(t *testing.T) {
	program, err := exec.LookPath("tshark")
	if err != nil && os.Getenv("NEGOTRACE_REQUIRE_TSHARK") != "" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip(err)
	}
	all := recordings(t)
	byTshark := readByTshark(t, program, all)
	var total atomic.Int64
	t.Cleanup(func() { t.Logf("%d values are equal", total.Load()) })
	for i, r := range all {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := readByUs(t, r.path), byTshark[i]
			total.Add(int64(compare(t, r.name, ours.fields, theirs.fields)))
			if ours.messages.String() != theirs.messages.String() {
				t.Errorf("we read %v, tshark %v", ours.messages, theirs.messages)
			}
		})
	}
}

// A field pairs a field of tshark with what a Field of ours is called, and in which.
type field struct {
	theirs string
	group  string // the name of the Field around it, "" for any
	name   string
	same   func(string) string // brings a value to a form that both have
}

var compared = []field{
	{"ntlmssp.messagetype", "NTLMSSP", "MessageType", number},
	{"ntlmssp.negotiateflags", "NTLMSSP", "NegotiateFlags", number},
	{"ntlmssp.negotiate.domain", "", "negotiate DomainName", text},
	{"ntlmssp.negotiate.callingworkstation", "", "negotiate Workstation", text},
	{"ntlmssp.ntlmserverchallenge", "NTLMSSP", "ServerChallenge", text},
	{"ntlmssp.challenge.target_name", "NTLMSSP", "TargetName", text},
	{"ntlmssp.version.build_number", "NTLMSSP", "Version", build},
	{"ntlmssp.auth.domain", "NTLMSSP", "DomainName", text},
	{"ntlmssp.auth.username", "NTLMSSP", "UserName", text},
	{"ntlmssp.auth.hostname", "NTLMSSP", "Workstation", text},
	{"ntlmssp.auth.lmresponse", "NTLMSSP", "LmChallengeResponse", text},
	{"ntlmssp.auth.sesskey", "NTLMSSP", "EncryptedRandomSessionKey", text},
	{"ntlmssp.authenticate.mic", "NTLMSSP", "MIC", text},
	{"ntlmssp.ntlmv2_response.ntproofstr", "NtChallengeResponse", "NTProofStr", text},
	{"ntlmssp.ntlmv2_response.rversion", "NtChallengeResponse", "RespType", number},
	{"ntlmssp.ntlmv2_response.hirversion", "NtChallengeResponse", "HiRespType", number},
	{"ntlmssp.ntlmv2_response.time", "NtChallengeResponse", "TimeStamp", instant},
	{"ntlmssp.ntlmv2_response.chal", "NtChallengeResponse", "ChallengeFromClient", text},
	{"ntlmssp.challenge.target_info.nb_computer_name", "TargetInfo", "MsvAvNbComputerName", text},
	{"ntlmssp.challenge.target_info.nb_domain_name", "TargetInfo", "MsvAvNbDomainName", text},
	{"ntlmssp.challenge.target_info.dns_computer_name", "TargetInfo", "MsvAvDnsComputerName", text},
	{"ntlmssp.challenge.target_info.dns_domain_name", "TargetInfo", "MsvAvDnsDomainName", text},
	{"ntlmssp.challenge.target_info.dns_tree_name", "TargetInfo", "MsvAvDnsTreeName", text},
	{"ntlmssp.challenge.target_info.timestamp", "TargetInfo", "MsvAvTimestamp", instant},
	{"ntlmssp.ntlmv2_response.nb_computer_name", "AvPairs", "MsvAvNbComputerName", text},
	{"ntlmssp.ntlmv2_response.nb_domain_name", "AvPairs", "MsvAvNbDomainName", text},
	{"ntlmssp.ntlmv2_response.dns_computer_name", "AvPairs", "MsvAvDnsComputerName", text},
	{"ntlmssp.ntlmv2_response.dns_domain_name", "AvPairs", "MsvAvDnsDomainName", text},
	{"ntlmssp.ntlmv2_response.dns_tree_name", "AvPairs", "MsvAvDnsTreeName", text},
	{"ntlmssp.ntlmv2_response.flags", "AvPairs", "MsvAvFlags", number},
	{"ntlmssp.ntlmv2_response.timestamp", "AvPairs", "MsvAvTimestamp", instant},
	{"ntlmssp.ntlmv2_response.target_name", "AvPairs", "MsvAvTargetName", text},
	{"ntlmssp.ntlmv2_response.channel_bindings", "AvPairs", "MsvAvChannelBindings", text},
	{"ntlmssp.ntlmv2_response.restrictions", "AvPairs", "MsvAvSingleHost", text},
	{"spnego.MechType", "mechTypes", "mechType", firstWord},
	{"spnego.negResult", "negTokenResp", "negState", number},
	{"spnego.supportedMech", "negTokenResp", "supportedMech", firstWord},
	{"spnego.mechListMIC", "", "mechListMIC", text},
	{"spnego.hintName", "negHints", "hintName", text},
	{"kerberos.pvno", "", "pvno", number},
	{"kerberos.msg_type", "", "msg-type", number},
	{"kerberos.tkt_vno", "ticket", "tkt-vno", number},
	{"kerberos.realm", "", "realm", text},
	{"kerberos.crealm", "", "crealm", text},
	{"kerberos.SNameString", "sname", "name-string", text},
	{"kerberos.CNameString", "cname", "name-string", text},
	{"kerberos.name_type", "", "name-type", number},
	{"kerberos.ENCTYPE", "req-body etype", "etype", number},
	{"kerberos.etype", "", "etype", number},
	{"kerberos.kvno", "", "kvno", number},
	{"kerberos.cipher", "", "cipher", text},
	{"kerberos.padata_type", "PA-DATA", "padata-type", number},
	{"kerberos.info2_salt", "", "salt", text},
	{"kerberos.ap_options", "", "ap-options", number},
	{"kerberos.kdc_options", "", "kdc-options", number},
	{"kerberos.nonce", "", "nonce", number},
	{"kerberos.from", "req-body", "from", instant},
	{"kerberos.till", "req-body", "till", instant},
	{"kerberos.rtime", "req-body", "rtime", instant},
	{"kerberos.error_code", "", "error-code", number},
	{"kerberos.stime", "", "stime", instant},
	{"kerberos.susec", "", "susec", number},
	{"kerberos.ctime", "", "ctime", instant},
	{"kerberos.cusec", "", "cusec", number},
	{"kerberos.e_text", "", "e-text", text},
}

func text(s string) string { return s }

func firstWord(s string) string {
	s, _, _ = strings.Cut(s, " ")
	return s
}

// number reads "5", "0x05", "0x05 (NAME)", "NAME (5)", and bits that tshark writes as
// bytes: 40810010.
func number(s string) string {
	if i := strings.LastIndex(s, " ("); i >= 0 {
		if s[0] == '0' {
			s = s[:i]
		} else {
			s = strings.TrimSuffix(s[i+2:], ")")
		}
	}
	if n, err := strconv.ParseInt(s, 0, 64); err == nil {
		return strconv.FormatInt(n, 10)
	}
	return s
}

// build takes the build out of a version: "10.0.20348 (Windows Server 2022)".
func build(s string) string {
	s = firstWord(s)
	return s[strings.LastIndexByte(s, '.')+1:]
}

func instant(s string) string {
	for _, layout := range []string{time.RFC3339Nano, "Jan _2, 2006 15:04:05.999999999 MST"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return s
}

// An occurrence is one value of a field and the frame that carries it.
type occurrence struct {
	frame int
	value string
}

// What is read of a capture: the values of the fields above, and the HTTP messages.
type decoded struct {
	fields   map[string][]occurrence
	messages messages
}

// readByUs reads a capture, and opens its TLS with the key log beside it if there is one.
func readByUs(t *testing.T, file string) decoded {
	t.Helper()
	d := tokens.Decoder{Fields: true, Secrets: true}
	all := map[string][]occurrence{}
	collect := func(frame int, fields []tokens.Field) {
		for _, f := range fields {
			walk(all, frame, "", f)
		}
	}
	header := func(frame int, h httpstream.Header) {
		for _, name := range []string{"Authorization", "Proxy-Authorization"} {
			for _, v := range h.Values(name) {
				if a := d.Credentials(v); a.Token != nil {
					collect(frame, a.Token.Fields)
				}
			}
		}
		for _, name := range []string{"WWW-Authenticate", "Proxy-Authenticate"} {
			for _, a := range d.Challenges(h.Values(name)) {
				if a.Token != nil && !a.AsParam() { // which tshark does not look for either
					collect(frame, a.Token.Fields)
				}
			}
		}
	}
	counters := readWithSecrets(t, file, capture.Sink{
		Exchange: func(x *httpstream.Exchange) bool {
			if x.Request != nil {
				header(x.Request.Done.Frame, x.Request.Header)
			}
			if x.Response != nil {
				header(x.Response.Done.Frame, x.Response.Header)
			}
			return false
		},
		Kerberos: func(at httpstream.Pos, _, _ netip.AddrPort, _ *httpstream.Destination, m *tokens.Kerberos) {
			collect(at.Frame, m.Fields)
		},
	}, d)
	return decoded{all, messages{counters.Requests, counters.Responses}}
}

func readWithSecrets(t *testing.T, file string, sink capture.Sink, d tokens.Decoder) *httpstream.Counters {
	t.Helper()
	sources, err := capture.Open([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	secrets := &httpstream.Secrets{}
	if f, err := os.Open(keylog(file)); err == nil {
		defer f.Close()
		if err := secrets.Read(f); err != nil {
			t.Fatal(err)
		}
	}
	counters, err := capture.Read(context.Background(), sources, sink, capture.Options{Secrets: secrets, Decoder: d})
	if err != nil {
		t.Fatal(err)
	}
	return counters
}

func keylog(file string) string { return strings.TrimSuffix(file, ".pcapng") + ".keylog" }

// openedData are the error codes whose e-data tshark looks into; of others it shows the
// bytes only.
var openedData = []string{"14", "24", "25"}

// walk adds the values of a Field and of those in it.
func walk(all map[string][]occurrence, frame int, group string, f tokens.Field) {
	if f.Name == "KRB-ERROR" {
		i := slices.IndexFunc(f.Fields, func(f tokens.Field) bool { return f.Name == "error-code" })
		if i >= 0 && !slices.Contains(openedData, number(f.Fields[i].Value)) {
			f.Fields = slices.DeleteFunc(slices.Clone(f.Fields), func(f tokens.Field) bool { return f.Name == "e-data" })
		}
	}
	name := f.Name
	if name == "userRealm" {
		name = "realm" // so tshark calls it
	}
	for _, c := range compared {
		if name == c.name && len(f.Fields) == 0 && (c.group == "" || c.group == group) {
			all[c.theirs] = append(all[c.theirs], occurrence{frame, c.same(f.Value)})
			break
		}
	}
	inside := f.Name
	if group == "req-body" && f.Name == "etype" {
		inside = "req-body etype"
	}
	for _, sub := range f.Fields {
		walk(all, frame, inside, sub)
	}
}

// wrong lists where tshark (4.0.17) is not right, or does not look, and why.
var wrong = []struct {
	file   string // "" for every capture
	theirs string // prefix of its field, "" for every field
	value  string // what it says; "" stands for nothing: it does not decode what we do
	why    string
}{
	{"", "ntlmssp.", "NULL", "it writes NULL for a field of length 0; we have no name there"},
	{"", "ntlmssp.auth.sesskey", descriptor, "for a field of length 0 it shows the eight bytes that describe it"},
	{"", "ntlmssp.auth.lmresponse", descriptor, "for a field of length 0 it shows the eight bytes that describe it"},
	{"h2-kerberos", "", "", "header fields of HTTP/2 are text to it"},
	{"h2-ntlm-in-negotiate", "", "", "header fields of HTTP/2 are text to it"},
	{"mit_h2", "", "", "header fields of HTTP/2 are text to it"},
	{"mit_ntlm_h2", "", "", "header fields of HTTP/2 are text to it"},
	{"delegation-s4u", "kerberos.CNameString", "", "the user of PA-S4U-X509-USER is no cname to it"},
	{"delegation-s4u-denied", "kerberos.CNameString", "", "the user of PA-S4U-X509-USER is no cname to it"},
	{"ad_s4u2proxy", "kerberos.CNameString", "", "the user of PA-S4U-X509-USER is no cname to it"},
	{"server-token-malformed", "spnego.negResult", "", "a NegTokenResp is data to it where it saw no NegTokenInit"},
}

// descriptor stands for Len and MaxLen of 0 and an offset.
const descriptor = "00000000........"

// excused reports whether a difference is tshark's.
func excused(file, theirs, value string) bool {
	return slices.ContainsFunc(wrong, func(w struct{ file, theirs, value, why string }) bool {
		same := w.value == value
		if w.value == descriptor {
			same = len(value) == 16 && strings.HasPrefix(value, "00000000")
		}
		return same && (w.file == "" || w.file == file) && strings.HasPrefix(theirs, w.theirs)
	})
}

// compare holds the values of each field against each other, as often as each comes.
func compare(t *testing.T, file string, ours, theirs map[string][]occurrence) int {
	n := 0
	for _, c := range compared {
		a, b := ours[c.theirs], theirs[c.theirs]
		for _, v := range b {
			i := slices.IndexFunc(a, func(o occurrence) bool { return o.value == v.value })
			if i < 0 && excused(file, c.theirs, v.value) {
				continue
			}
			if i < 0 {
				t.Errorf("%s, frame %d: tshark has %q, we do not", c.theirs, v.frame, v.value)
				continue
			}
			a = slices.Delete(slices.Clone(a), i, i+1)
			n++
		}
		for _, v := range a {
			if v.value != "" && !excused(file, c.theirs, "") {
				t.Errorf("%s, frame %d: we have %q, tshark does not", c.theirs, v.frame, v.value)
			}
		}
	}
	return n
}
