#!/usr/bin/python3
"""A client on Python's requests and requests-kerberos.

usage: requests_client.py URL [--optional] [--delegate]

It insists on the server's proof of itself unless it is --optional.
"""
import sys

import requests
from requests_kerberos import OPTIONAL, REQUIRED, HTTPKerberosAuth

url, *options = sys.argv[1:]
mutual = OPTIONAL if '--optional' in options else REQUIRED
auth = HTTPKerberosAuth(mutual_authentication=mutual, delegate='--delegate' in options)
requests.packages.urllib3.disable_warnings()
try:
    print(requests.get(url, auth=auth, verify=False, timeout=30).status_code, url)
except requests.exceptions.RequestException as error:
    print(type(error).__name__, error)
