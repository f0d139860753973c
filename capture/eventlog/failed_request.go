package eventlog

import (
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"

	"negotrace/capture/export"
	"negotrace/httpstream"
)

// A FailedRequest is what IIS traced of one request (Failed Request Tracing, fr000001.xml).
type FailedRequest struct {
	URL    string // without the query
	Method string
	Status int // that ended it
	// SubStatus is what stands behind the dot in 401.2.
	SubStatus int
	AuthType  string // that was used in the end: anonymous, NTLM, Negotiate
	User      string // who was authenticated
	TimeTaken time.Duration
	AppPool   string
	Begin     httpstream.Time // of the first event
	Computer  string
	Auth      []AuthStep
	Errors    []ModuleError
	Events    int // in the trace
}

// An AuthStep is an event of a module for authentication: AUTH_START, AUTH_SUCCEEDED.
type AuthStep struct {
	Name      string
	Time      httpstream.Time
	AuthType  string // that it is about
	NTLM      bool   // NTLM was used under it
	User      string
	ErrorCode uint32
}

// A ModuleError is a status that a module of IIS set, and why.
type ModuleError struct {
	Module    string
	Time      httpstream.Time
	Status    int
	SubStatus int
	ErrorCode uint32 // of Windows: 0x80070005, 0x8009030c
	Reason    string
}

// maxSteps is how many steps and errors of one trace are kept: a request has some dozens.
const maxSteps = 1000

// IsFailedRequest reports whether a file that begins with head is a trace of a request by IIS.
func IsFailedRequest(head []byte) bool {
	text, _ := io.ReadAll(export.Text(bytes.NewReader(head[:min(len(head), 4096)]))) // memory does not fail
	return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("<")) && bytes.Contains(text, []byte("<failedRequest"))
}

// ReadFailedRequest reads a trace. It returns what could be read with the error, which is of
// reading, or of what is no XML or is cut.
func ReadFailedRequest(r io.Reader) (*FailedRequest, error) {
	f := new(FailedRequest)
	_, err := readXML(r, xmlReader{
		outside: func(t xml.StartElement) {
			if t.Name.Local == "failedRequest" {
				f.begin(t.Attr)
			}
		},
		event: f.event,
	})
	return f, err
}

// begin takes what the outermost element says.
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
			f.Status, f.SubStatus = dotted(value)
		case "timeTaken":
			if n, err := strconv.ParseUint(value, 10, 31); err == nil {
				f.TimeTaken = time.Duration(n) * time.Millisecond
			}
		}
	}
}

// dotted reads a status as IIS writes it: 401 or 401.2.
func dotted(text string) (status, subStatus int) {
	before, after, _ := strings.Cut(text, ".")
	if n, err := strconv.ParseUint(before, 10, 16); err == nil {
		status = int(n)
	}
	if n, err := strconv.ParseUint(after, 10, 16); err == nil {
		subStatus = int(n)
	}
	return status, subStatus
}

// event takes an event of the trace, and reports whether it is one that is kept.
func (f *FailedRequest) event(e *Event) bool {
	if f.Events++; f.Events == 1 {
		f.Begin, f.Computer = e.Pos.Time, e.Computer
	}
	switch {
	case len(f.Auth)+len(f.Errors) >= maxSteps:
		return false
	case strings.HasPrefix(e.opcode, "AUTH_"):
		f.Auth = append(f.Auth, AuthStep{
			Name:      e.opcode,
			Time:      e.Pos.Time,
			AuthType:  e.text("AuthType", "RequestAuthType", "AuthTypeSupported"),
			NTLM:      e.text("NTLMUsed") == "true",
			User:      e.text("RemoteUserName", "AuthUserName"),
			ErrorCode: e.number("ErrorCode"),
		})
	case e.opcode == "MODULE_SET_RESPONSE_ERROR_STATUS":
		f.Errors = append(f.Errors, ModuleError{
			Module:    e.text("ModuleName"),
			Time:      e.Pos.Time,
			Status:    int(e.number("HttpStatus")),
			SubStatus: int(e.number("HttpSubStatus")),
			ErrorCode: e.number("ErrorCode"),
			Reason:    e.text("HttpReason"),
		})
	default:
		return false
	}
	return true
}
