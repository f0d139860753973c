#!/usr/bin/python3
"""Compares what a scenario expects with what tshark and negotrace find in its captures.

usage: judge.py SCENARIO FILE NEGOTRACE

SCENARIO is the scenario's file, FILE its capture without ".pcapng". Prints a row of the
table for each capture and export; exit status 1 if anything differs.
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
    return ' '.join(v if n == 1 else '%s*%d' % (v, n) for v, n in sorted(collections.Counter(values).items()))


def wire(capture, keylog):
    """What tshark sees: HTTP statuses, Kerberos errors other than 25 and 52, NTLM messages."""
    fields = ['http.response.code', 'http2.headers.status', 'kerberos.error_code', 'ntlmssp.messagetype', 'udp.port', 'tcp.port']
    command = ['tshark', '-r', capture, '-o', 'tcp.reassemble_out_of_order:TRUE', '-Y', 'http or http2 or kerberos', '-T', 'fields']
    command += [a for f in fields for a in ('-e', f)]
    if keylog:
        command += ['-o', 'tls.keylog_file:' + keylog]
    seen = []
    for line in subprocess.run(command, capture_output=True, text=True).stdout.splitlines():
        http1, http2, errors, messages, udp, tcp = line.split('\t')
        side = 'kdc:' if '88' in (udp + ',' + tcp).split(',') else 'http:'
        seen += (http1 + ',' + http2).split(',')
        seen += [side + e for e in errors.split(',') if e not in ('', '25', '52')]
        seen += ['ntlm:%d' % int(m, 16) for m in messages.split(',') if m]
    return counted(v for v in seen if v)


def analysed(capture, secrets, wanted):
    """The handshakes that negotrace reports, and the errors and warnings: by variant if that is wanted."""
    command = [negotrace, '--format', 'json', '--fail-on', 'never'] + secrets + [capture]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        return 'exit status %d' % run.returncode, run.stderr.strip()
    report = json.loads(run.stdout)
    grave = [f for f in report['findings'] if f['severity'] != 'info']
    names = {f['variant'] if f.get('variant') in wanted else f['check'] for f in grave}
    return counted('%(mechanism)s %(outcome)s' % h for h in report['handshakes']), ' '.join(sorted(names))


def agree(want, found):
    """Whether found is as wanted, where "200+" and "kerberos succeeded+" stand for any number."""
    pattern = re.escape(want).replace(r'\+', r'(\*\d+)?')
    return re.fullmatch(pattern, found) is not None


def judge(suffix, prefix):
    capture = file + suffix
    if not os.path.exists(capture):
        print('%-40s is missing' % (os.path.basename(file) + suffix))
        return False
    beside = {kind: file + '.' + kind for kind in ('keylog', 'keytab') if os.path.exists(file + '.' + kind)}
    secrets = [a for kind, path in beside.items() for a in ('--' + kind, path)]
    handshakes, findings = said.get(prefix + 'handshakes', ''), said.get(prefix + 'findings', '').split()
    want = [counted(re.split(', *', handshakes)) if handshakes else '', ' '.join(sorted(findings))]
    found = list(analysed(capture, secrets, findings))
    if suffix.endswith('.pcapng'):
        want.insert(0, said.get(prefix + 'wire', ''))
        found.insert(0, wire(capture, beside.get('keylog')))
    same = all(map(agree, want, found))
    show = lambda values: ' | '.join(v or '-' for v in values)
    print('%-40s %s' % (os.path.basename(capture), show(want)))
    print('%-40s %s' % ('', 'as expected' if same else 'FOUND ' + show(found)))
    return same


captures = [('.pcapng', '')]
captures += [('.backend.pcapng', 'backend_')] if said.get('backend') else []
captures += [(s, p) for s, p in (('.har', 'har_'), ('.netlog.json', 'netlog_')) if p + 'handshakes' in said]
sys.exit(not all([judge(*c) for c in captures]))
