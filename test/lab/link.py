"""A wire between two network namespaces: two TUN devices, every IPv4 packet handed over as told.
usage: link.py NAMESPACE_A NAMESPACE_B SETTINGS    A is 10.99.0.1, B is 10.99.0.2 with its default route to A. What is
meant for any other address is lost. SETTINGS is a JSON object that holds for both directions:
  delayMs       one way
  spreadMs      every packet later by up to so much more, at random: a burst arrives spread out, packets may overtake
  loss          share of the packets that are lost
  reorder, reorderMs  share of the packets that come so much later, overtaken by those behind
  bitsPerSecond, queueBytes  a slower link, and how much waits before it; what is more is lost
  dead          everything is lost
  loseAbove     packets of more bytes are lost
  loseNext      so many packets with data are lost, then none
  loseOne       the next segment with data is lost, and each repeat of it
  keepOne       the next segment with data is kept, its repeats are lost; false hands it over
  jumbo         at the start only: packets of up to 64 KB are handed over whole (TSO), for high rates
Prints "ready". Each line of its stdin is such an object for "direction" ab, ba or both, answered with "ok". Ends with
its stdin, and after five minutes in any case."""
import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET, TUNSETIFF, TUNSETOFFLOAD = 0x40000000, 0x400454CA, 0x400454D0
IFF_TUN, IFF_NO_PI, IFF_VNET_HDR, CSUM_AND_TSO, VNET_HDR_BYTES, TCP = 0x0001, 0x1000, 0x4000, 0x7, 10, 6
first, second, settings = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
jumbo = settings.pop("jumbo", False)
settings.pop("kind", None)
head = VNET_HDR_BYTES if jumbo else 0
libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)
chance = random.Random(1)
signal.alarm(300)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def device(namespace, address):
    target = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    enter(target)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH14x", b"wire", IFF_TUN | IFF_NO_PI | (IFF_VNET_HDR if jumbo else 0)))
    if jumbo:
        fcntl.ioctl(tun, TUNSETOFFLOAD, CSUM_AND_TSO)
    enter(home)
    os.close(target)
    ip = ["ip", "-n", namespace]
    subprocess.check_call(ip + ["addr", "add", f"{address}/24", "dev", "wire"])
    subprocess.check_call(ip + ["link", "set", "wire", "txqueuelen", "5000", "up"])
    return tun


class Direction:
    delayMs = spreadMs = loss = reorder = reorderMs = bitsPerSecond = loseAbove = loseNext = 0
    queueBytes, dead = 1 << 30, False
    loseOne = keepOne = False
    hole = kept = None
    free = latest = 0.0

    def __init__(self, name, entry, exit, address):
        self.name, self.entry, self.exit, self.address = name, entry, exit, socket.inet_aton(address)

    def falls_into_hole(self, packet):
        """Whether this carries the byte that began the segment chosen when loseOne or keepOne was set."""
        if not (self.loseOne or self.keepOne) or packet[9] != TCP:
            return False
        header = (packet[0] & 15) * 4
        ports, sequence = struct.unpack_from("!II", packet, header)
        size = len(packet) - header - (packet[header + 12] >> 4) * 4
        if size > 0 and self.hole is None:
            self.hole = (ports, sequence)
            self.kept = packet if self.keepOne else None
        return self.hole is not None and ports == self.hole[0] and (self.hole[1] - sequence) % (1 << 32) < size

    def is_lost(self, packet):
        if self.dead or (self.loseAbove and len(packet) > self.loseAbove) or self.falls_into_hole(packet):
            return True
        if self.loseNext and packet[9] == TCP:
            header = (packet[0] & 15) * 4
            if len(packet) > header + (packet[header + 12] >> 4) * 4:
                self.loseNext -= 1
                return True
        return self.loss and chance.random() < self.loss

    def fill_hole(self):
        if self.kept:
            os.write(self.exit, bytes(head) + self.kept)
        self.hole = self.kept = None

    def due(self, size):
        """When a packet comes out at the other end; None: it finds the queue full."""
        now = time.monotonic()
        sent = now
        if self.bitsPerSecond:
            if (self.free - now) * self.bitsPerSecond / 8 > self.queueBytes:
                return None
            sent = self.free = max(now, self.free) + size * 8 / self.bitsPerSecond
        due = sent + (self.delayMs + chance.random() * self.spreadMs) / 1000
        if self.reorder and chance.random() < self.reorder:
            return due + self.reorderMs / 1000
        if not self.spreadMs:
            due = self.latest = max(due, self.latest)
        return due


a, b = device(first, "10.99.0.1"), device(second, "10.99.0.2")
subprocess.check_call(["ip", "-n", second, "route", "add", "default", "via", "10.99.0.1"])
directions = [Direction("ab", a, b, "10.99.0.2"), Direction("ba", b, a, "10.99.0.1")]
by_entry = {direction.entry: direction for direction in directions}
underway, number = [], 0


def adjust(change):
    name = change.pop("direction", "both")
    for direction in directions:
        if name in ("both", direction.name):
            for key, value in change.items():
                setattr(direction, key, value)
            if direction.hole and not (direction.loseOne or direction.keepOne):
                direction.fill_hole()


def answer(line):
    change = json.loads(line)
    if "stats" in change:
        keys = ("packets", "bytes", "lost", "overflowed")
        print(json.dumps({d.name: {key: getattr(d, key) for key in keys} for d in directions}), flush=True)
    else:
        adjust(change)
        print("ok", flush=True)


def take(direction):
    global number
    for _ in range(64):
        try:
            frame = os.read(direction.entry, 70000)
        except BlockingIOError:
            return
        packet = frame[head:]
        if packet[0] >> 4 != 4 or packet[16:20] != direction.address:
            continue
        due = None if direction.is_lost(packet) else direction.due(len(packet))
        if due is None:
            continue
        number += 1
        heapq.heappush(underway, (due, number, direction.exit, frame))


adjust(settings)
print("ready", flush=True)
told = b""
while True:
    while underway and underway[0][0] <= time.monotonic():
        _, _, exit_tun, frame = heapq.heappop(underway)
        try:
            os.write(exit_tun, frame)
        except OSError:
            pass
    patience = max(0.0, underway[0][0] - time.monotonic()) if underway else None
    # select(2) counts in us, the others in ms
    for fd in select.select((a, b, 0), (), (), patience)[0]:
        if fd != 0:
            take(by_entry[fd])
            continue
        more = os.read(0, 65536)
        if not more:
            sys.exit(0)
        *lines, told = (told + more).split(b"\n")
        for line in lines:
            adjust(json.loads(line))
            print("ok", flush=True)
