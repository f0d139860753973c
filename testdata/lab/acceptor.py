#!/usr/bin/python3
"""A web server that leaves authentication to Samba's ntlm_auth, as IIS leaves it to SSPI.

usage: acceptor.py ADDRESS PORT [--offer=Negotiate,NTLM] [--close | --drop]
                   [--delay=SECONDS] [--final=STATUS]

A connection that has authenticated stays so. --close ends the connection after every
401 and says so; --drop ends it unannounced after a leg that calls for another; --delay
waits before a verdict is given; --final answers the authenticated with STATUS.
"""
import socketserver
import subprocess
import sys
import time

address, port, *rest = sys.argv[1:]
options = dict(o.lstrip('-').partition('=')[::2] for o in rest)
offer = options.get('offer', 'Negotiate,NTLM').split(',')
protocol = {'negotiate': 'gss-spnego', 'ntlm': 'squid-2.5-ntlmssp'}


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        helper = user = None
        while request := self.rfile.readline():
            headers = {}
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
                if verdict == 'TT':
                    challenges = reply
                elif verdict == 'AF':
                    user, challenges = answer[-1], reply
                else:
                    user = None
                if verdict != 'TT':
                    helper.kill()
                    helper = None
            if user:
                status = options.get('final', '200 OK')
                challenges = challenges if challenges is not offer else []
            body = b'<link rel="icon" href="data:,">%s\n' % (user or 'denied').encode()
            head = ['HTTP/1.1 ' + status, 'Server: lab', 'Content-Type: text/html', 'Content-Length: %d' % len(body)]
            head += ['WWW-Authenticate: ' + c for c in challenges]
            last = 'close' in options and not user
            head += ['Connection: close'] if last else []
            head += ['X-Remote-User: ' + user] if user else []
            self.wfile.write('\r\n'.join(head + ['', '']).encode() + (b'' if request.startswith(b'HEAD') else body))
            if last or ('drop' in options and helper):
                break
        if helper:
            helper.kill()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


Server((address, int(port)), Connection).serve_forever()
