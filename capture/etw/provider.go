package etw

// parseGUID parses a GUID like 2ed6006e-4729-4609-b423-3ee7bcd678ef. It does not check its input,
// and is for the constants of this file only.
func parseGUID(text string) (g guid) {
	// Offsets in the text of the bytes in file order.
	order := [16]int{6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34}
	for i, at := range order {
		g[i] = hexDigit(text[at])<<4 | hexDigit(text[at+1])
	}
	return g
}

func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// Providers of packets, and of the description of a trace.
var (
	ndisCaptureProvider = parseGUID("2ed6006e-4729-4609-b423-3ee7bcd678ef")
	pktmonProvider      = parseGUID("4d4f80d9-c8bd-4d73-bb5b-19c90402c5ac")
	traceProvider       = parseGUID("68fdd900-4a3e-11d1-84f4-0000f80464e3") // EventTraceGuid
)

// providerNames are other providers in traces of the network or of authentication. The name is
// empty for providers that describe the trace or the machine.
var providerNames = map[guid]string{
	traceProvider: "",
	parseGUID("9b79ee91-b5fd-41c0-a243-4248e266e9d0"): "", // names of volumes
	parseGUID("bbccf6c1-6cd1-48c4-80ff-839482e37671"): "", // descriptions of events
	parseGUID("ed54dff8-c409-4cf6-bf83-05e1e61a09c4"): "", // the machine's rating
	parseGUID("b3e675d7-2554-4f18-830b-2762732560de"): "", // names of programs

	kernelProvider:  "the Windows kernel",
	wppProvider:     "software traces (WPP)",
	unknownProvider: "an unknown provider",

	parseGUID("43d1a55c-76d6-4f7e-995c-64c711e5cafe"): "WinINet",
	parseGUID("4e749b6a-667d-4c72-80ef-373ee3246b08"): "WinINet",
	parseGUID("50b3e73c-9370-461d-bb9f-26f32d68887d"): "WebIO",
	parseGUID("08f93b14-1608-4a72-9cfa-457eecedbba7"): "WebIO",
	parseGUID("7d44233d-3055-4b9c-ba64-0d47ca40a232"): "WinHTTP",
	parseGUID("b3a7698a-0c45-44da-b73d-e181c9b5c8e6"): "WinHTTP",
	parseGUID("dd5ef90a-6398-47a4-ad34-4dcecdef795f"): "HTTP.sys",
	parseGUID("7b6bc78c-898b-4170-bbf8-1a469ea43fc5"): "HTTP.sys",
	parseGUID("20f61733-57f1-4127-9f48-4ab7a9308ae2"): "HTTP.sys",
	parseGUID("98e6cfcb-ee0a-41e0-a57b-622d4e1b30b1"): "Kerberos",
	parseGUID("6b510852-3583-4e2d-affe-a67f9f223438"): "Kerberos",
	parseGUID("bba3add2-c229-4cdb-ae2b-57eb6966b0c4"): "Kerberos",
	parseGUID("60a7ab7a-bc57-43e9-b78a-a1d516577ae3"): "Kerberos",
	parseGUID("facb33c4-4513-4c38-ad1e-57c1f6828fc0"): "Kerberos",
	parseGUID("1bba8b19-7f31-43c0-9643-6e911f79a06b"): "the KDC",
	parseGUID("24db8964-e6bc-11d1-916a-0000f8045b04"): "the KDC",
	parseGUID("ac43300d-5fcc-4800-8e99-1bd3f85f0320"): "NTLM",
	parseGUID("5bbb6c18-aa45-49b1-a15f-085f7ed0aa90"): "NTLM",
	parseGUID("c92cf544-91b3-4dc0-8e11-c580339a0bf8"): "NTLM",
	parseGUID("6165f3e2-ae38-45d4-9b23-6b4818758bd9"): "CredSSP",
	parseGUID("5af52b0d-e633-4ead-828a-4b85b8daac2b"): "NegoExts",
	parseGUID("199fe037-2b82-40a9-82ac-e1d46c792b99"): "LSA",
	parseGUID("d0b639e0-e650-4d1d-8f39-1580ade72784"): "LSA",
	parseGUID("cc85922f-db41-11d2-9244-006008269001"): "LSA",
	parseGUID("1f678132-5938-4686-9fdc-c8ff68f15c85"): "SChannel",
	parseGUID("37d2c3cd-c5d4-4587-8531-4696c44244c8"): "SChannel",
	parseGUID("91cc1150-71aa-47e2-ae18-c96e61736b6f"): "SChannel",
	parseGUID("f33959b4-dbec-11d2-895b-00c04f79ab69"): "Netlogon",
	parseGUID("393da8c0-dbed-11d2-895b-00c04f79ab69"): "Netlogon",
	parseGUID("e5ba83f6-07d0-46b1-8bc7-7e669a1d31dc"): "Netlogon",
	parseGUID("2f07e2ee-15db-40f1-90ef-9d7ba282188a"): "TCP/IP",
	parseGUID("e53c6823-7bb8-44bb-90dc-3f86090d48a6"): "Winsock (AFD)",
	parseGUID("1c95126e-7eea-49a9-a3fe-a378b03ddb4d"): "the DNS client",
	parseGUID("0c478c5b-0351-41b1-8c58-4a6737da32e3"): "the Windows Filtering Platform",
	parseGUID("988c59c5-0a1c-45b6-a555-0c62276e327d"): "SMB",
	parseGUID("d84521f7-2235-4237-a7c0-14e3a9676286"): "packets of the VPN server (RRAS)",
}

// providerName returns the name of a provider, its GUID if that is not known, and an empty text
// for a provider that describes the trace.
func providerName(g guid) string {
	if name, known := providerNames[g]; known {
		return name
	}
	return g.String()
}
