"""Runs transfer scenarios on the real kernel: one as JSON on each line of stdin, its result as JSON on a line of stdout.
One thread plays sender and receiver, so that on loopback and veth, where a segment arrives within the system call that
sends it, nothing is left to the scheduler. Needs root and iproute2; ends with its stdin."""
import json
import os
import select
import signal
import socket
import struct
import sys
import time
from fcntl import ioctl

from places import Place, kind_of

SO_MEMINFO, SO_SNDBUFFORCE, SO_RCVBUFFORCE = 55, 32, 33
SIOCINQ, SIOCOUTQ, SIOCOUTQNSD = 0x541B, 0x5411, 0x894B
CONGESTION = "cubic"
# offsets into struct tcp_info
FIGURES = {"rto": 8, "mss": 16, "rcvMss": 20, "unacked": 24, "rcvSsthresh": 64, "rtt": 68, "ssthresh": 76, "cwnd": 80,
           "advmss": 84, "rcvRtt": 92, "rcvSpace": 96, "totalRetrans": 100, "segsOut": 136, "dataSegsIn": 152,
           "peerWindow": 228, "window": 232}
MEMORY = ("rmem", "rcvbuf", "wmem", "sndbuf", "forward", "wmemQueued", "optmem", "backlogBytes", "drops")
DATA = bytes(4 << 20)
SPACE = bytearray(4 << 20)


def size(sock, request):
    return struct.unpack("i", ioctl(sock.fileno(), request, bytes(4)))[0]


def tcp_info(sock):
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 280)
    return {name: struct.unpack_from("I", info, at)[0] for name, at in FIGURES.items() if at + 4 <= len(info)}


def memory(sock):
    return dict(zip(MEMORY, struct.unpack("9I", sock.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))))


