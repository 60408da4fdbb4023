"""A slow wire between two network namespaces: two TUN devices, every IPv4 packet handed over after a delay.
usage: link.py NAMESPACE_A NAMESPACE_B DELAY_MS SPREAD_MS    A is 10.99.0.1, B is 10.99.0.2 with its default route
to A. SPREAD_MS delays every packet by up to so much more, at random, so that a burst arrives spread out; packets of one
connection may overtake each other only while it is being opened. What is meant for any other address is lost.
Prints "ready"; ends with its stdin."""
import ctypes
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET, TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x40000000, 0x400454CA, 0x0001, 0x1000
first, second, delay, spread = sys.argv[1], sys.argv[2], float(sys.argv[3]) / 1000, float(sys.argv[4]) / 1000
libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)
chance = random.Random(1)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def device(namespace, address):
    target = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    enter(target)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH14x", b"wire", IFF_TUN | IFF_NO_PI))
    enter(home)
    os.close(target)
    ip = ["ip", "-n", namespace]
    subprocess.check_call(ip + ["addr", "add", f"{address}/24", "dev", "wire"])
    subprocess.check_call(ip + ["link", "set", "wire", "txqueuelen", "5000", "up"])
    return tun


ends = {"10.99.0.1": device(first, "10.99.0.1"), "10.99.0.2": device(second, "10.99.0.2")}
subprocess.check_call(["ip", "-n", second, "route", "add", "default", "via", "10.99.0.1"])
addressed = {socket.inet_aton(address): tun for address, tun in ends.items()}
poll = select.epoll()
for tun in (*ends.values(), 0):
    poll.register(tun, select.EPOLLIN)
print("ready", flush=True)

underway, number = [], 0


def take(tun):
    global number
    while True:
        try:
            packet = os.read(tun, 70000)
        except BlockingIOError:
            return
        exit_tun = addressed.get(packet[16:20]) if packet[0] >> 4 == 4 else None
        if exit_tun is None:
            continue
        number += 1
        due = time.monotonic() + delay + chance.random() * spread
        heapq.heappush(underway, (due, number, exit_tun, packet))


while True:
    while underway and underway[0][0] <= time.monotonic():
        _, _, exit_tun, packet = heapq.heappop(underway)
        os.write(exit_tun, packet)
    patience = max(0.0, underway[0][0] - time.monotonic()) if underway else -1
    for tun, _ in poll.poll(patience):
        if tun == 0:
            sys.exit(0)
        take(tun)
