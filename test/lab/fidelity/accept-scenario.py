# Runs accept scenarios on the real kernel: one as JSON on each line of stdin, its result as JSON on a line of stdout.
# One process on one CPU plays server and clients, in network namespaces of its own, and comes before other processes,
# so that a burst is a burst. When each call was made is told; a run that was disturbed all the same (`lateMs`, `lost`) is
# made again.
import errno, heapq, json, os, resource, select, socket, struct, sys, time
from accept_place import Place

SO_MEMINFO, TCP_DEFER_ACCEPT, SYN_RECV = 55, 9, "03"
TICK_NS, BUCKET_TICKS, SECOND_TICKS = 4_000_000, 8, 250
MOST_ATTEMPTS, MOST_LATE_MS = 4, 2
SERVER_SIDE, CLIENT_SIDE = 1, 0


def ticks_at_zero():
    """The kernel's tick count when the monotonic clock was 0: both go on together (kernel/time/tick-common.c)."""

    def look():
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        with open("/proc/timer_list") as file:
            jiffies = next(int(line.split()[1]) for line in file if line.startswith("jiffies: "))
        return jiffies - now // TICK_NS

    return min(look() for _ in range(9))


def wait_for_tick():
    """Until a second from now is the start of a bucket of the timer wheel; returns the tick and when it began, s."""
    while True:
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        tick = zero + now // TICK_NS
        if (tick + SECOND_TICKS) % BUCKET_TICKS == 0:
            return tick, now // TICK_NS * TICK_NS / 1e9
        time.sleep((TICK_NS - now % TICK_NS) / 1e9 + 0.00002)


def softnet_drops():
    """Packets that this CPU lost on their way up because its backlog was full (netdev_max_backlog)."""
    with open("/proc/net/softnet_stat") as file:
        rows = [[int(field, 16) for field in line.split()] for line in file]
    return next(row[1] for row in rows if row[12] == cpu)


