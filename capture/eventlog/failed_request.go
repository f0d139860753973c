package eventlog

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
	"negotrace/internal/utf8text"
	"negotrace/tokens"
)

// A FailedRequest is what IIS traced of one request (Failed Request Tracing, fr000001.xml).
type FailedRequest struct {
	Pos  httpstream.Pos `json:"pos"`  // of its first event
	Done httpstream.Pos `json:"done"` // of its last event
	// Client and Server are the ends of the connection, UserAgent is the client's program, where
	// the trace is detailed enough.
	Client    netip.AddrPort `json:"client,omitzero"`
	Server    netip.AddrPort `json:"server,omitzero"`
	UserAgent string         `json:"user_agent,omitempty"`
	URL       string         `json:"url"` // without the query
	Method    string         `json:"method"`
	Status    int            `json:"status"` // of the response
	// SubStatus is the 2 of 401.2.
	SubStatus int           `json:"sub_status"`
	AuthType  string        `json:"auth_type,omitempty"` // used in the end: anonymous, NTLM, Negotiate
	User      string        `json:"user,omitempty"`      // who was authenticated
	TimeTaken time.Duration `json:"time_taken_ns,omitempty"`
	AppPool   string        `json:"app_pool,omitempty"`
	Computer  string        `json:"computer,omitempty"`
	Auth      []AuthStep    `json:"auth,omitempty"`
	Errors    []ModuleError `json:"errors,omitempty"`
	Events    int           `json:"events"` // in the trace
}

// An AuthStep is an event of an authentication module: AUTH_START, AUTH_SUCCEEDED.
type AuthStep struct {
	Pos       httpstream.Pos     `json:"pos"`
	Name      string             `json:"name"`
	AuthType  string             `json:"auth_type,omitempty"`
	NTLM      bool               `json:"ntlm,omitempty"` // Negotiate chose NTLM
	User      string             `json:"user,omitempty"`
	ErrorCode tokens.Win32Status `json:"error_code,omitempty"`
}

// A ModuleError is a status that a module of IIS set, and why.
type ModuleError struct {
	Pos       httpstream.Pos     `json:"pos"`
	Module    string             `json:"module"`
	Status    int                `json:"status"`
	SubStatus int                `json:"sub_status"`
	ErrorCode tokens.Win32Status `json:"error_code"` // of Windows: 0x80070005, 0x8009030c
	Reason    string             `json:"reason,omitempty"`
}

// maxSteps is how many steps and errors of one trace are kept. A request has some dozens.
const maxSteps = 1000

// IsFailedRequest reports whether a file that begins with head is a trace of a request by IIS.
func IsFailedRequest(head []byte) bool {
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head[:min(len(head), 4096)]))) // memory does not fail
	return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("<")) && bytes.Contains(text, []byte("<failedRequest"))
}

// ReadFailedRequest reads a trace. file is the file of its positions. The error is of reading, or
// of XML that is malformed or cut short; what came before is returned with it.
func ReadFailedRequest(r io.Reader, file httpstream.File) (*FailedRequest, error) {
	f := &FailedRequest{Pos: httpstream.Pos{Stream: -1, File: file}}
	_, err := readXML(r, xmlHandler{
		outside: func(t xml.StartElement) {
			if t.Name.Local == "failedRequest" {
				f.begin(t.Attr)
			}
		},
		event: f.event,
	})
	return f, err
}

// begin reads the attributes of the outermost element.
func (f *FailedRequest) begin(attributes []xml.Attr) {
	for _, a := range attributes {
		value := strings.ToValidUTF8(a.Value[:min(len(a.Value), maxText)], "\ufffd")
		switch a.Name.Local {
		case "url":
			f.URL, _, _ = strings.Cut(value, "?")
		case "verb":
			f.Method = value
		case "authenticationType":
			f.AuthType = value
		case "remoteUserName":
			f.User = value
		case "appPoolId":
			f.AppPool = value
		case "statusCode":
			f.Status, f.SubStatus = parseStatus(value)
		case "timeTaken":
			if n, err := strconv.ParseUint(value, 10, 31); err == nil {
				f.TimeTaken = time.Duration(n) * time.Millisecond
			}
		}
	}
}

// parseStatus reads a status as IIS writes it: 401 or 401.2.
func parseStatus(text string) (status, subStatus int) {
	before, after, _ := strings.Cut(text, ".")
	if n, err := strconv.ParseUint(before, 10, 16); err == nil {
		status = int(n)
	}
	if n, err := strconv.ParseUint(after, 10, 16); err == nil {
		subStatus = int(n)
	}
	return status, subStatus
}

// event reads an event of the trace, and reports whether it was used.
func (f *FailedRequest) event(e *Event) bool {
	f.Events++
	at := httpstream.Pos{Frame: f.Events, Time: e.Pos.Time, Stream: -1, File: f.Pos.File}
	if f.Events == 1 {
		f.Pos, f.Computer = at, e.Computer
	}
	f.Done = at
	switch {
	case e.opcode == "GENERAL_ENDPOINT_INFORMATION":
		f.Client, f.Server = e.client("RemoteAddress", "RemotePort"), e.client("LocalAddress", "LocalPort")
		return true
	case e.opcode == "GENERAL_REQUEST_HEADERS":
		f.UserAgent = headerValue(e.text("Headers"), "User-Agent")
		return true
	case len(f.Auth)+len(f.Errors) >= maxSteps:
		return false
	case strings.HasPrefix(e.opcode, "AUTH_"):
		f.Auth = append(f.Auth, AuthStep{
			Name:      e.opcode,
			Pos:       at,
			AuthType:  e.text("AuthType", "RequestAuthType", "AuthTypeSupported"),
			NTLM:      e.text("NTLMUsed") == "true",
			User:      e.text("RemoteUserName", "AuthUserName"),
			ErrorCode: tokens.Win32Status(e.number("ErrorCode")),
		})
	case e.opcode == "MODULE_SET_RESPONSE_ERROR_STATUS":
		f.Errors = append(f.Errors, ModuleError{
			Module:    e.text("ModuleName"),
			Pos:       at,
			Status:    int(e.number("HttpStatus")),
			SubStatus: int(e.number("HttpSubStatus")),
			ErrorCode: tokens.Win32Status(e.number("ErrorCode")),
			Reason:    e.text("HttpReason"),
		})
	default:
		return false
	}
	return true
}

// headerValue returns the value of a field in a text of header lines.
func headerValue(text, name string) string {
	for line := range strings.Lines(text) {
		if before, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(before, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Refusal returns the last error that a module set with the status of the response, nil if none
// did. An error with the same sub-status comes first.
func (f *FailedRequest) Refusal() (last *ModuleError) {
	for i := len(f.Errors) - 1; i >= 0; i-- {
		e := &f.Errors[i]
		switch {
		case e.Status != f.Status:
		case e.SubStatus == f.SubStatus:
			return e
		case last == nil:
			last = e
		}
	}
	return last
}

// Package returns the authentication package as far as the trace shows it. For Negotiate that is
// NTLM or Kerberos once authentication succeeded.
func (f *FailedRequest) Package() string {
	for i := len(f.Auth) - 1; i >= 0; i-- {
		switch a := &f.Auth[i]; {
		case a.NTLM:
			return "NTLM"
		case a.Name == "AUTH_SUCCEEDED" && a.AuthType == "Negotiate":
			return "Kerberos"
		}
	}
	return f.AuthType
}
