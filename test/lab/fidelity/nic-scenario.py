"""A veth with GRO as a real NAPI device under a paced sender: one scenario a line in, what the kernel did a line out.

{ "rate": packets a second, "jitter": gaps from none to twice the mean, "seconds": s, "work": instructions that a packet
  costs, "thread": polls in a thread of CPU 1, "defer": napi_defer_hard_irqs, "flush": gro_flush_timeout ns,
  "steered": no NAPI of its own, packets go to CPU 1 by RPS }
Polls are read from the tracepoint napi:napi_poll in a trace instance of its own, tracefs mounted in a private mount
namespace. The receiving side costs what a classic BPF filter of `work` multiplications costs; nothing else sees the packets.
"""
import array, ctypes, fcntl, json, os, random, re, socket, struct, subprocess, sys, time

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWNET, MS_REC_PRIVATE = 0x20000, 0x40000000, 0x44000
SENDER_CPU, POLL_CPU = 0, 1
WEIGHT = 64
ETHERTYPE = 0x88B5  # for local experiments: no protocol takes it
SIOCETHTOOL, ETHTOOL_STSO, ETHTOOL_SGRO = 0x8946, 0x1F, 0x2C
TRACING = '/sys/kernel/tracing'


def call(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def run(command):
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f'{command}: {done.stderr}')


def write(path, value):
    with open(path, 'w') as file:
        file.write(str(value))


def read(path):
    with open(path) as file:
        return file.read()


def private_mounts():
    """sysfs of the namespace we are in and tracefs, seen by this process alone."""
    call(libc.unshare(CLONE_NEWNS))
    call(libc.mount(b'none', b'/', None, MS_REC_PRIVATE, None))
    if not os.path.exists(f'{TRACING}/instances'):
        call(libc.mount(b'nodev', TRACING.encode(), b'tracefs', 0, None))


def ethtool(name, command, value):
    setting = array.array('B', struct.pack('II', command, value))
    request = struct.pack('16sP', name.encode(), setting.buffer_info()[0])
    with socket.socket() as control:
        fcntl.ioctl(control, SIOCETHTOOL, request)


def costly_filter(work):
    """A = 1; A *= 3, `work` times: nothing can be done ahead of it. Then: not for this socket."""
    code = struct.pack('HBBI', 0x00, 0, 0, 1) + struct.pack('HBBI', 0x24, 0, 0, 3) * work + struct.pack('HBBI', 6, 0, 0, 0)
    return code, work + 2


class Pair:
    """Two network namespaces, a veth between them; the receiving end polls."""

    def __init__(self, scenario):
        self.names = [f'nic{os.getpid()}{side}' for side in 'ab']
        self.device = f'vn{os.getpid()}'
        self.home = os.open('/proc/self/ns/net', os.O_RDONLY)
        a, b = self.names
        for name in self.names:
            run(f'ip netns add {name}')
        run(f'ip -n {a} link add va type veth peer name {self.device} netns {b}')
        run(f'ip -n {a} link set va up; ip -n {b} link set {self.device} up')
        self.enter(a)
        write('/proc/sys/net/ipv6/conf/va/disable_ipv6', 1)
        ethtool('va', ETHTOOL_STSO, 0)
        self.enter(b)
        write(f'/proc/sys/net/ipv6/conf/{self.device}/disable_ipv6', 1)
        call(libc.mount(b'none', b'/sys', b'sysfs', 0, None))
        call(libc.mount(b'nodev', TRACING.encode(), b'tracefs', 0, None))
        self.sysfs = f'/sys/class/net/{self.device}'
        self.tap = self.filtered(scenario['work'])
        if not scenario.get('steered'):
            ethtool(self.device, ETHTOOL_SGRO, 1)
        else:
            write(f'{self.sysfs}/queues/rx-0/rps_cpus', f'{1 << POLL_CPU:x}')
        if 'defer' in scenario:
            write(f'{self.sysfs}/napi_defer_hard_irqs', scenario['defer'])
            write(f'{self.sysfs}/gro_flush_timeout', scenario['flush'])
        if scenario.get('thread'):
            write(f'{self.sysfs}/threaded', 1)
            self.pin_thread()

    def enter(self, name):
        fd = os.open(f'/var/run/netns/{name}', os.O_RDONLY)
        call(libc.setns(fd, CLONE_NEWNET))
        os.close(fd)

    def filtered(self, work):
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE))
        tap.bind((self.device, ETHERTYPE))
        code, length = costly_filter(work)
        buffer = ctypes.create_string_buffer(code)
        tap.setsockopt(socket.SOL_SOCKET, 26, struct.pack('HP', length, ctypes.addressof(buffer)))
        return tap

    def pin_thread(self):
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            for pid in filter(str.isdigit, os.listdir('/proc')):
                try:
                    comm = read(f'/proc/{pid}/comm').strip()
                except OSError:
                    continue
                if comm.startswith(f'napi/{self.device}'[:15]):
                    os.sched_setaffinity(int(pid), {POLL_CPU})
                    os.sched_setscheduler(int(pid), os.SCHED_FIFO, os.sched_param(1))
                    return
            time.sleep(0.01)
        raise RuntimeError('the polling thread was not found')

    def close(self):
        call(libc.setns(self.home, CLONE_NEWNET))
        libc.umount2(TRACING.encode(), 2)
        libc.umount2(b'/sys', 2)
        for name in self.names:
            subprocess.run(f'ip netns del {name}', shell=True, capture_output=True)


