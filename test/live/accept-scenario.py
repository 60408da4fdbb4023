# Runs one accept scenario on the real kernel: scenario as JSON on stdin, result as JSON on stdout.
# Start it in a network namespace of its own (`unshare --net`); one process on one CPU plays server and clients.
import errno, fcntl, json, os, select, socket, struct, sys, time

SO_MEMINFO = 55


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sH14x", b"lo", 1 | 64))  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING


def set_sysctl(name, value):
    folder = "core" if name == "somaxconn" else "ipv4"
    with open(f"/proc/sys/net/{folder}/{name}", "w") as file:
        file.write(str(value))


def counters():
    with open("/proc/net/netstat") as file:
        names, values = (line.split()[1:] for line in file.readlines()[:2])
    return {name: int(value) for name, value in zip(names, values)}


def ticks():
    """The kernel's tick count, or None where it cannot be read."""
    try:
        with open("/proc/timer_list") as file:
            return max(int(line.split()[1]) for line in file if line.startswith("jiffies: "))
    except (OSError, ValueError):
        return None


def wait_for_bucket():
    """Begins with a bucket of the timer wheel (8 ticks): a burst that spans two is retried in two parts."""
    while (now := ticks()) is not None and now % 8 != 0:
        time.sleep(0.001)


class Run:
    def __init__(self, scenario):
        self.scenario = scenario
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(scenario["listener"]["backlog"])
        self.listener.setblocking(False)
        self.epoll = select.epoll()
        self.clients, self.by_fd, self.by_port, self.accepted = [], {}, {}, []
        self.peak = 0

    def length(self):
        return struct.unpack_from("I", self.listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 24)[0]

    def connect(self, count):
        """As many connects as closely together as can be: everything else is done before and after."""
        sockets = [socket.socket() for _ in range(count)]
        for sock in sockets:
            sock.setblocking(False)
        address = self.listener.getsockname()
        at = self.now()
        statuses = [sock.connect_ex(address) for sock in sockets]
        for sock, status in zip(sockets, statuses):
            if status not in (0, errno.EINPROGRESS):
                raise OSError(status, os.strerror(status))
            client = {"at": at, "connectedAt": None, "acceptedAt": None, "error": None, "socket": sock}
            self.clients.append(client)
            self.by_fd[sock.fileno()] = client
            self.by_port[sock.getsockname()[1]] = client
            self.epoll.register(sock, select.EPOLLOUT | select.EPOLLRDHUP)

    def accept(self, count):
        self.peak = max(self.peak, self.length())
        while count == "all" or count > 0:
            try:
                connection, peer = self.listener.accept()
            except BlockingIOError:
                return
            self.by_port[peer[1]]["acceptedAt"] = self.now()
            self.accepted.append(connection)
            count = count if count == "all" else count - 1

    def now(self):
        return time.monotonic() - self.start

    def poll(self, until):
        while (left := until - self.now()) > 0:
            for fd, events in self.epoll.poll(left):
                client = self.by_fd[fd]
                status = client["socket"].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if client["connectedAt"] is None and not (events & select.EPOLLERR and status != errno.ECONNRESET):
                    client["connectedAt"] = self.now()
                    if self.scenario["clients"]["speakFirst"] and not events & select.EPOLLERR:
                        client["socket"].send(b"x" * 100)
                if events & (select.EPOLLERR | select.EPOLLHUP):
                    client["error"] = errno.errorcode.get(status, "closed")
                    self.epoll.unregister(fd)
                else:
                    self.epoll.modify(fd, select.EPOLLRDHUP)

    def steps(self):
        arrivals = [(entry["at"], 0, self.connect, entry["count"]) for entry in self.scenario["arrivals"]]
        accepts = [(entry["at"], 1, self.accept, entry["count"]) for entry in self.scenario["accepts"]]
        return sorted(arrivals + accepts, key=lambda step: step[:2])

    def run(self):
        before = counters()
        wait_for_bucket()
        self.start = time.monotonic()
        for at, _, act, count in self.steps():
            self.poll(at)
            act(count)
        self.poll(self.scenario["until"])
        self.peak = max(self.peak, self.length())
        return self.result(before, counters(), self.length())

    def result(self, before, after, queued):
        delta = {name: after[name] - before[name] for name in after}
        resets = sum(client["error"] == "ECONNRESET" for client in self.clients)
        connected = sum(client["connectedAt"] is not None for client in self.clients)
        memory = self.listener.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36)
        return {
            "overflows": delta["ListenOverflows"],
            "drops": delta["ListenDrops"],
            "listenerDrops": struct.unpack_from("I", memory, 32)[0],
            "resets": resets,
            "ghosts": connected - resets - len(self.accepted) - queued,
            "peakAcceptQueue": self.peak,
            "accepted": len(self.accepted),
            "connects": [
                {name: client[name] for name in ("at", "connectedAt", "acceptedAt")} for client in self.clients
            ],
            "counters": {name: value for name, value in delta.items() if value},
        }


scenario = json.load(sys.stdin)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
loopback_up()
for name, value in scenario["sysctl"].items():
    set_sysctl(name, value)
print(json.dumps(Run(scenario).run()))
