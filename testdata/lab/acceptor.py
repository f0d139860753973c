#!/usr/bin/python3
"""A web server that leaves authentication to Samba's ntlm_auth, as IIS leaves it to SSPI.

usage: acceptor.py ADDRESS PORT [--offer=Negotiate,NTLM] [--close | --drop]
                   [--delay=SECONDS] [--final=STATUS] [--log=BASE]

A connection that has authenticated stays so. --close ends the connection after every
401 and says so; --drop ends it unannounced after a leg that calls for another; --delay
waits before a verdict is given; --final answers the authenticated with STATUS; --log
writes what IIS and Windows would log, see windows_log.py.
"""
import base64
import socketserver
import subprocess
import sys
import time

import windows_log

address, port, *rest = sys.argv[1:]
options = dict(o.lstrip('-').partition('=')[::2] for o in rest)
offer = options.get('offer', 'Negotiate,NTLM').split(',')
protocol = {'negotiate': 'gss-spnego', 'ntlm': 'squid-2.5-ntlmssp'}
log = windows_log.Log(options['log'], 'app.corp.test') if 'log' in options else None


def answer_of(token):
    """What message 3 of NTLM names: domain, user, workstation and, by the length of the answer, the version."""
    data = base64.b64decode(token)
    message = data[max(data.find(b'NTLMSSP\0'), 0):]
    if message[:12] != b'NTLMSSP\0\3\0\0\0':
        return '', '', '', ''
    field = lambda at: message[int.from_bytes(message[at + 4:at + 8], 'little'):][:int.from_bytes(message[at:at + 2], 'little')]
    words = 'utf-16-le' if message[60] & 1 else 'latin-1'
    return *(field(at).decode(words) for at in (28, 36, 44)), 'NTLM V2' if len(field(20)) > 24 else 'NTLM V1'


def note(connection, request, headers, status, sub, win32, user, began):
    method, target, _ = request.decode('latin-1').split()
    log.request((address, port), connection.client_address, method, target, headers.get('user-agent'), user, status, sub, win32, time.monotonic() - began)


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        helper = user = None
        while request := self.rfile.readline():
            headers, began, sub, win32 = {}, time.monotonic(), 2, windows_log.ERROR_ACCESS_DENIED
            while line := self.rfile.readline().decode('latin-1').strip():
                name, _, value = line.partition(':')
                headers[name.lower()] = value.strip()
            self.rfile.read(int(headers.get('content-length', 0)))
            scheme, _, token = headers.get('authorization', '').partition(' ')
            status, challenges = '401 Unauthorized', offer
            if scheme.lower() in protocol:
                verb = 'KK' if helper else 'YR'
                helper = helper or subprocess.Popen(['ntlm_auth', '--helper-protocol=' + protocol[scheme.lower()]],
                                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                helper.stdin.write('%s %s\n' % (verb, token))
                helper.stdin.flush()
                verdict, *answer = helper.stdout.readline().split()
                reply = [scheme + ' ' + answer[0]] if answer and len(answer[0]) > 20 else []
                if verdict != 'TT':
                    time.sleep(float(options.get('delay', 0)))
                sub, win32 = 1, windows_log.SEC_E_LOGON_DENIED
                if verdict == 'TT':
                    challenges, win32 = reply, windows_log.SEC_E_NO_CREDENTIALS
                elif verdict == 'AF':
                    user, challenges = answer[-1], reply
                else:
                    user = None
                if log and verdict != 'TT':
                    self.note_logon(token, verdict == 'AF' and answer[-1], answer)
                if verdict != 'TT':
                    helper.kill()
                    helper = None
            if user:
                status, sub, win32 = options.get('final', '200 OK'), 0, 0
                challenges = challenges if challenges is not offer else []
            body = b'<link rel="icon" href="data:,">%s\n' % (user or 'denied').encode()
            head = ['HTTP/1.1 ' + status, 'Server: lab', 'Content-Type: text/html', 'Content-Length: %d' % len(body)]
            head += ['WWW-Authenticate: ' + c for c in challenges]
            last = 'close' in options and not user
            head += ['Connection: close'] if last else []
            head += ['X-Remote-User: ' + user] if user else []
            self.wfile.write('\r\n'.join(head + ['', '']).encode() + (b'' if request.startswith(b'HEAD') else body))
            if log:
                note(self, request, headers, int(status.split()[0]), sub, win32, user, began)
            if last or ('drop' in options and helper):
                break
        if helper:
            helper.kill()

    def note_logon(self, token, user, answer):
        domain, name, workstation, version = answer_of(token)
        if user:
            domain, _, name = user.rpartition('\\')
        package = 'NTLM' if version else 'Kerberos'
        sub = 0 if user else windows_log.SUB_STATUS.get(answer[0] if answer else '', 0)
        status = windows_log.STATUS_ACCOUNT_RESTRICTION if sub == windows_log.SUB_STATUS['NT_STATUS_ACCOUNT_DISABLED'] else windows_log.STATUS_LOGON_FAILURE
        log.logon(self.client_address, name, domain, package, workstation, version, 0 if user else status, sub)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


Server((address, int(port)), Connection).serve_forever()
