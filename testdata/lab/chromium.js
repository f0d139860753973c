// Opens pages in headless Chromium and keeps a HAR and a NetLog of it.
//
// usage: node chromium.js FILE [--allow=PATTERN] [--user=NAME --password=WORD]
//                         [--proxy=URL] [--netlog=MODE] URL...
//
// Writes FILE.har and FILE.netlog.json. --allow is the list of servers that may have the
// user's own credentials, all if not given; MODE is Default or IncludeSensitive. What the
// NetLog says of the machine (command line, system) is taken out of it, and so are the
// events that tell nothing of a request.
const fs = require('fs');
const { chromium } = require('playwright-core');

const [file, ...args] = process.argv.slice(2);
const urls = args.filter((a) => !a.startsWith('--'));
const given = Object.fromEntries(args.filter((a) => a.startsWith('--')).map((a) => a.slice(2).split(/=(.*)/s)));
const options = { allow: '*', netlog: 'IncludeSensitive', ...given };

// What a browser does on its own account, all of it noise here.
const quiet = ['OptimizationHints', 'MediaRouter', 'Translate', 'InterestFeedContentSuggestions', 'AsyncDns',
  'NetworkTimeServiceQuerying', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'PaintHolding', 'AimEnabled'];
const noise = /CACHE|CERT_VERIFIER|COOKIE_STORE|HOST_RESOLVER_IMPL_JOB|JOB_CONTROLLER|NETWORK_QUALITY|NONE|PAC_FILE|PROXY_RESOLUTION|QUIC|UDP/;

async function browse() {
  const profile = fs.mkdtempSync('/srv/tmp/chromium-');
  // Negotiate fails in a profile that has never seen it.
  fs.writeFileSync(profile + '/Local State', JSON.stringify({ net: { received_http_auth_negotiate_headers: true } }));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    ignoreHTTPSErrors: true,
    httpCredentials: options.user && { username: options.user, password: options.password },
    proxy: options.proxy && { server: options.proxy, bypass: '.google.com,.googleapis.com' },
    recordHar: { path: file + '.har', content: 'embed' },
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-features=' + quiet.join(),
      '--auth-server-allowlist=' + options.allow, '--ssl-key-log-file=/srv/keylog',
      '--log-net-log=/srv/netlog', '--net-log-capture-mode=' + options.netlog],
  });
  const page = context.pages()[0];
  for (const url of urls) {
    try {
      const response = await page.goto(url, { timeout: 30000 });
      console.log(response.status(), url);
    } catch (error) {
      console.log(error.message.split('\n')[0]);
    }
  }
  await context.close();
}

function scrub({ constants, events }) {
  const { name, version } = constants.clientInfo;
  const kinds = Object.fromEntries(Object.entries(constants.logSourceType).map(([kind, number]) => [number, kind]));
  const kept = events.filter((e) => !noise.test(kinds[e.source.type]));
  const used = new Set(kept.map((e) => e.type));
  const types = Object.entries(constants.logEventTypes).filter(([, number]) => used.has(number));
  const rest = { clientInfo: { name, version }, logEventTypes: Object.fromEntries(types), quicError: {}, quicRstStreamError: {} };
  return { constants: { ...constants, ...rest }, events: kept };
}

browse().then(() => {
  const log = scrub(JSON.parse(fs.readFileSync('/srv/netlog')));
  const lines = log.events.map((e) => JSON.stringify(e)).join(',\n');
  fs.writeFileSync(file + '.netlog.json', `{"constants":${JSON.stringify(log.constants)},\n"events":[\n${lines}]}\n`);
});
