"""Gives the connections of another process another receive buffer while they are in use, as a library or a supervisor
that shares the descriptors can (pidfd_getfd(2)). usage: shrink.py PID PORT BYTES    all its sockets with that local port"""
import ctypes
import os
import socket
import sys

PIDFD_GETFD = 438
pid, port, size = map(int, sys.argv[1:])
libc = ctypes.CDLL(None, use_errno=True)
process = os.pidfd_open(pid)
changed = 0
for name in os.listdir(f"/proc/{pid}/fd"):
    if not os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:"):
        continue
    fd = libc.syscall(PIDFD_GETFD, process, int(name), 0)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    with socket.socket(fileno=fd) as one:
        if one.family == socket.AF_INET and one.getsockname()[1] == port and not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
            changed += 1
sys.exit(0 if changed else "no such connection")
