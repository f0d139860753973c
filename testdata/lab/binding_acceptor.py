#!/usr/bin/python3
"""A web server on MIT's GSS-API that compares channel bindings, as IIS does under Extended Protection.

usage: binding_acceptor.py ADDRESS PORT KEYTAB CERTIFICATE [--bound=CERTIFICATE] [--require] [--log=BASE]

The binding must be to CERTIFICATE, or to the one --bound names, as behind a balancer
that ends TLS. MIT accepts a client without any binding; --require does not. --log writes
what IIS and Windows would log, see windows_log.py.
"""
import base64
import hashlib
import http.server
import ssl
import sys
import time

import gssapi
from gssapi.raw import ChannelBindings

import windows_log

address, port, keytab, certificate, *rest = sys.argv[1:]
options = dict(o.lstrip('-').partition('=')[::2] for o in rest)
pem = open(options.get('bound', certificate)).read()
digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[pem.index('-----BEGIN CERT'):pem.index('-----END CERT') + 26])).digest()
binding = ChannelBindings(application_data=b'tls-server-end-point:' + digest)
gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False  # so that an error's token is told from an answer
log = windows_log.Log(options['log'], 'site.lab.test') if 'log' in options else None
keys = gssapi.Credentials(usage='accept', store={'keytab': keytab})


class Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    version_string = lambda self: 'lab'

    def do_GET(self):
        scheme, _, token = self.headers.get('Authorization', '').partition(' ')
        status, challenge, body = 401, 'Negotiate', b'<link rel="icon" href="data:,">denied\n'
        began, user, sub, win32 = time.monotonic(), '', 2, windows_log.ERROR_ACCESS_DENIED
        if scheme.lower() == 'negotiate':
            sub, win32 = 1, windows_log.SEC_E_LOGON_DENIED
            context = gssapi.SecurityContext(creds=keys, usage='accept', channel_bindings=binding)
            try:
                answer = context.step(base64.b64decode(token))
                bound = gssapi.RequirementFlag.channel_bound in context.actual_flags
                name, _, realm = str(context.initiator_name).partition('@')
                if bound or 'require' not in options:
                    status, body, user, sub, win32 = 200, b'hello\n', realm + '\\' + name, 0, 0
                    challenge += ' ' + base64.b64encode(answer).decode()
                else:
                    win32 = windows_log.SEC_E_BAD_BINDINGS
                if log:
                    log.logon(self.client_address, name, realm, 'Kerberos', status=0 if user else windows_log.STATUS_BAD_BINDINGS)
            except gssapi.exceptions.GSSError as error:
                print(error, flush=True)
                answer = getattr(error, 'token', None)
                challenge += ' ' + base64.b64encode(answer).decode() if answer else ''
        self.send_response(status)
        self.send_header('WWW-Authenticate', challenge)
        self.send_header('Content-Type', 'text/html')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if log:
            log.request((address, port), self.client_address, 'GET', self.path, self.headers.get('User-Agent'), user, status, sub, win32,
                        time.monotonic() - began)


server = http.server.ThreadingHTTPServer((address, int(port)), Connection)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate)
context.keylog_filename = '/srv/keylog'
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
