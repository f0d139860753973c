package analysis

import (
	"slices"
	"strings"
)

// clientFact returns which program a User-Agent names.
func clientFact(userAgent string) Fact {
	for _, known := range []struct {
		has  string
		fact Fact
	}{
		{"Microsoft WinRM", ClientWinRM}, {"MSIE ", ClientWinINET}, {"Trident/", ClientWinINET}, {"Microsoft Office", ClientWinINET},
		{"Microsoft-WebDAV", ClientWebDAV}, {"PowerShell", ClientDotNet}, {".NET", ClientDotNet}, {"Firefox/", ClientFirefox},
		{"Chrome/", ClientChromium}, {"Edg/", ClientChromium}, {"Safari/", ClientSafari}, {"curl/", ClientCurl}, {"git/", ClientGit},
		{"Java/", ClientJava}, {"Java-http-client/", ClientJava},
		{"Windows-Update-Agent", ClientService}, {"Microsoft-CryptoAPI/", ClientService}, {"Microsoft BITS/", ClientService}, {"Microsoft-Delivery-Optimization/", ClientService}, {"WinHttp-Autoproxy-Service", ClientService},
		{"WinHttp", ClientWinHTTP}, {"Apache-HttpClient", ClientJava}, {"python", ClientPython}, {"Python", ClientPython},
		{"Go-http-client", ClientGo}, {"git-lfs", ClientGo},
	} {
		if strings.Contains(userAgent, known.has) {
			return known.fact
		}
	}
	return ClientOther
}

// systemFacts says which system a program names, nothing if it names none.
func systemFacts(userAgent string) []Fact {
	names := func(any ...string) bool {
		return slices.ContainsFunc(any, func(name string) bool { return strings.Contains(userAgent, name) })
	}
	switch {
	case names("Windows", "Microsoft-WebDAV", "Microsoft WinRM", "Microsoft BITS", "Microsoft-CryptoAPI", "WinHttp"):
		return []Fact{OnWindows}
	case names("Android", "iPhone", "iPad"):
		return []Fact{OnMobile}
	case names("Linux", "Macintosh", "CrOS"):
		return []Fact{OnUnix}
	}
	return nil
}