def hold(sock, force, name, wanted):
    """A buffer of the wanted size as the kernel holds it: it doubles what it is given."""
    if wanted == "auto":
        return
    sock.setsockopt(socket.SOL_SOCKET, force, wanted // 2)
    held = sock.getsockopt(socket.SOL_SOCKET, name)
    if held != wanted:
        raise ValueError(f"the kernel holds {held} where {wanted} was wanted")


class Transfer:
    def __init__(self, scenario, place):
        self.scenario, self.place = scenario, place
        self.calls, self.blocked, self.reads_all_along = [], None, None
        self.open()

    def open(self):
        sender, receiver = self.scenario["sender"], self.scenario["receiver"]
        with self.place.receiver.socket() as listener:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, CONGESTION.encode())
            hold(listener, SO_RCVBUFFORCE, socket.SO_RCVBUF, receiver.get("rcvbuf", "auto"))
            listener.bind((self.place.address, 0))
            listener.listen(1)
            self.out = self.place.sender.socket()
            self.out.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, CONGESTION.encode())
            self.out.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, int(sender.get("nodelay", False)))
            hold(self.out, SO_SNDBUFFORCE, socket.SO_SNDBUF, sender.get("sndbuf", "auto"))
            self.out.connect(listener.getsockname())
            self.entry, _ = listener.accept()
        self.out.setblocking(False)
        self.entry.setblocking(False)
        # the handshake's last ACK has arrived
        time.sleep(0.005 + (self.scenario["path"].get("rtt") or 0) * 1.5)

    def now(self):
        return time.monotonic() - self.start

    def write(self):
        """As much as the socket takes of what is to be written."""
        while self.writes and self.blocked is None:
            left, chunk = self.writes[0]
            asked = min(left, chunk)
            at = self.now()
            try:
                taken = self.out.send(DATA if asked == len(DATA) else memoryview(DATA)[:asked])
            except BlockingIOError:
                taken = 0
                self.note_block(at, asked)
            self.taken += taken
            if taken < asked or self.written < 20:
                self.note(at, "sender", "write", asked, taken)
            self.written += 1
            self.writes[0][0] -= taken
            if self.writes[0][0] == 0:
                self.writes.pop(0)

    def note_block(self, at, asked):
        self.blocked = {"at": at, "taken": self.taken, "recvQ": size(self.entry, SIOCINQ), "sendQ": size(self.out, SIOCOUTQ),
                        "notSent": size(self.out, SIOCOUTQNSD), "sender": memory(self.out), "receiver": memory(self.entry)}
        if not self.blocks:
            self.blocked["info"] = tcp_info(self.out)
        self.blocks.append(self.blocked)

    def note(self, at, side, call, asked, returned):
        outcome = "would-block" if returned == 0 else "complete" if returned == asked else "partial"
        self.calls.append({"at": at, "side": side, "call": call, "asked": asked, "returned": returned, "outcome": outcome})

    def read(self, asked):
        at = self.now()
        try:
            taken = self.entry.recv_into(SPACE, min(asked, len(SPACE)))
        except BlockingIOError:
            taken = 0
        self.note(at, "receiver", "read", asked, taken)

    def begin_write(self, entry):
        self.writes.append([entry["bytes"], entry.get("chunk") or entry["bytes"]])
        self.write()

    def wait(self, until):
        """Until then: the sender goes on when it may write again, a reader who reads all along when there is something."""
        while True:
            left = until - self.now()
            reading = [self.entry] if self.reads_all_along else []
            writing = [self.out] if self.blocked is not None else []
            readable, writable, _ = select.select(reading, writing, [], max(0, left))
            if writable:
                self.blocked["resumedAt"] = self.now()
                self.blocked["wmemQueuedThen"] = memory(self.out)["wmemQueued"]
                self.blocked = None
                self.write()
            if readable:
                self.read(self.reads_all_along)
            if left <= 0:
                return

    def read_all_along(self, chunk):
        self.reads_all_along = chunk

    def reads(self):
        for entry in self.scenario["receiver"].get("reads", []):
            if "at" in entry:
                yield entry["at"], 1, self.read, entry["bytes"]
            elif "every" in entry:
                count = int((entry["until"] - entry["from"]) / entry["every"] - 1e-9) + 1
                yield from ((entry["from"] + i * entry["every"], 1, self.read, entry["bytes"]) for i in range(count))
            else:
                yield entry["from"], 1, self.read_all_along, entry["chunk"]
                yield entry.get("until", self.scenario["until"]), 1, self.read_all_along, None

    def steps(self):
        writes = [(entry["at"], 0, self.begin_write, entry) for entry in self.scenario["sender"]["writes"]]
        return sorted([*writes, *self.reads()], key=lambda step: step[:2])

    def run(self):
        self.writes, self.blocks, self.taken, self.written = [], [], 0, 0
        before = self.place.receiver.counters(), self.place.sender.counters()
        self.handshake = {"sender": tcp_info(self.out), "receiver": tcp_info(self.entry), "senderMemory": memory(self.out),
                          "receiverMemory": memory(self.entry)}
        self.start = time.monotonic()
        late = 0
        for at, _, act, argument in self.steps():
            self.wait(at)
            late = max(late, self.now() - at)
            act(argument)
        self.wait(self.scenario["until"])
        return self.result(before, late)

    def result(self, before, late):
        final = {"recvQ": size(self.entry, SIOCINQ), "sendQ": size(self.out, SIOCOUTQ), "notSent": size(self.out, SIOCOUTQNSD)}
        info = {"sender": tcp_info(self.out), "receiver": tcp_info(self.entry)}
        after = self.place.receiver.counters(), self.place.sender.counters()
        moved = [{name: b[name] - a[name] for name in b if b[name] != a[name]} for a, b in zip(before, after)]
        return {
            "calls": self.calls, "final": {**final, "window": info["sender"].get("peerWindow")}, "taken": self.taken,
            "blocks": self.blocks, "late": late, "handshake": self.handshake, "info": info,
            "memory": {"sender": memory(self.out), "receiver": memory(self.entry)},
            "counters": {"receiver": moved[0], "sender": moved[1]},
            "congestion": self.out.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b"\0").decode(),
        }

    def close(self):
        for sock in (self.out, self.entry):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()


def rounded(value):
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value


def run(scenario, places):
    kind = kind_of(scenario["path"])
    if kind not in places:
        places[kind] = Place(kind)
    place = places[kind]
    place.adjust(scenario["path"])
    place.set_sysctls(scenario.get("sysctl", {}))
    transfer = Transfer(scenario, place)
    try:
        return transfer.run()
    finally:
        transfer.close()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # what else runs on the machine is not to be measured; the link inherits it
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    places = {}
    try:
        for line in sys.stdin:
            print(json.dumps(rounded(run(json.loads(line), places))), flush=True)
    finally:
        for place in places.values():
            place.delete()


main()
