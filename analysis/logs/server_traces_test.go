package logs

import (
	"net/netip"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/capture/eventlog"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// traced returns a trace of a request that was refused.
func traced(name, client string, at time.Time, code tokens.Win32Status) *eventlog.FailedRequest {
	file := httpstream.FileOf(name, name, httpstream.Records)
	f := &eventlog.FailedRequest{
		Pos: httpstream.Pos{Frame: 1, Time: httpstream.TimeOf(at), Stream: -1, File: file}, Done: httpstream.Pos{Frame: 9, Time: httpstream.TimeOf(at), Stream: -1, File: file},
		URL: "http://web.corp.test:80/a", Method: "GET", Status: 401, SubStatus: 1, AuthType: "NTLM",
		Errors: []eventlog.ModuleError{{Pos: httpstream.Pos{Frame: 7}, Module: "WindowsAuthenticationModule", Status: 401, SubStatus: 1, ErrorCode: code}},
	}
	if client != "" {
		f.Client = netip.MustParseAddrPort(client)
	}
	return f
}

// TestTraceJoin joins traces with the requests of a capture: by the client's port, where two
// requests of one address end at one moment, and beside the line of a log.
func TestTraceJoin(t *testing.T) {
	t.Parallel()
	conns := map[string]*httpstream.Conn{}
	first, second := asked(conns, "0.1 GET /a 401 c1 k1"), asked(conns, "0.1 GET /a 401 c1 k2")
	second.client = netip.MustParseAddrPort("192.0.2.1:50001")
	first.Legs[0], second.Legs[0] = &analysis.Leg{}, &analysis.Leg{}
	s := NewServers(httpstream.TimeOf(noon), &httpstream.Counters{})
	const timeSkew tokens.Win32Status = 0x80090324
	s.AddTrace(traced("fr1.xml", second.client.String(), noon.Add(100*time.Millisecond), tokens.SecELogonDenied))
	s.AddTrace(traced("fr2.xml", first.client.String(), noon.Add(100*time.Millisecond), timeSkew))
	s.AddTrace(traced("fr3.xml", "", noon, 5))
	s.Index()
	s.Join([]*SeenRequest{first, second})
	for i, want := range []tokens.Win32Status{timeSkew, tokens.SecELogonDenied} {
		q := []*SeenRequest{first, second}[i].Legs[0].Logged
		if q == nil || q.Win32Status != want || q.Module != "WindowsAuthenticationModule" || q.Pos.Frame != 7 {
			t.Errorf("request %d: %+v", i, q)
		}
	}
	c := &httpstream.Counters{Requests: 2, Inputs: []httpstream.Input{{File: httpstream.FileOf("fr1.xml", "fr1.xml", httpstream.Records)}}}
	s.Report(c, httpstream.Time{}, httpstream.Time{})
	if c.Inputs[0].Joined != 1 || len(c.Notes) != 1 || c.Notes[0].Kind != "log-not-joined" {
		t.Errorf("%+v, %+v", c.Inputs, c.Notes)
	}
}

// TestTraceBesideLine holds that a trace adds to the line of a log what that does not have.
func TestTraceBesideLine(t *testing.T) {
	t.Parallel()
	r := asked(map[string]*httpstream.Conn{}, "0.1 GET /a 401 c1 k1")
	r.Legs[0] = &analysis.Leg{}
	s := lines("23 12:00:00 GET /a 401.1 c1")
	s.AddTrace(traced("fr1.xml", r.client.String(), noon.Add(100*time.Millisecond), tokens.SecELogonDenied))
	s.Index()
	s.Join([]*SeenRequest{r})
	if q := r.Legs[0].Logged; q == nil || q.Pos.File.String() != "log0" || q.Module == "" || q.Package != "NTLM" || q.Win32Status != tokens.SecELogonDenied {
		t.Errorf("%+v", q)
	}
}

// TestTracesAlone holds what traces show by themselves: refusals, and not that a handshake
// stopped.
func TestTracesAlone(t *testing.T) {
	t.Parallel()
	s := NewServers(httpstream.Time{}, &httpstream.Counters{})
	for i, code := range []tokens.Win32Status{tokens.SecENoCredentials, tokens.SecELogonDenied, tokens.SecELogonDenied} {
		s.AddTrace(traced("fr"+string(rune('1'+i))+".xml", "192.0.2.1:50000", noon.Add(time.Duration(i)*time.Hour), code))
	}
	s.AddRequest(&serverlog.Request{Pos: httpstream.Pos{Frame: 4, Time: httpstream.TimeOf(noon.Add(time.Hour))}, Client: netip.MustParseAddrPort("192.0.2.9:0"),
		Method: "GET", Path: "/a", Status: 401, SubStatus: 1, Win32Status: tokens.SecELogonDenied})
	s.traces.addTo(s.logons)
	all := s.logons.handshakes()
	if len(all) != 2 || all[0].Outcome != analysis.Failed || all[0].Mechanism != analysis.Other || all[1].Mechanism != analysis.NTLM || all[1].Repeats != 1 || s.traces.continued != 1 {
		t.Errorf("%d rows: %+v", len(all), all)
	}
}

// TestTraceNamesNobody holds that a trace that names no client is a row by itself where nothing else is.
func TestTraceNamesNobody(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		beside bool
		want   int
	}{"alone": {false, 1}, "beside a log": {true, 1}} {
		s := NewServers(httpstream.Time{}, &httpstream.Counters{})
		if tt.beside {
			s.AddRequest(&serverlog.Request{
				Pos: httpstream.Pos{Frame: 4, Time: httpstream.TimeOf(noon), Stream: -1}, Client: netip.MustParseAddrPort("192.0.2.1:0"), Method: "GET", Path: "/a",
				Status: 401, SubStatus: 1, Win32Status: tokens.SecELogonDenied, NamesUsers: true, NamesSubStatus: true,
			})
		}
		s.AddTrace(traced("fr1.xml", "", noon, tokens.SecELogonDenied))
		s.traces.addTo(s.logons)
		rows := s.logons.handshakes()
		if len(rows) != tt.want || rows[0].Outcome != analysis.Failed || (rows[0].Client == "") == tt.beside {
			t.Errorf("%s: %d rows, %+v", name, len(rows), rows)
		}
	}
}
