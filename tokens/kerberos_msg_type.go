package tokens

import "fmt"

// A MsgType is the msg-type of a Kerberos message. It is also the number of the
// message's application tag (RFC 4120 section 7.5.7).
type MsgType int

// The message types. MsgTGTRequest and MsgTGTReply belong to user-to-user authentication
// (draft-swift-win2k-krb-user2user).
const (
	MsgASReq      MsgType = 10
	MsgASRep      MsgType = 11
	MsgTGSReq     MsgType = 12
	MsgTGSRep     MsgType = 13
	MsgAPReq      MsgType = 14
	MsgAPRep      MsgType = 15
	MsgTGTRequest MsgType = 16
	MsgTGTReply   MsgType = 17
	MsgKRBCred    MsgType = 22
	MsgKRBError   MsgType = 30
)

// String returns the name of the message type: "AP-REQ".
func (t MsgType) String() string {
	if name, ok := msgTypeNames[t]; ok {
		return name
	}
	return fmt.Sprintf("message type %d", int(t))
}

var msgTypeNames = map[MsgType]string{
	MsgASReq: "AS-REQ", MsgASRep: "AS-REP", MsgTGSReq: "TGS-REQ", MsgTGSRep: "TGS-REP",
	MsgAPReq: "AP-REQ", MsgAPRep: "AP-REP", MsgTGTRequest: "KERB-TGT-REQUEST",
	MsgTGTReply: "KERB-TGT-REPLY", MsgKRBCred: "KRB-CRED", MsgKRBError: "KRB-ERROR",
}
