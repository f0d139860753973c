package fact

// The facts about a server, from its Server header and from the request's path and port.
const (
	ServerIIS     Fact = "server:iis"
	ServerKestrel Fact = "server:kestrel"
	ServerApache  Fact = "server:apache"
	ServerNginx   Fact = "server:nginx"
	ServerTomcat  Fact = "server:tomcat"
	ServerJetty   Fact = "server:jetty"
	ServerSquid   Fact = "server:squid"
	ServerWinRM   Fact = "server:winrm"
	ServerADFS    Fact = "server:adfs"
	ServerGateway Fact = "server:gateway" // a gateway on the way, which answers in place of servers
	ServerOther   Fact = "server:other"   // it names itself, and is none of these
)

// The facts about a client, from its User-Agent header.
const (
	ClientChromium Fact = "client:chromium" // Chrome, Edge
	ClientFirefox  Fact = "client:firefox"
	ClientWinINET  Fact = "client:wininet" // Internet Explorer, Office
	ClientWebDAV   Fact = "client:webdav"  // the service of Windows behind mapped drives (WebClient)
	ClientSafari   Fact = "client:safari"
	ClientCurl     Fact = "client:curl"
	ClientJava     Fact = "client:java"
	ClientDotNet   Fact = "client:dotnet" // .NET, PowerShell
	ClientPython   Fact = "client:python"
	ClientGit      Fact = "client:git"     // git, which uses libcurl
	ClientService  Fact = "client:service" // services of Windows: updates, certificates, PAC files
	ClientGo       Fact = "client:go"
	ClientWinRM    Fact = "client:winrm"
	ClientWinHTTP  Fact = "client:winhttp"
	ClientOther    Fact = "client:other" // it names itself, and is none of these
)

// The facts about the client's system, from its User-Agent header.
const (
	OnWindows Fact = "system:windows"
	OnUnix    Fact = "system:unix"   // Linux, macOS and the like: no zones, no group policy
	OnMobile  Fact = "system:mobile" // Android, iOS: nor a command line
)

// Browsers lists the clients that have zones or lists of trusted hosts.
func Browsers() []Fact { return []Fact{ClientChromium, ClientFirefox, ClientWinINET, ClientSafari} }

// KeytabServers lists the servers whose acceptor works with a keytab.
func KeytabServers() []Fact {
	return []Fact{ServerApache, ServerNginx, ServerTomcat, ServerJetty, ServerSquid, ServerOther}
}
