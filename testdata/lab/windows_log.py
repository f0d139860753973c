"""Writes what IIS and Windows would log of the requests and logons of an acceptor.

Log(BASE, COMPUTER) writes, as things happen:

    BASE.log.w3c      the log of the site, with the columns that IIS writes by default but for the referer
    BASE.hour.w3c     the same by a clock that is an hour ahead
    BASE.events.xml   the logons as events 4624 and 4625, as wevtutil prints them in XML
    BASE.events.json  the same events, as Get-WinEvent and ConvertTo-Json print them
    BASE.events.csv   the same events, as Get-WinEvent and Export-Csv print them

It says only what the acceptor knows: who it was, where from, and its own error. The numbers
that Windows has for such an error are those of IIS' and of Microsoft's documentation.
"""
import csv
import datetime
import json
import threading
import xml.sax.saxutils

SEC_E_BAD_BINDINGS, SEC_E_LOGON_DENIED, SEC_E_NO_CREDENTIALS = 0x80090346, 0x8009030C, 0x8009030E
ERROR_ACCESS_DENIED = 5
STATUS_BAD_BINDINGS, STATUS_LOGON_FAILURE, STATUS_ACCOUNT_RESTRICTION = 0xC000035B, 0xC000006D, 0xC000006E
# What Samba says, and the sub status of an event that says the same (Microsoft, 4625).
SUB_STATUS = {'NT_STATUS_ACCOUNT_DISABLED': 0xC0000072, 'NT_STATUS_ACCOUNT_EXPIRED': 0xC0000193, 'NT_STATUS_ACCOUNT_LOCKED_OUT': 0xC0000234,
              'NT_STATUS_WRONG_PASSWORD': 0xC000006A, 'NT_STATUS_NO_SUCH_USER': 0xC0000064}
REASON = {0xC0000072: '%%2310', 0xC0000193: '%%2305', 0xC0000234: '%%2307', 0xC000006A: '%%2313', 0xC0000064: '%%2313'}
IN_WORDS = {'%%2310': 'Account currently disabled.', '%%2305': 'The specified user account has expired.', '%%2307': 'Account locked out.',
            '%%2313': 'Unknown user name or bad password.', '%%2304': 'An Error occured during Logon.'}

FIELDS = 'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken'
MESSAGE = '''{title}

Subject:
	Security ID:		S-1-0-0
	Account Name:		-
	Account Domain:		-
	Logon ID:		0x0

{body}
Network Information:
	Workstation Name:	{WorkstationName}
	Source Network Address:	{IpAddress}
	Source Port:		{IpPort}

Detailed Authentication Information:
	Logon Process:		{LogonProcessName}
	Authentication Package:	{AuthenticationPackageName}
	Transited Services:	-
	Package Name (NTLM only):	{LmPackageName}
	Key Length:		{KeyLength}
'''
LET_IN = '''Logon Type:			3

New Logon:
	Security ID:		S-1-5-21-0-0-0-1000
	Account Name:		{TargetUserName}
	Account Domain:		{TargetDomainName}
	Logon ID:		{TargetLogonId}

'''
REFUSED = '''Logon Type:			3

Account For Which Logon Failed:
	Security ID:		S-1-0-0
	Account Name:		{TargetUserName}
	Account Domain:		{TargetDomainName}

Failure Information:
	Failure Reason:		{reason}
	Status:			{Status}
	Sub Status:		{SubStatus}

'''


