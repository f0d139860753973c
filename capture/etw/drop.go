package etw

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// drops counts the packets that Windows dropped, by pktmon's reason.
type drops []dropped

type dropped struct {
	reason uint32
	n      int
	first  httpstream.Time
}

func (d *drops) add(reason uint32, at httpstream.Time) {
	i, known := slices.BinarySearchFunc(*d, reason, func(k dropped, r uint32) int { return cmp.Compare(k.reason, r) })
	switch {
	case known:
		(*d)[i].n++
	case len(*d) < maxProviders:
		*d = slices.Insert(*d, i, dropped{reason, 1, at})
	}
}

// report notes how many packets were dropped and why, the most frequent reason first.
func (d drops) report(f *pcap.File) {
	if len(d) == 0 {
		return
	}
	sorted := slices.SortedStableFunc(slices.Values(d), func(a, b dropped) int { return b.n - a.n })
	const most = 5
	total, parts := 0, []string{}
	for i, k := range sorted {
		if total += k.n; i >= most {
			continue
		}
		part := fmt.Sprintf("%s (%d", dropName(k.reason), k.n)
		if !k.first.IsZero() {
			part += ", first at " + k.first.UTC().Format("2006-01-02 15:04:05.000") + " UTC"
		}
		parts = append(parts, part+")")
	}
	if len(sorted) > most {
		parts = append(parts, plural.Count(len(sorted)-most, "more reason"))
	}
	f.Limited("packets-dropped-by-windows", "Windows itself dropped packets on the machine of the capture, %s: %s", plural.Count(total, "time"), strings.Join(parts, "; "))
}

// dropName returns pktmon's name of a drop reason.
func dropName(reason uint32) string {
	for _, r := range dropReasons {
		names := strings.Fields(r.names)
		if i := int64(reason) - int64(r.first); i >= 0 && i < int64(len(names)) {
			name := r.prefix + names[i]
			if text := dropMeanings[reason]; text != "" {
				return name + ": " + text
			}
			return name
		}
	}
	return fmt.Sprintf("reason %d", reason)
}

// dropMeanings explain names of reasons.
var dropMeanings = map[uint32]string{
	8:    "filtered",
	12:   "not allowed by the policy of the virtual switch",
	904:  "nobody listens on the port",
	909:  "by the firewall or other security software (Windows Filtering Platform)",
	911:  "forbidden by the firewall",
	1204: "nobody listens on the port",
	1207: "by the firewall or other security software (Windows Filtering Platform)",
	1231: "by the firewall or other security software (Windows Filtering Platform)",
	1408: "the firewall wants IPsec",
	3010: "HTTP.sys answered 401",
	3022: "too many connections to HTTP.sys",
	3024: "the queue of the application pool is full",
}

