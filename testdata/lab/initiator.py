#!/usr/bin/python3
"""A web client on Samba's GENSEC, for what curl cannot be made to do.

usage: initiator.py URL [--mechanism=spnego] [--scheme=Negotiate]
                    [--user=NAME --password=WORD | --anonymous]
                    [--ntlmv1] [--lm] [--service=HOST]
                    [--leave-after=N | --reconnect]

Mechanisms are spnego, ntlmssp and gssapi_krb5 (Kerberos without SPNEGO). Without user it
takes the ticket cache. --service asks for a ticket for another host than the URL's. Every
leg uses the one connection, but with --reconnect one of its own; --leave-after closes it
after N responses.
"""
import base64
import http.client
import os
import sys
import urllib.parse

from samba import credentials, gensec, param

url = urllib.parse.urlsplit(sys.argv[1])
options = dict(o.lstrip('-').partition('=')[::2] for o in sys.argv[2:])
scheme = options.get('scheme', 'Negotiate')

lp = param.LoadParm()
lp.set('realm', 'CORP.TEST')
lp.set('workgroup', 'CORP')
lp.set('netbios name', 'CLIENT')
if 'ntlmv1' in options:
    lp.set('client ntlmv2 auth', 'no')
    lp.set('client lanman auth', 'yes')
if 'lm' in options:
    lp.set('ntlmssp_client:ntlm2', 'no')
who = credentials.Credentials()
who.guess(lp)
if 'anonymous' in options:
    who.set_anonymous()
elif 'user' in options:
    who.set_username(options['user'])
    who.set_domain('CORP')
    who.set_password(options['password'])
    who.set_kerberos_state(credentials.DONT_USE_KERBEROS)
else:
    who.set_kerberos_state(credentials.MUST_USE_KERBEROS)
    who.set_named_ccache(os.environ['KRB5CCNAME'], credentials.SPECIFIED, lp)

host = options.get('service', url.hostname)  # GENSEC keeps the pointer, so the name must live on
initiator = gensec.Security.start_client({'target_hostname': host, 'lp_ctx': lp})
initiator.set_credentials(who)
initiator.set_target_service('HTTP')
initiator.set_target_hostname(host)
initiator.start_mech_by_name(options.get('mechanism', 'spnego'))

connection = http.client.HTTPConnection(url.netloc, timeout=30)
answer, responses = b'', 0
while True:
    done, token = initiator.update(answer)
    connection.request('GET', url.path, headers={'Authorization': scheme + ' ' + base64.b64encode(token).decode()})
    try:
        response = connection.getresponse()
        response.read()
    except ConnectionError:
        print('the server has closed the connection')
        break
    responses += 1
    print(response.status)
    challenge = (response.getheader('WWW-Authenticate') or '').partition(' ')[2]
    if response.status != 401 or not challenge or responses == int(options.get('leave-after', 0)):
        break
    if 'reconnect' in options:
        connection.close()
    answer = base64.b64decode(challenge)
connection.close()
