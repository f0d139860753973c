// Package message rewrites the messages of protocols beside HTTP, each by itself: of DNS and Kerberos all that says what
// became of a logon, of those that are not read the heads, which say what they are and how long, so that other programs
// find them. What heads hold of names and contents becomes zeros or noise.
package message

import (
	"encoding/binary"
	"slices"

	"negotrace/capture/redact/standin"
)

var be, le = binary.BigEndian, binary.LittleEndian

// A Stream is a protocol over TCP that is not read.
type Stream struct {
	ports []uint16
	// size returns the length of the message that b begins with: 0 if more bytes are needed to know it, -1 if
	// there is none.
	size func(b []byte) int
	// rewrite rewrites a message, of which the end may be missing.
	rewrite func(v *standin.Values, b []byte)
}

// byPort are the protocols that begin on their ports alone.
var byPort = []*Stream{
	{[]uint16{portNetBIOSSession, portSMB}, sessionSize, session},
	{[]uint16{portLDAP, portGlobalCatalog}, ldapSize, ldap},
	{[]uint16{portSMTP, portPOP, portIMAP, portSubmission}, lineSize, textLines},
	{[]uint16{portRDP}, tpktSize, tpkt},
	{[]uint16{portTDS}, tdsSize, tds},
	{[]uint16{PortPostgreSQL}, postgreSQLSize, postgreSQL},
	{[]uint16{portModbus}, modbusSize, modbus},
	{[]uint16{portLDP}, ldpSize, ldp},
}

// byContent are those that are on any port, and known by what they begin with.
var byContent = []*Stream{
	{nil, dcerpcSize, dcerpc},
	{nil, rpcRecordSize, rpcRecord},
}

// ByPort returns the protocol of a connection that has the port of one, nil for none.
func ByPort(ports ...uint16) *Stream {
	for _, s := range byPort {
		if slices.ContainsFunc(ports, func(port uint16) bool { return slices.Contains(s.ports, port) }) {
			return s
		}
	}
	return nil
}

// ByContent returns the protocol of which b begins with a message, on any port, nil for none.
func ByContent(b []byte) *Stream {
	for _, s := range byContent {
		if s.size(b) > 0 {
			return s
		}
	}
	return nil
}

// Size returns the length of the message that b begins with: 0 if more bytes are needed to know it, -1 if there is none.
func (s *Stream) Size(b []byte) int { return s.size(b) }

// Rewrite rewrites a message, of which the end may be missing.
func (s *Stream) Rewrite(v *standin.Values, b []byte) { s.rewrite(v, b) }