class Log:
    def __init__(self, base, computer):
        self.base, self.computer, self.record, self.lock = base, computer, 40000, threading.Lock()
        self.events = []
        for file, ahead in self.logs():
            with open(file, 'w') as f:
                now = self.now(ahead).strftime('%Y-%m-%d %H:%M:%S')
                f.write('#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: %s\n#Fields: %s\n' % (now, FIELDS))

    def logs(self):
        return (self.base + '.log.w3c', 0), (self.base + '.hour.w3c', 1)

    @staticmethod
    def now(hours=0):
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)

    def request(self, server, client, method, target, agent, user, status, sub, win32, seconds):
        """Notes a request that was answered; server and client are pairs of address and port."""
        stem, _, query = target.partition('?')
        dash = lambda text: (text or '-').replace(' ', '+')
        for file, ahead in self.logs():
            fields = [self.now(ahead).strftime('%Y-%m-%d %H:%M:%S'), server[0], method, stem, dash(query), server[1], dash(user),
                      client[0], dash(agent), status, sub, win32, round(1000 * seconds)]
            with self.lock, open(file, 'a') as f:
                f.write(' '.join(map(str, fields)) + '\n')

    def logon(self, client, user, domain, package, workstation='', lm='', status=0, sub=0):
        """Notes a logon that succeeded, or with a status one that failed."""
        process = 'NtLmSsp' if package == 'NTLM' else package
        values = {'SubjectUserSid': 'S-1-0-0', 'SubjectUserName': '-', 'SubjectDomainName': '-', 'SubjectLogonId': '0x0',
                  'TargetUserSid': 'S-1-0-0' if status else 'S-1-5-21-0-0-0-1000', 'TargetUserName': user or '-', 'TargetDomainName': domain or '-'}
        if status:
            values.update({'Status': '0x%x' % status, 'FailureReason': REASON.get(sub, '%%2304'), 'SubStatus': '0x%x' % sub})
        else:
            values['TargetLogonId'] = '0x%x' % (0x100000 + self.record)
        values.update({'LogonType': '3', 'LogonProcessName': process + ' ', 'AuthenticationPackageName': package, 'WorkstationName': workstation or '-'})
        if not status:
            values['LogonGuid'] = '{00000000-0000-0000-0000-000000000000}'
        values.update({'TransmittedServices': '-', 'LmPackageName': lm if lm and not status else '-', 'KeyLength': '0' if status or not lm else '128', 'ProcessId': '0x0',
                       'ProcessName': '-', 'IpAddress': client[0], 'IpPort': str(client[1])})
        if not status:
            values['ImpersonationLevel'] = '%%1833'
        with self.lock:
            self.record += 1
            self.events.append((4625 if status else 4624, self.record, self.now(), values))
            self.xml(), self.json(), self.csv()

    def xml(self):
        quote, attribute = xml.sax.saxutils.escape, xml.sax.saxutils.quoteattr
        with open(self.base + '.events.xml', 'w') as f:
            for number, record, at, values in self.events:
                data = ''.join('<Data Name=%s>%s</Data>' % (attribute(k), quote(v)) for k, v in values.items())
                f.write("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'"
                        " Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>%d</EventID><Version>0</Version><Level>0</Level><TimeCreated SystemTime='%s'/>"
                        '<EventRecordID>%d</EventRecordID><Channel>Security</Channel><Computer>%s</Computer><Security/></System><EventData>%s</EventData></Event>\n'
                        % (number, at.strftime('%Y-%m-%dT%H:%M:%S.%f0Z'), record, self.computer, data))

    def json(self):
        def value(text):  # numbers come as such, and those with a high bit as negative ones
            try:
                n = int(text, 0)
                return n - (1 << 32) if n >= 1 << 31 else n
            except ValueError:
                return text
        with open(self.base + '.events.json', 'w') as f:
            json.dump([{'Id': number, 'Version': 0, 'ProviderName': 'Microsoft-Windows-Security-Auditing', 'LogName': 'Security', 'RecordId': record,
                        'MachineName': self.computer, 'TimeCreated': '/Date(%d)/' % (at.timestamp() * 1000), 'Message': self.message(number, values),
                        'Properties': [{'Value': value(v)} for v in values.values()]} for number, record, at, values in self.events], f, indent=4)
            f.write('\n')

    def csv(self):
        with open(self.base + '.events.csv', 'w', newline='') as f:
            f.write('#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n')
            table = csv.writer(f, quoting=csv.QUOTE_ALL)
            table.writerow(['Message', 'Id', 'ProviderName', 'LogName', 'RecordId', 'MachineName', 'TimeCreated'])
            for number, record, at, values in self.events:
                table.writerow([self.message(number, values), number, 'Microsoft-Windows-Security-Auditing', 'Security', record, self.computer,
                                at.strftime('%-m/%-d/%Y %-I:%M:%S %p')])

    @staticmethod
    def message(number, values):
        if number == 4624:
            return MESSAGE.format(title='An account was successfully logged on.', body=LET_IN.format(**values), **values)
        status, sub = ('0x' + values[k][2:].upper() for k in ('Status', 'SubStatus'))
        body = REFUSED.format(reason=IN_WORDS[values['FailureReason']], **{**values, 'Status': status, 'SubStatus': sub})
        return MESSAGE.format(title='An account failed to log on.', body=body, **values)