class Run:
    def __init__(self, scenario):
        self.scenario = scenario
        options = scenario["listener"]
        self.place = Place(scenario["sysctl"], scenario["rtt"])
        self.listeners, port = [], 0
        for _ in range(options.get("reuseport", 1)):
            listener = socket.socket()
            if "reuseport" in options:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if "deferAccept" in options:
                listener.setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, options["deferAccept"])
            listener.bind((self.place.address, port))
            port = listener.getsockname()[1]
            listener.listen(options["backlog"])
            listener.setblocking(False)
            self.listeners.append(listener)
        self.address = self.listeners[0].getsockname()
        self.tables = open("/proc/net/tcp")
        self.place.enter_clients()
        self.epoll = select.epoll()
        for tun in self.place.wire.exits if self.place.wire else ():
            self.epoll.register(tun, select.EPOLLIN)
        self.clients, self.by_fd, self.by_port, self.accepted = [], {}, {}, []
        self.peaks = [0] * len(self.listeners)
        self.steps, self.serial, self.late, self.members = [], 0, 0.0, []
        self.calls = []

    def length(self, listener):
        return struct.unpack_from("I", listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 24)[0]

    def moved(self):
        """What changes at a listener with every SYN that it gets."""
        return [(self.length(listener), self.drops(listener)) for listener in self.listeners]

    def drops(self, listener):
        return struct.unpack_from("I", listener.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36), 32)[0]

    def connect(self, count):
        """As many connects as closely together as can be: everything else is done before and after."""
        sockets = [socket.socket() for _ in range(count)]
        for sock in sockets:
            sock.setblocking(False)
        statuses, moments = [], []
        is_group = len(self.listeners) > 1
        at, before = self.now(), is_group and self.moved()
        for sock in sockets:
            statuses.append(sock.connect_ex(self.address))
            moments.append(self.now())
            if is_group:
                after = self.moved()
                self.members.append(next((i for i, now in enumerate(after) if now != before[i]), None))
                before = after
        for sock, status, moment in zip(sockets, statuses, moments):
            if status not in (0, errno.EINPROGRESS):
                raise OSError(status, os.strerror(status))
            client = {"at": moment, "connectedAt": None, "acceptedAt": None, "spokenAt": None, "error": None}
            client["socket"] = sock
            self.clients.append(client)
            self.by_fd[sock.fileno()] = client
            self.by_port[sock.getsockname()[1]] = client
            self.epoll.register(sock, select.EPOLLOUT | select.EPOLLRDHUP)
            if self.scenario["clients"].get("timeout"):
                self.plan(at + self.scenario["clients"]["timeout"], CLIENT_SIDE, self.give_up, client)

    def give_up(self, client):
        if client["connectedAt"] is None and client["error"] is None:
            self.forget(client, "gave up")
            client["socket"].close()

    def forget(self, client, error):
        client["error"] = error
        self.epoll.unregister(client["socket"])
        del self.by_fd[client["socket"].fileno()]

    def take(self, member):
        """Whether there was a connection to accept."""
        listener = self.listeners[member]
        self.peaks[member] = max(self.peaks[member], self.length(listener))
        try:
            connection, peer = listener.accept()
        except BlockingIOError:
            return False
        self.by_port[peer[1]]["acceptedAt"] = self.now()
        self.accepted.append(connection)
        return True

    def accept(self, count, member):
        self.calls.append({"at": self.now(), "count": count, "member": member})
        while (count == "all" or count > 0) and self.take(member):
            count = count if count == "all" else count - 1

    def accept_steadily(self, call, index):
        at = call["from"] + index / call["rate"]
        if at < call["until"]:
            self.accept(1, call.get("member", 0))
            self.plan(call["from"] + (index + 1) / call["rate"], SERVER_SIDE, self.accept_steadily, call, index + 1)

    def serve(self, freed, now):
        """A blocking server: accept, serve, accept again; the next time is counted from when this was due."""
        self.idle += freed
        while self.idle > 0 and self.take(0):
            self.idle -= 1
            self.calls.append({"at": self.now(), "count": 1, "member": 0})
            end = now + self.scenario["accepts"]["serviceTime"]
            self.plan(end, SERVER_SIDE, self.serve, 1, end)
        self.epoll.modify(self.listeners[0], select.EPOLLIN if self.idle > 0 else 0)

    def now(self):
        return time.monotonic() - self.start

    def plan(self, at, side, act, *arguments):
        self.serial += 1
        heapq.heappush(self.steps, (at, side, self.serial, act, arguments))

    def plan_all(self):
        for entry in self.scenario["arrivals"]:
            self.plan(entry["at"], CLIENT_SIDE, self.connect, entry["count"])
        accepts = self.scenario["accepts"]
        if isinstance(accepts, dict):
            self.idle = accepts.get("workers", 1)
            self.epoll.register(self.listeners[0], select.EPOLLIN)
            return
        for call in accepts:
            if "rate" in call:
                self.plan(call["from"], SERVER_SIDE, self.accept_steadily, call, 0)
            else:
                self.plan(call["at"], SERVER_SIDE, self.accept, call["count"], call.get("member", 0))

    def speak(self, sock):
        try:
            sock.send(b"x" * 100)
        except OSError as error:
            return error.errno
        return 0

    def on_client(self, client, events, moment):
        status = client["socket"].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if client["connectedAt"] is None and not (events & select.EPOLLERR and status != errno.ECONNRESET):
            client["connectedAt"] = moment
            if self.scenario["clients"]["speakFirst"] and status == 0:
                client["spokenAt"] = self.now()
                status = self.speak(client["socket"])
        if status != 0 or events & (select.EPOLLERR | select.EPOLLHUP):
            self.forget(client, errno.errorcode.get(status, "closed"))
        else:
            self.epoll.modify(client["socket"], select.EPOLLRDHUP)

    def wait(self, until):
        wire = self.place.wire
        due = min(until, wire.due() - self.start) if wire else until
        # Whole milliseconds, and the rest awake: poll(2) would come late by up to one.
        ready = self.epoll.poll(max(0, int((due - self.now()) * 1000)) / 1000, maxevents=4096)
        moment = self.now()
        for fd, events in ready:
            if fd in self.by_fd:
                self.on_client(self.by_fd[fd], events, moment)
            elif wire and fd in wire.exits:
                wire.take(fd)
            elif fd == self.listeners[0].fileno():
                self.serve(0, moment)
        if wire:
            wire.deliver()

    def run(self):
        self.start = 0
        self.plan_all()
        before = self.place.counters.read()
        lost = softnet_drops()
        self.tick, self.start = wait_for_tick()
        while self.now() < self.scenario["until"]:
            if self.steps and self.steps[0][0] <= self.now():
                at, _, _, act, arguments = heapq.heappop(self.steps)
                self.late = max(self.late, self.now() - at)
                act(*arguments)
            else:
                self.wait(min(self.scenario["until"], self.steps[0][0] if self.steps else float("inf")))
        self.lost = softnet_drops() - lost
        return self.result(before, self.place.counters.read())

    def half_open(self):
        """Connected as the client sees it, and not yet handed to the listener: its data is awaited."""
        self.tables.seek(0)
        states = [line.split()[3] for line in self.tables.readlines()[1:]]
        return states.count(SYN_RECV) if "deferAccept" in self.scenario["listener"] else 0

    def result(self, before, after):
        delta = {name: after[name] - before[name] for name in after}
        lengths = [self.length(listener) for listener in self.listeners]
        resets = sum(client["error"] == "ECONNRESET" for client in self.clients)
        connected = sum(client["connectedAt"] is not None for client in self.clients)
        names = ("at", "connectedAt", "acceptedAt", "spokenAt")
        return {
            "overflows": delta["ListenOverflows"],
            "drops": delta["ListenDrops"],
            "listenerDrops": sum(self.drops(listener) for listener in self.listeners),
            "resets": resets,
            "ghosts": connected - resets - len(self.accepted) - sum(lengths) - self.half_open(),
            "peakAcceptQueue": max(*self.peaks, *lengths),
            "accepted": len(self.accepted),
            "connects": [{name: client[name] for name in names} for client in self.clients],
            "counters": {name: value for name, value in delta.items() if value},
            "tick": self.tick,
            "lateMs": round(1000 * max(self.late, self.place.wire.late if self.place.wire else 0), 1),
            "lost": self.lost,
            "members": self.members,
            "calls": self.calls,
            "trains": self.place.wire.trains_since(self.start) if self.place.wire else None,
        }

    def close(self):
        for sock in [*self.accepted, *self.listeners, self.epoll, self.tables]:
            sock.close()
        for client in self.clients:
            client["socket"].close()
        self.place.close()


def run(scenario):
    for attempt in range(1, MOST_ATTEMPTS + 1):
        one = Run(scenario)
        try:
            result = {**one.run(), "attempts": attempt}
        finally:
            one.close()
        if not result["lost"] and result["lateMs"] <= MOST_LATE_MS:
            break
    return result


_, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(most_files, 65536), most_files))
cpus = sorted(os.sched_getaffinity(0))
cpu = cpus[os.getpid() % len(cpus)]
os.sched_setaffinity(0, {cpu})
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
zero = ticks_at_zero()
for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