// dropReasons are the names of drop reasons, in ranges of consecutive numbers.
// Source: pktmon's reasons as Microsoft's Retina lists them.
var dropReasons = []struct {
	first  uint32
	prefix string
	names  string
}{
	{0, "", `Unknown InvalidData InvalidPacket Resources NotReady Disconnected NotAccepted Busy Filtered FilteredVLAN
		UnauthorizedVLAN UnauthorizedMAC FailedSecurityPolicy FailedPvlanSetting Qos Ipsec MacSpoofing DhcpGuard
		RouterGuard BridgeReserved VirtualSubnetId RequiredExtensionMissing InvalidConfig MTUMismatch NativeFwdingReq
		InvalidVlanFormat InvalidDestMac InvalidSourceMac InvalidFirstNBTooSmall Wnv StormLimit InjectedIcmp
		FailedDestinationListUpdate NicDisabled FailedPacketFilter SwitchDataFlowDisabled FilteredIsolationUntagged
		InvalidPDQueue LowPower`},
	{201, "", `Pause Reset SendAborted ProtocolNotBound Failure InvalidLength HostOutOfMemory FrameTooLong FrameTooShort
		FrameLengthError CrcError BadFrameChecksum FcsError SymbolError HeadQTimeout StalledDiscard RxQFull
		PhysLayerError DmaError FirmwareError DecryptionFailed BadSignature CoalescingError`},
	{225, "", "VlanSpoofing UnallowedEtherType VportDown SteeringMismatch"},
	{401, "", "MicroportError VfNotReady MicroportNotReady VMBusError"},
	{601, "FL_", `LoopbackPacket InvalidSnapHeader InvalidEthernetType InvalidPacketLength HeaderNotContiguous
		InvalidDestinationType InterfaceNotReady ProviderNotReady InvalidLsoInfo InvalidUsoInfo InvalidMedium
		InvalidArpHeader NoClientInterface TooManyNetBuffers FlsNpiClientDrop`},
	{701, "", `ArpGuard ArpLimiter DhcpLimiter BlockBroadcast BlockNonIp ArpFilter Ipv4Guard Ipv6Guard MacGuard
		BroadcastNoDestinations UnicastNoDestination UnicastPortNotReady SwitchCallbackFailed Icmpv6Limiter Intercept
		InterceptBlock NDPGuard PortBlocked NicSuspended`},
	{901, "NL_", `BadSourceAddress NotLocallyDestined ProtocolUnreachable PortUnreachable BadLength MalformedHeader NoRoute
		BeyondScope InspectionDrop TooManyDecapsulations AdministrativelyProhibited BadChecksum ReceivePathMax
		HopLimitExceeded AddressUnreachable RscPacket ForwardPathMax ArbitrationUnhandled InspectionAbsorb
		DontFragmentMtuExceeded BufferLengthExceeded AddressResolutionTimeout AddressResolutionFailure IpsecFailure
		ExtensionHeadersFailure IpsnpiClientDrop UnsupportedOffload RoutingFailure AncillaryDataFailure RawDataFailure
		SessionStateFailure`},
	{1200, "INET_", `SourceUnspecified DestinationMulticast HeaderInvalid ChecksumInvalid EndpointNotFound ConnectedPath
		SessionState ReceiveInspection AckInvalid ExpectedSyn Rst SynRcvdSyn SimultaneousConnect PawsFailed LandAttack
		MissedReset OutsideWindow DuplicateSegment ClosedWindow TcbRemoved FinWait2 ReassemblyConflict FinReceived
		ListenerInvalidFlags TcbNotInTcbTable TimeWaitTcbReceivedRstOutsideWindow TimeWaitTcbSynAndOtherFlags
		TimeWaitTcb SynAckWithFastopenCookieRequest PauseAccept SynAttack AcceptInspection AcceptRedirection`},
	{1401, "Ipsec_", `BadSpi SALifetimeExpired WrongSA ReplayCheckFailed InvalidPacket IntegrityCheckFailed ClearTextDrop
		AuthFirewallDrop ThrottleDrop Dosp_Block Dosp_ReceivedMulticast Dosp_InvalidPacket Dosp_StateLookupFailed
		Dosp_MaxEntries Dosp_KeymodNotAllowed Dosp_MaxPerIpRateLimitQueues NoMemory Unsuccessful`},
	{3000, "Http_", `InvalidPacket UlError_Begin UlError UlErrorVerb UlErrorUrl UlErrorHeader UlErrorHost UlErrorNum
		UlErrorFieldLength UlErrorRequestLength UlErrorUnauthorized UlErrorForbiddenUrl UlErrorNotFound
		UlErrorContentLength UlErrorPreconditionFailed UlErrorEntityTooLarge UlErrorUrlLength
		UlErrorRangeNotSatisfiable UlErrorMisdirectedRequest UlErrorInternalServer UlErrorNotImplemented
		UlErrorUnavailable UlErrorConnectionLimit UlErrorRapidFailProtection UlErrorRequestQueueFull
		UlErrorDisabledByAdmin UlErrorDisabledByApp UlErrorJobObjectFired UlErrorAppPoolBusy UlErrorVersion`},
	{3800, "Http_", `Generic InvalidParameter InsufficientResources InvalidHandle NotSupported BadNetworkPath InternalError
		NoSuchPackage PrivilegeNotHeld CannotImpersonate LogonFailure NoSuchLogonSession AccessDenied NoLogonServers
		TimeDifferenceAtDc`},
}
