#!/usr/bin/python3
"""pyroute2 (Debian: python3-pyroute2): CPU of each look in ms, as a list.

pyroute2_diag.py listeners|dump SAMPLES
"""
import gc
import json
import sys
import time
from socket import AF_INET

from pyroute2 import DiagSocket
from pyroute2.netlink.diag import SS_ALL, SS_LISTEN

INFO_AND_SKMEMINFO = (1 << 1) | (1 << 6)
STATES = {"listeners": 1 << SS_LISTEN, "dump": SS_ALL}

what, samples = sys.argv[1], int(sys.argv[2])
costs = []
with DiagSocket() as diag:
    diag.bind()
    for _ in range(samples + 1):
        gc.collect()
        before = time.process_time()
        sockets = list(diag.get_sock_stats(family=AF_INET, states=STATES[what], extensions=INFO_AND_SKMEMINFO))
        costs.append((time.process_time() - before) * 1e3)
        del sockets
print(json.dumps(costs[1:]))
