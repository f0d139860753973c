package knownerror

import "fmt"

// Checks returns, for a test that knows the catalogue, the checks that are named with each error.
func Checks() map[string][]string {
	all := map[string][]string{}
	for code, m := range kerberosErrors {
		all[code.String()] = m.checks
	}
	for _, named := range []map[string]meaning{windowsErrors, win32Errors, iisErrors, gssErrors, browserErrors, entraErrors} {
		for name, m := range named {
			all[name] = m.checks
		}
	}
	for number, m := range remoteErrors {
		all[fmt.Sprintf("0x%08X", number)] = m.checks
	}
	for _, s := range sentences {
		all[s.parts[0]] = s.checks
	}
	return all
}
