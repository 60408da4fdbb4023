"""Network namespaces of the fidelity runs: loopback, veth with and without segmentation offload, a delayed link."""
import array
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys

CLONE_NEWNET = 0x40000000
SIOCETHTOOL, ETHTOOL_STSO, ETHTOOL_SGSO = 0x8946, 0x1F, 0x24
LINK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "link.py")
CALIBRATION_SECONDS, CALIBRATIONS = 0.01, 15
libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def switch_off(device, *commands):
    """Offloads of a device of this namespace, by the ioctl of ethtool(8)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in commands:
            value = array.array("I", [command, 0])
            request = struct.pack("16sP", device.encode(), value.buffer_info()[0]).ljust(40, b"\0")
            fcntl.ioctl(control, SIOCETHTOOL, request)


class Namespace:
    made = 0

    def __init__(self):
        Namespace.made += 1
        self.name = f"fidelity-{os.getpid()}-{Namespace.made}"
        ip("netns", "add", self.name)
        self.fd = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        ip("-n", self.name, "link", "set", "lo", "up")
        # what one connection learned about the path is not for the next
        self.set("ipv4/tcp_no_metrics_save", 1)
        self.set("ipv6/conf/all/disable_ipv6", 1)

    def set(self, name, value):
        enter(self.fd)
        try:
            with open(f"/proc/sys/net/{name}", "w") as file:
                file.write(" ".join(map(str, value)) if isinstance(value, list) else str(value))
        finally:
            enter(home)

    def socket(self):
        enter(self.fd)
        try:
            return socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        finally:
            enter(home)

    def counters(self):
        """Of netstat(8), those that are not 0."""
        enter(self.fd)
        try:
            with open("/proc/thread-self/net/netstat") as file:
                names, values = (line.split()[1:] for line in file.readlines()[:2])
        finally:
            enter(home)
        return {name: int(value) for name, value in zip(names, values)}

    def delete(self):
        os.close(self.fd)
        subprocess.run(["ip", "netns", "delete", self.name])


class Place:
    """Where a transfer runs: the sender's namespace, the receiver's, and the receiver's address."""

    def __init__(self, kind):
        self.namespaces, self.link, self.address = [], None, "127.0.0.1"
        self.sender = self.receiver = self.make()
        if kind != "loopback":
            self.receiver = self.make()
            self.lay_wire() if kind == "wire" else self.lay_veth(kind)

    def make(self):
        self.namespaces.append(Namespace())
        return self.namespaces[-1]

    def lay_veth(self, kind):
        a, b, self.address = self.sender.name, self.receiver.name, "10.77.0.2"
        ip("-n", a, "link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", b)
        for name, device, address in ((a, "va", "10.77.0.1"), (b, "vb", self.address)):
            ip("-n", name, "addr", "add", f"{address}/24", "dev", device)
            ip("-n", name, "link", "set", device, "up")
        if kind == "veth without GSO":
            for namespace, device in ((self.sender, "va"), (self.receiver, "vb")):
                enter(namespace.fd)
                switch_off(device, ETHTOOL_STSO, ETHTOOL_SGSO)
                enter(home)

    def lay_wire(self):
        self.address = "10.99.0.2"
        command = [sys.executable, LINK, self.sender.name, self.receiver.name, "{}"]
        self.link = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.heard("ready")
        self.overhead = 0
        self.overhead = self.measured_round_trip() - CALIBRATION_SECONDS

    def heard(self, answer):
        if self.link.stdout.readline().strip() != answer:
            raise RuntimeError("the link ended")

    def measured_round_trip(self):
        """Of handshakes, as TCP sees it."""
        self.carry(CALIBRATION_SECONDS)
        trips = []
        with self.receiver.socket() as listener:
            listener.bind((self.address, 0))
            listener.listen()
            for _ in range(CALIBRATIONS):
                with self.sender.socket() as probe:
                    probe.connect(listener.getsockname())
                    trips.append(struct.unpack_from("I", probe.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 68)[0])
        return sorted(trips)[CALIBRATIONS // 2] / 1e6

    def carry(self, rtt, rate=0):
        """From now on with this delay, of which what the program itself takes is a part."""
        settings = {"delayMs": (rtt - self.overhead) * 500, "bitsPerSecond": 8 * rate}
        self.link.stdin.write(json.dumps(settings) + "\n")
        self.link.stdin.flush()
        self.heard("ok")

    def adjust(self, path):
        """The wire becomes that of a scenario."""
        if self.link is not None:
            self.carry(path["rtt"], path.get("rate") or 0)

    def set_sysctls(self, sysctls):
        for namespace in self.namespaces:
            for name, value in sysctls.items():
                if name != "base":
                    namespace.set(f"ipv4/{name}", value)

    def delete(self):
        if self.link is not None:
            self.link.stdin.close()
            self.link.wait()
        for namespace in self.namespaces:
            namespace.delete()


def kind_of(path):
    if path["device"] == "veth":
        return "veth" if path.get("gso", True) else "veth without GSO"
    return path["device"]
