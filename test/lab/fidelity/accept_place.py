# Where an accept scenario runs: a network namespace with the listener in it, and the clients beside it on loopback or
# in a second namespace behind a wire of two TUN devices whose packets this process carries across, each `delay` later.
import ctypes, fcntl, os, struct, subprocess, time
from collections import deque

CLONE_NEWNET, TUNSETIFF, IFF_TUN_NO_PI = 0x40000000, 0x400454CA, 0x1001
IPV4, TRAIN_SECONDS = 4, 0.004
libc = ctypes.CDLL(None, use_errno=True)


def set_sysctl(name, value):
    folder = "core" if name == "somaxconn" else "ipv4"
    with open(f"/proc/sys/net/{folder}/{name}", "w") as file:
        file.write(str(value))


def enter_new_namespace(sysctl):
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.check_call(["ip", "link", "set", "lo", "up"])
    for name, value in sysctl.items():
        set_sysctl(name, value)


class Counters:
    """Of the namespace in which it was made, wherever the process goes."""

    def __init__(self):
        self.file = open("/proc/net/netstat")

    def read(self):
        self.file.seek(0)
        names, values = (line.split()[1:] for line in self.file.readlines()[:2])
        return {name: int(value) for name, value in zip(names, values)}


def open_tun(address):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH14x", b"wire", IFF_TUN_NO_PI))
    subprocess.check_call(["ip", "addr", "add", f"{address}/24", "dev", "wire"])
    subprocess.check_call(["ip", "link", "set", "wire", "txqueuelen", "10000", "up"])
    return tun


class Wire:
    """Packets come out in the order in which they went in; those of a few milliseconds come out as one train."""

    def __init__(self, delay):
        self.delay, self.underway, self.late = delay, deque(), 0.0

    def join(self, server, clients):
        self.exits = {server: clients, clients: server}
        self.trains = {server: [], clients: []}

    def take(self, entry):
        """All that wait: what was sent together arrives together."""
        due = time.monotonic() + self.delay
        while True:
            try:
                packet = os.read(entry, 2048)
            except BlockingIOError:
                return
            if packet[0] >> 4 == IPV4:
                self.underway.append((due, self.exits[entry], packet))

    def deliver(self):
        now = time.monotonic()
        if self.due() > now:
            return
        self.late = max(self.late, now - self.due())
        sent_until = {}
        while self.due() <= now + TRAIN_SECONDS:
            due, exit, packet = self.underway.popleft()
            sent_until[exit] = due - self.delay
            os.write(exit, packet)
        for exit, moment in sent_until.items():
            self.trains[exit].append((moment, now))

    def trains_since(self, start):
        """By where they went: what had been sent by the first moment was there at the second."""
        ends = zip(("toListener", "toClients"), self.trains.values())
        return {name: [[sent - start, there - start] for sent, there in trains] for name, trains in ends}

    def due(self):
        return self.underway[0][0] if self.underway else float("inf")

    def close(self):
        for tun in self.exits:
            os.close(tun)


class Place:
    """`address`: the listener's. `enter_clients`: what is opened from then on is at the clients' end."""

    def __init__(self, sysctl, rtt):
        enter_new_namespace(sysctl)
        self.sysctl, self.counters = sysctl, Counters()
        self.wire = Wire(rtt / 2) if rtt > 0 else None
        self.address = "10.99.0.1" if self.wire else "127.0.0.1"
        self.server = open_tun(self.address) if self.wire else None

    def enter_clients(self):
        if not self.wire:
            return
        enter_new_namespace(self.sysctl)
        self.wire.join(self.server, open_tun("10.99.0.2"))

    def close(self):
        self.counters.file.close()
        if self.wire:
            self.wire.close()
