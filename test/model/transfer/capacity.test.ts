// How much two buffers take, against what was measured on Linux 6.18.
import test from "ava";
import { simulate, type TransferResult, type TransferScenario } from "../../../src/model/index.js";

type Path = NonNullable<TransferScenario["path"]>;
const run = (scenario: Omit<TransferScenario, "kind">): TransferResult => simulate({ kind: "transfer", ...scenario });

const veth: Path = { device: "veth" };
const loopback: Path = { device: "loopback" };
const linear: Path = { device: "wire", delayedLink: "tun", gso: false, rtt: 0.002 };

/** Nobody reads, and the sender has room for everything. */
const unread = (path: Path, rcvbuf: number | "auto", chunk: number): TransferResult =>
  run({
    path,
    sender: { sndbuf: 8_388_608, nodelay: true, writes: [{ at: 0, bytes: 6_000_000, chunk }] },
    receiver: { rcvbuf },
    until: 6,
  });

for (const [path, rcvbuf, chunk, bytes] of [
  [veth, 32_768, 65_536, 30_408],
  [veth, 131_072, 65_536, 126_488],
  [veth, 131_072, 1448, 120_188],
  [veth, 131_072, 100, 117_660],
  [loopback, 131_072, 65_536, 127_575],
  [loopback, 425_984, 65_536, 421_988],
  [loopback, "auto", 65_536, 128_512],
  [linear, 131_072, 65_536, 82_328],
  [linear, 425_984, 65_536, 267_400],
] as const)
  test(`a receive buffer of ${rcvbuf} that nobody reads takes ${bytes} bytes by ${chunk} over ${path === linear ? "linear packets of 1500" : path.device}`, (t) => {
    const { recvQ } = unread(path, rcvbuf, chunk).final;
    // Over a link the last packet is cut where the window stood when its ACK came, which depends on microseconds.
    t.true(Math.abs(recvQ - bytes) <= (path === linear ? 256 : 0), `${recvQ} bytes`);
  });

test("an automatic receive buffer of linear packets follows what it holds: it is raised, nothing is lost", (t) => {
  const { final, counters } = unread(linear, "auto", 65_536);
  t.deepEqual([final.rcvbuf, counters.PruneCalled! > 0, counters.TCPRcvQDrop], [142_848, true, undefined]);
});

for (const [congestion, sndbuf, bytes] of [
  ["cubic", "auto", 46_336],
  ["bbr", "auto", 78_192],
  ["cubic", 131_072, 141_904],
  ["cubic", 425_984, 428_608],
  ["cubic", 2_097_152, 2_053_264],
] as const)
  test(`the first writes into a send buffer of ${sndbuf} (${congestion}) over 40 ms take ${bytes} bytes before one would block`, (t) => {
    const { calls, written } = run({
      path: { ...linear, rtt: 0.04 },
      sender: { sndbuf, congestion, writes: [{ at: 0, bytes: 8_000_000, chunk: 65_536 }] },
      receiver: {},
      until: 0.01,
    });
    t.deepEqual([written, calls.at(-1)?.outcome], [bytes, "would-block"]);
  });

test("a send buffer smaller than an skb holds a whole one all the same", (t) => {
  const { final } = run({
    path: veth,
    sender: { sndbuf: 8192, writes: [{ at: 0, bytes: 1_000_000 }] },
    receiver: { rcvbuf: 131_072 },
    until: 2,
  });
  t.true(final.sendQ > 2 * 8192 && final.sendQ < 66_000, String(final.sendQ));
  t.is(final.notSent, final.sendQ);
});

test("an automatic send buffer begins with ten segments of what each may cost: twice that, three times with bbr", (t) => {
  const sndbuf = (path: Path, congestion: "cubic" | "bbr"): number =>
    run({ path, sender: { congestion, writes: [{ at: 0, bytes: 1 }] }, receiver: {}, until: 0.1 }).final.sndbuf;
  t.deepEqual([sndbuf(veth, "cubic"), sndbuf(veth, "bbr"), sndbuf(loopback, "cubic")], [46_080, 69_120, 2_626_560]);
});

test("a closed window opens when a sixteenth of the buffer is free, not before", (t) => {
  const { events, timeline } = run({
    path: veth,
    sender: { sndbuf: 1_000_000, writes: [{ at: 0, bytes: 2_000_000 }] },
    receiver: { rcvbuf: 131_072, reads: [{ from: 5, until: 6, every: 0.01, bytes: 1000 }] },
    until: 6,
  });
  const opened = events.find(({ event }) => event === "window-opened")!.at;
  const read = timeline.findLast(({ at }) => at <= opened)!.read;
  t.true(read >= 5000 && read <= 9000, String(read));
});

test("a writer is woken when a third of its buffer is free, whole skbs at a time", (t) => {
  const sndbuf = 425_984;
  const { events, timeline } = run({
    path: veth,
    sender: { sndbuf, writes: [{ at: 0, bytes: 4_000_000, chunk: 65_536 }] },
    receiver: { rcvbuf: 131_072, reads: [{ from: 1, until: 2, every: 0.0023, bytes: 4096 }] },
    until: 2,
  });
  const writable = events.find(({ event, at }) => event === "writable" && at > 1)!.at;
  const before = timeline.findLast(({ at }) => at < writable)!.sendQ;
  const after = timeline.find(({ at }) => at >= writable)!.sendQ;
  t.true(after <= (2 / 3) * sndbuf && after > (2 / 3) * sndbuf - 65_536, String(after));
  t.true(before > (2 / 3) * sndbuf, String(before));
});

test("the same scenario gives the same result, byte for byte", (t) => {
  const scenario = {
    path: { ...linear, loss: 0.01 },
    sender: { writes: [{ at: 0, bytes: 500_000, chunk: 7000 }] },
    receiver: { reads: [{ from: 0, chunk: 9000 }] },
    until: 3,
  };
  t.is(JSON.stringify(run(scenario)), JSON.stringify(run(scenario)));
});
