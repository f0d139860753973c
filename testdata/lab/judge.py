#!/usr/bin/python3
"""Compares what a scenario expects with what tshark and negotrace find in its captures.

usage: judge.py SCENARIO FILE NEGOTRACE

SCENARIO is the scenario's file, FILE the capture without ".pcapng". Prints a row each
for the capture and the one behind the proxy; exit status 1 if anything differs.
"""
import collections
import json
import os
import re
import subprocess
import sys

scenario, file, negotrace = sys.argv[1:]
shell = subprocess.run(['bash', '-c', '. "$1"; declare -p', 'bash', scenario], capture_output=True, text=True).stdout
said = dict(re.findall(r'^declare -- (\w+)="(.*)"$', shell, re.M))


def counted(values):
    return ' '.join(v if n == 1 else '%sx%d' % (v, n) for v, n in sorted(collections.Counter(values).items()))


def wire(capture, keylog):
    """HTTP statuses, Kerberos errors but 25 and 52, NTLM messages: what tshark sees."""
    fields = ['http.response.code', 'http2.headers.status', 'kerberos.error_code', 'ntlmssp.messagetype', 'udp.port', 'tcp.port']
    command = ['tshark', '-r', capture, '-o', 'tcp.reassemble_out_of_order:TRUE', '-Y', 'http or http2 or kerberos', '-T', 'fields']
    command += [a for f in fields for a in ('-e', f)] + keylog
    seen = []
    for line in subprocess.run(command, capture_output=True, text=True).stdout.splitlines():
        http1, http2, errors, messages, udp, tcp = line.split('\t')
        side = 'kdc:' if '88' in (udp + ',' + tcp).split(',') else 'http:'
        seen += (http1 + ',' + http2).split(',')
        seen += [side + e for e in errors.split(',') if e not in ('', '25', '52')]
        seen += ['ntlm:%d' % int(m, 16) for m in messages.split(',') if m]
    return counted(v for v in seen if v)


def judge(name, capture, prefix):
    keylog = file + '.keylog'
    tls = os.path.exists(keylog)
    found = {'wire': wire(capture, ['-o', 'tls.keylog_file:' + keylog] if tls else [])}
    run = subprocess.run([negotrace, '--format', 'json', '--fail-on', 'never'] + (['--keylog', keylog] if tls else []) + [capture],
                         capture_output=True, text=True)
    expected = {'wire': said.get(prefix + 'wire', '')}
    if run.stdout:
        report = json.loads(run.stdout)
        expected['handshakes'] = counted(re.split(', *', said.get(prefix + 'handshakes', '')))
        found['handshakes'] = counted('%(mechanism)s %(outcome)s' % h for h in report['handshakes'])
        expected['findings'] = ' '.join(sorted(said.get(prefix + 'findings', '').split()))
        found['findings'] = ' '.join(sorted({f['check'] for f in report['findings'] if f['severity'] != 'info'}))
    elif run.stderr:
        found['handshakes'] = run.stderr.splitlines()[0]
    same = all(found[k] == expected.get(k) for k in found)
    print('%-5s %s' % ('same' if same else 'DIFF', name))
    for k in found:
        if found[k] or expected.get(k):
            print('      %-10s %s%s' % (k, found[k], '' if found[k] == expected.get(k) else '   expected: ' + expected.get(k, '')))
    return same


name = os.path.basename(file)
same = judge(name, file + '.pcapng', '')
if os.path.exists(file + '.backend.pcapng'):
    same &= judge(name + '.backend', file + '.backend.pcapng', 'backend_')
sys.exit(not same)
