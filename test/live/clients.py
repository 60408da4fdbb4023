"""Connections that are opened and held: clients.py COUNT HOST PORT, or clients.py COUNT PATH for a unix socket.
Each sends `abc`; one that the listener does not take stays half-open. Ends with its stdin, or after 20 s."""
import os
import socket
import sys
import threading

count, target = int(sys.argv[1]), sys.argv[2:]
address = target[0] if len(target) == 1 else (target[0], int(target[1]))
family = socket.AF_UNIX if len(target) == 1 else socket.AF_INET6 if ":" in target[0] else socket.AF_INET
threading.Timer(20, os._exit, [0]).start()
held = []
for _ in range(count):
    client = socket.socket(family)
    client.setblocking(False)
    client.connect_ex(address)
    held.append(client)
    try:
        client.send(b"abc")
    except OSError:
        pass
sys.stdin.read()
os._exit(0)
