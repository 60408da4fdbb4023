"""Gives the connections of another process another receive buffer while they are in use, as a library or a supervisor
that shares the descriptors can (pidfd_getfd(2)). usage: shrink.py PID PORT BYTES    all its sockets with that local port.
Prints "ready" when it holds them; a line on its stdin sets the buffers, the end of stdin ends it."""
import ctypes
import os
import socket
import sys

PIDFD_GETFD = 438
pid, port, size = map(int, sys.argv[1:])
libc = ctypes.CDLL(None, use_errno=True)
process = os.pidfd_open(pid)


def taken(name):
    fd = libc.syscall(PIDFD_GETFD, process, int(name), 0)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return socket.socket(fileno=fd)


def is_connection(one):
    if one.family != socket.AF_INET or one.getsockname()[1] != port:
        return False
    return not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)


folder = f"/proc/{pid}/fd"
sockets = [taken(name) for name in os.listdir(folder) if os.readlink(f"{folder}/{name}").startswith("socket:")]
chosen = [one for one in sockets if is_connection(one)]
if not chosen:
    sys.exit("no such connection")
print("ready", flush=True)
if sys.stdin.readline():
    for one in chosen:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
