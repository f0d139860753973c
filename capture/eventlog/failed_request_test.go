package eventlog

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"negotrace/httpstream"
	"negotrace/internal/testcost"
	"negotrace/tokens"
)

// frebEvent returns an event of a trace of IIS.
func frebEvent(opcode string, pairs ...string) string {
	var data strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&data, `<Data Name="%s">%s</Data>`, pairs[i], pairs[i+1])
	}
	return `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="WWW Server" Guid="{3A2A4E84-4C21-4981-AE10-3FDA0D9B0F83}"/>` +
		`<EventID>0</EventID><TimeCreated SystemTime="2026-11-23T12:00:00.1234567Z"/><Computer>WEB</Computer></System><EventData>` + data.String() +
		`</EventData><RenderingInfo Culture="en-US"><Opcode>` + opcode + `</Opcode><Keywords><Keyword>Auth</Keyword></Keywords></RenderingInfo></Event>` + "\r\n"
}

// freb is a trace of a request that was refused.
var freb = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<?xml-stylesheet type='text/xsl' href='freb.xsl'?>\r\n<!-- saved from url=(0014)about:internet -->\r\n" +
	`<failedRequest url="http://web.corp.test:80/app?token=secret" siteId="1" appPoolId="Default" processId="7" verb="GET" remoteUserName="CORP\alice" userName="" ` +
	`tokenUserName="NT AUTHORITY\IUSR" authenticationType="Negotiate" activityId="{1}" failureReason="STATUS_CODE" statusCode="401.1" triggerStatusCode="401" timeTaken="31" ` +
	`xmlns:freb="http://schemas.microsoft.com/win/2006/06/iis/freb">` + "\r\n" +
	frebEvent("GENERAL_REQUEST_START", "ContextId", "{1}", "RequestURL", "http://web/?token=secret") +
	frebEvent("GENERAL_ENDPOINT_INFORMATION", "RemoteAddress", "192.0.2.10", "RemotePort", "50000", "LocalAddress", "2001:db8::20", "LocalPort", "80") +
	frebEvent("GENERAL_REQUEST_HEADERS", "Headers", "Authorization: NTLM c2VjcmV0\nUser-Agent: curl/8.0\nHost: web.corp.test\n") +
	frebEvent("AUTH_START", "ContextId", "{1}", "AuthTypeSupported", "NT") +
	frebEvent("AUTH_SUCCEEDED", "AuthType", "Negotiate", "NTLMUsed", "true", "RemoteUserName", `CORP\alice`) +
	frebEvent("MODULE_SET_RESPONSE_ERROR_STATUS", "ModuleName", "WindowsAuthenticationModule", "HttpStatus", "401", "HttpReason", "Unauthorized", "HttpSubStatus", "1", "ErrorCode", "2148074252") +
	"</failedRequest>"

func TestFailedRequest(t *testing.T) {
	t.Parallel()
	at := func(event int) httpstream.Pos {
		return httpstream.Pos{Frame: event, Time: httpstream.TimeOf(noon), Stream: -1}
	}
	want := &FailedRequest{URL: "http://web.corp.test:80/app", Method: "GET", Status: 401, SubStatus: 1, AuthType: "Negotiate", User: `CORP\alice`,
		TimeTaken: 31 * time.Millisecond, AppPool: "Default", Pos: at(1), Done: at(6), Computer: "WEB", Events: 6,
		Client: netip.MustParseAddrPort("192.0.2.10:50000"), Server: netip.MustParseAddrPort("[2001:db8::20]:80"), UserAgent: "curl/8.0",
		Auth:   []AuthStep{{Name: "AUTH_START", Pos: at(4), AuthType: "NT"}, {Name: "AUTH_SUCCEEDED", Pos: at(5), AuthType: "Negotiate", NTLM: true, User: `CORP\alice`}},
		Errors: []ModuleError{{Module: "WindowsAuthenticationModule", Pos: at(6), Status: 401, SubStatus: 1, ErrorCode: 0x8009030c, Reason: "Unauthorized"}}}
	got, err := ReadFailedRequest(strings.NewReader(freb), httpstream.File{})
	if d := cmp.Diff(want, got, same); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if e := got.Refusal(); e == nil || e.ErrorCode != tokens.SecELogonDenied || got.Package() != "NTLM" {
		t.Errorf("refused by %+v, by %q", e, got.Package())
	}
	if !IsFailedRequest([]byte(freb)) || IsFailedRequest([]byte(xmlEvents)) || IsFailedRequest(nil) {
		t.Error("a trace is not known, or something else is taken for one")
	}
	for n := 0; n < len(freb); n += testcost.Step(5) {
		got, err := ReadFailedRequest(strings.NewReader(freb[:n]), httpstream.File{})
		if events := strings.Count(freb[:n], "</Event>"); got.Events != events || err == nil && events < 6 && strings.Contains(freb[:n], "<Event ") && !strings.HasSuffix(strings.TrimSpace(freb[:n]), "</Event>") {
			t.Fatalf("cut at %d: %d events of %d, %v", n, got.Events, events, err)
		}
	}
	many, err := ReadFailedRequest(strings.NewReader("<failedRequest statusCode='x.y'>"+strings.Repeat(frebEvent("AUTH_START"), maxSteps+10)), httpstream.File{})
	if err != nil || len(many.Auth) != maxSteps || many.Events != maxSteps+10 || many.Status != 0 {
		t.Errorf("%d steps, %d events, %v", len(many.Auth), many.Events, err)
	}
}