class Polls:
    """Each poll of the device, from its tracepoint: (time, CPU, packets)."""

    def __init__(self, device):
        self.folder = f'{TRACING}/instances/sockscope{os.getpid()}'
        os.mkdir(self.folder)
        write(f'{self.folder}/trace_clock', 'mono')
        write(f'{self.folder}/buffer_size_kb', 16384)
        write(f'{self.folder}/events/napi/napi_poll/filter', f'dev_name == "{device}"')
        write(f'{self.folder}/events/napi/napi_poll/enable', 1)

    def take(self):
        write(f'{self.folder}/tracing_on', 0)
        line = re.compile(r'\[(\d+)\].* ([\d.]+): napi_poll: .* work (\d+) budget')
        found = [line.search(text) for text in read(f'{self.folder}/trace').splitlines() if 'napi_poll:' in text]
        return [(float(at), int(cpu), int(work)) for cpu, at, work in (one.groups() for one in found if one)]

    def close(self):
        write(f'{self.folder}/events/napi/napi_poll/enable', 0)
        os.rmdir(self.folder)


def softnet():
    rows = [[int(column, 16) for column in line.split()] for line in read('/proc/net/softnet_stat').splitlines()]
    return next(row for row in rows if row[12] == POLL_CPU)


def alone_on(cpu, policy, priority):
    os.sched_setaffinity(0, {cpu})
    os.sched_setscheduler(0, policy, os.sched_param(priority))


def spin():
    """Keeps the polling CPU awake without being in anybody's way: waking an idle virtual CPU takes the hypervisor."""
    child = os.fork()
    if child == 0:
        alone_on(POLL_CPU, os.SCHED_IDLE, 0)
        while True:
            pass
    return child


def send(pair, scenario, pipe):
    """Paced by the clock; what is late goes at once."""
    pair.enter(pair.names[0])
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sender.bind(('va', 0))
    sender.setsockopt(socket.SOL_SOCKET, 32, 64 << 20)
    sender.setsockopt(263, 20, 1)  # PACKET_QDISC_BYPASS
    frame = b'\xff' * 6 + b'\x02' + b'\0' * 5 + struct.pack('!H', ETHERTYPE) + bytes(46)
    # A deferred interrupt's timer stays on the CPU that polled last: the first packet is sent there.
    alone_on(POLL_CPU, os.SCHED_FIFO, 1)
    sender.send(frame)
    alone_on(SENDER_CPU, os.SCHED_FIFO, 1)
    gap = 1 / scenario['rate']
    clock, put = time.monotonic, sender.send
    draw = random.Random(1).random
    start = now = due = clock()
    end, sent, lost, moments = start + scenario['seconds'], 0, 0, []
    while now < end:
        while now < due:
            now = clock()
        due += gap * (2 * draw() if scenario.get('jitter') else 1)
        begun = now
        try:
            put(frame)
        except OSError:
            lost += 1
        now = clock()
        sent += 1
        moments.append((begun, now))
    with os.fdopen(pipe, 'w') as answers:
        json.dump({'sent': sent, 'lost': lost, 'started': start, 'ended': now, 'moments': moments}, answers)


def child_sends(pair, scenario):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            send(pair, scenario, writer)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, 'rb') as answers:
        told = json.loads(answers.read())
    os.waitpid(child, 0)
    return told


def observe(scenario):
    pair = Pair(scenario)
    spinner = spin()
    try:
        polls = Polls('(no_device)' if scenario.get('steered') else pair.device)
        try:
            before = softnet()
            told = child_sends(pair, scenario)
            time.sleep(0.02)
            after = softnet()
            seen = polls.take()
        finally:
            polls.close()
    finally:
        os.kill(spinner, 9)
        os.waitpid(spinner, 0)
        pair.tap.close()
        pair.close()
    return figures(scenario, told, seen, [now - then for then, now in zip(before, after)])


def figures(scenario, told, seen, moved):
    """What happened while packets were sent: those polled elsewhere are told, not counted."""
    polls = [one for one in seen if one[1] == POLL_CPU and told['started'] <= one[0] <= told['ended']]
    works = [work for _, _, work in polls]
    # Packets are taken in order, so which one a poll began with is known; where it came after the poll before, it woke.
    wakes, first, before = [], 0, told['started']
    for at, _, work in polls:
        if work > 0 and first < len(told['moments']) and told['moments'][first][0] > before:
            wakes.append((at - sum(told['moments'][first]) / 2, work))
        first, before = first + work, at
    wakes = sorted(wakes)[len(wakes) // 10 : len(wakes) - len(wakes) // 10]
    steps = [(after[0] - before[0], before[2], after[2]) for before, after in zip(polls, polls[1:])]
    full = [step for step, earlier, later in steps if earlier == WEIGHT and later == WEIGHT]
    return {
        'rate': told['sent'] / (told['ended'] - told['started']),
        'lost': told['lost'],
        'polls': len(polls),
        'packets': sum(works),
        'fullPolls': works.count(WEIGHT),
        'emptyPolls': works.count(0),
        'elsewhere': len(seen) - sum(1 for one in seen if one[1] == POLL_CPU),
        'timeSqueeze': moved[2],
        'backlogDrops': moved[1],
        # From the send that woke to the end of its poll, and the packets of that poll; without the tenths at both ends.
        'wakeSeconds': mean([seconds for seconds, _ in wakes]),
        'wakePackets': mean([work for _, work in wakes]),
        # Between the ends of two polls, and of two full ones.
        'cycleSeconds': middle([step for step, _, _ in steps]),
        'fullPollSeconds': middle(full),
    }


def mean(values):
    return sum(values) / len(values) if values else None


def middle(values):
    return sorted(values)[len(values) // 2] if values else None


if __name__ == '__main__':
    private_mounts()
    for line in sys.stdin:
        print(json.dumps(observe(json.loads(line))), flush=True)
