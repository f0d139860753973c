package redact

// Numbers of protocols, as they are registered or documented.

// Ports.
const (
	portCoAP            = 5683
	portDHCPServer      = 67
	portGTP             = 2123
	portIKE             = 500
	portIMAP            = 143
	portIPFIX           = 4739
	portLDAP            = 389
	portLDP             = 646
	portLLMNR           = 5355
	portMDNS            = 5353
	portModbus          = 502
	portNetBIOS         = 137
	portNetBIOSDatagram = 138
	portNetBIOSSession  = 139
	portNetFlow         = 2055
	portPOP             = 110
	portPTP             = 320
	portPostgreSQL      = 5432
	portRADIUS          = 1812
	portRDP             = 3389
	portRIP             = 520
	portSIP             = 5060
	portSMB             = 445
	portSMTP            = 25
	portSNMP            = 161
	portSSDP            = 1900
	portTDS             = 1433
)

// Beginnings and commands of SMB, and types of PDUs of DCE/RPC.
const (
	rpcBind            = 11
	rpcBindAck         = 12
	rpcFault           = 3
	rpcRequest         = 0
	rpcResponse        = 2
	rpcTrailer         = 8
	smb1               = "\xffSMB"
	smb2               = "\xfeSMB"
	smb2Create         = 5
	smb2Echo           = 13
	smb2IOCTL          = 11
	smb2Negotiate      = 0
	smb2Packed         = "\xfcSMB"
	smb2QueryDirectory = 14
	smb2Read           = 8
	smb2Sealed         = "\xfdSMB"
	smb2SessionSetup   = 1
	smb2TreeConnect    = 3
	smb2Write          = 9
)

// Messages of TLS, and extensions.
const (
	certificateRequest         = 13
	certificateStatus          = 22
	certificateVerify          = 15
	clientHello                = 1
	clientKeyExchange          = 16
	extClientCertificateType   = 19
	extConnectionID            = 54
	extNextProtocolNegotiation = 13172
	extSRP                     = 12
	extSRTP                    = 14
	extStatusRequest           = 5
	extStatusRequestV2         = 17
	serverHello                = 2
	serverKeyExchange          = 12
)

// Others.
const (
	protocolEIGRP = 88
	protocolSCTP  = 132
	startTLSOID   = "1.3.6.1.4.1.1466.20037"
)
