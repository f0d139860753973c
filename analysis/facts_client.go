package analysis

import (
	"slices"
	"strings"

	"negotrace/analysis/fact"
)

// clientFact returns which program a User-Agent names.
func clientFact(userAgent string) fact.Fact {
	for _, known := range []struct {
		has  string
		fact fact.Fact
	}{
		{"Microsoft WinRM", fact.ClientWinRM}, {"MSIE ", fact.ClientWinINET}, {"Trident/", fact.ClientWinINET}, {"Microsoft Office", fact.ClientWinINET},
		{"Microsoft-WebDAV", fact.ClientWebDAV}, {"PowerShell", fact.ClientDotNet}, {".NET", fact.ClientDotNet}, {"Firefox/", fact.ClientFirefox},
		{"Chrome/", fact.ClientChromium}, {"Edg/", fact.ClientChromium}, {"Safari/", fact.ClientSafari}, {"curl/", fact.ClientCurl}, {"git/", fact.ClientGit},
		{"Java/", fact.ClientJava}, {"Java-http-client/", fact.ClientJava},
		{"Windows-Update-Agent", fact.ClientService}, {"Microsoft-CryptoAPI/", fact.ClientService}, {"Microsoft BITS/", fact.ClientService}, {"Microsoft-Delivery-Optimization/", fact.ClientService}, {"WinHttp-Autoproxy-Service", fact.ClientService},
		{"WinHttp", fact.ClientWinHTTP}, {"Apache-HttpClient", fact.ClientJava}, {"python", fact.ClientPython}, {"Python", fact.ClientPython},
		{"Go-http-client", fact.ClientGo}, {"git-lfs", fact.ClientGo},
	} {
		if strings.Contains(userAgent, known.has) {
			return known.fact
		}
	}
	return fact.ClientOther
}

// recorderFacts says which program recorded its own requests, nothing if that is another one, such as a proxy.
func recorderFacts(program string) []fact.Fact {
	for _, known := range []struct {
		begins string
		fact   fact.Fact
	}{
		{"curl", fact.ClientCurl}, {"R's httr", fact.ClientCurl}, {"Git", fact.ClientGit}, {"Firefox", fact.ClientFirefox},
		{"Python's ", fact.ClientPython}, {"urllib3", fact.ClientPython}, {"httpx", fact.ClientPython},
		{"Java's ", fact.ClientJava}, {"Apache HttpClient", fact.ClientJava}, {".NET's ", fact.ClientDotNet}, {"Wget", fact.ClientOther}, {"System.Net ", fact.ClientDotNet},
	} {
		if strings.HasPrefix(program, known.begins) {
			return []fact.Fact{known.fact}
		}
	}
	return nil
}

// systemFacts says which system a program names, nothing if it names none.
func systemFacts(userAgent string) []fact.Fact {
	names := func(any ...string) bool {
		return slices.ContainsFunc(any, func(name string) bool { return strings.Contains(userAgent, name) })
	}
	switch {
	case names("Windows", "Microsoft-WebDAV", "Microsoft WinRM", "Microsoft BITS", "Microsoft-CryptoAPI", "WinHttp"):
		return []fact.Fact{fact.OnWindows}
	case names("Android", "iPhone", "iPad"):
		return []fact.Fact{fact.OnMobile}
	case names("Linux", "Macintosh", "CrOS"):
		return []fact.Fact{fact.OnUnix}
	}
	return nil
}
