// Opens pages in headless Firefox and keeps the HAR of its developer tools.
//
// usage: node firefox.js FILE [--trust=HOSTS] [--user=NAME --password=WORD] URL...
//
// Writes FILE.har. --trust lists the hosts that may have the user's own credentials.
const fs = require('fs');
const puppeteer = require('puppeteer-core');

const [file, ...args] = process.argv.slice(2);
const urls = args.filter((a) => !a.startsWith('--'));
const given = Object.fromEntries(args.filter((a) => a.startsWith('--')).map((a) => a.slice(2).split(/=(.*)/s)));
const options = { trust: 'corp.test', ...given };
const folder = fs.mkdtempSync('/srv/tmp/har-');

async function browse() {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    acceptInsecureCerts: true,
    args: ['-devtools'],
    extraPrefsFirefox: {
      'network.negotiate-auth.trusted-uris': options.trust,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'network.dns.disableIPv6': true,
      'network.trr.mode': 5,
      'devtools.toolbox.selectedTool': 'netmonitor',
      'devtools.toolbox.host': 'window',
      'devtools.netmonitor.persistlog': true,
      'devtools.netmonitor.har.enableAutoExportToFile': true,
      'devtools.netmonitor.har.forceExport': true,
      'devtools.netmonitor.har.includeResponseBodies': true,
      'devtools.netmonitor.har.defaultLogDir': folder,
      'devtools.netmonitor.har.defaultFileName': 'log',
      'devtools.netmonitor.har.pageLoadedTimeout': 500,
    },
  });
  // The developer tools watch the first tab.
  const [page] = await browser.pages();
  if (options.user) await page.authenticate({ username: options.user, password: options.password });
  for (const url of urls) {
    try {
      const response = await page.goto(url, { timeout: 30000 });
      console.log(response.status(), url);
    } catch (error) {
      console.log(error.message.split('\n')[0]);
    }
  }
  for (let tries = 0; tries < 200 && !fs.existsSync(folder + '/log.har'); tries++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  await browser.close();
}

browse().then(() => fs.copyFileSync(folder + '/log.har', file + '.har'));
