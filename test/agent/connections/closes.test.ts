// Which ends of connections are shown, from events as the kernel sent them (test/kernel/fixtures/6.18/diag/close-*).
import test from "ava";
import { createCloses } from "../../../src/agent/connections/closes.js";
import type { Diag } from "../../../src/kernel/diag.js";
import { type CloseEvents, closedSocket } from "../../../src/kernel/close-events.js";
import type { ArrivedReading, ClosesReading } from "../../../src/snapshot/connection.js";
import type { Counters } from "../../../src/snapshot/snapshot.js";
import type { TcpState } from "../../../src/snapshot/tcp-state.js";
import { recorded, viewOf } from "../../kernel/recorded.js";

interface Bench {
  /** One look, a second after the last. */
  look(
    names: readonly string[],
    counters?: Counters,
    seen?: ArrivedReading | "never",
    ports?: readonly number[],
  ): ClosesReading | undefined;
  readonly calls: string[];
  lost: number;
  /** What is left of a connection that we closed. */
  left: TcpState | undefined;
}

const benchOf = (refused?: Error): Bench => {
  const calls: string[] = [];
  let waiting: readonly string[] = [];
  const events = (): CloseEvents => ({
    watch: (ports) => void calls.push(`watch ${ports.join()}`),
    read(take, most) {
      const taken = waiting.slice(0, most);
      for (const name of taken) {
        const bytes = recorded(`close-${name}`);
        take(closedSocket(viewOf(bytes), bytes.length)!);
      }
      return taken.length;
    },
    get lost() {
      return bench.lost;
    },
    close: () => void calls.push("close"),
  });
  const open = (ports: readonly number[]): CloseEvents | Error => {
    calls.push(`open ${ports.join()}`);
    return refused ?? events();
  };
  const get = (() => bench.left && { state: bench.left }) as unknown as Diag["get"];
  const closes = createCloses({ get }, open);
  let at = 0;
  const bench: Bench = {
    calls,
    lost: 0,
    left: "TIME-WAIT",
    look(names, counters, seen = { dataSegsIn: 1, bytesReceived: 100 }, ports = [3000]) {
      at += 1000;
      waiting = names;
      return closes.look(
        at,
        ports.map((port) => ({ port })),
        counters,
        () => (seen === "never" ? undefined : { arrived: seen }),
      );
    },
  };
  return bench;
};
const shown = (reading: ClosesReading | undefined) =>
  reading?.rows.map(({ recvQBytes, tcp, before, answeredWithReset }) => ({
    unread: recvQBytes,
    segments: (tcp?.dataSegsIn ?? 0) - (before?.dataSegsIn ?? 0),
    answeredWithReset,
  }));

test("orderly ends are counted, not shown", (t) => {
  const reading = benchOf().look(["ours-first", "ours-first-v6", "theirs-first", "linger-0", "refused", "rst-in"]);
  t.deepEqual(reading, { rows: [], count: 6, lost: 0, unmet: {} });
});

test("what was never read and what was refused are shown, with what had arrived before", (t) => {
  const reading = benchOf().look(["unread", "data-after-fin", "timed-out"]);
  t.is(reading?.count, 3);
  t.deepEqual(shown(reading), [
    { unread: 333, segments: 1, answeredWithReset: undefined },
    { unread: 0, segments: 1, answeredWithReset: undefined },
  ]);
  t.like(reading?.rows[1], {
    transport: "tcp",
    state: "UNCONN",
    role: "server",
    localAddress: "127.0.0.1",
    before: { dataSegsIn: 1, bytesReceived: 100 },
    estimated: undefined,
  });
});

test("of a connection that no walk has met, only what it says by itself", (t) => {
  const reading = benchOf().look(["unread", "data-after-fin"], undefined, "never");
  t.is(reading?.rows.length, 1);
  t.deepEqual(Object.values(reading?.unmet ?? {}), [1, 1]);
  t.like(reading?.rows[0], { recvQBytes: 333, before: undefined, estimated: true });
});

test("a connection that we closed in order, and whose timewait socket goes when RSTs are sent, was sent something", (t) => {
  const b = benchOf();
  b.look([], { OutRsts: 5 });
  b.left = "FIN-WAIT-2";
  t.deepEqual(shown(b.look(["ours-first"], { OutRsts: 6 })), []);
  b.left = "LISTEN";
  t.deepEqual(shown(b.look([], { OutRsts: 6 })), []);
  t.deepEqual(shown(b.look([], { OutRsts: 7 })), [{ unread: 0, segments: 0, answeredWithReset: true }]);
  t.deepEqual(shown(b.look([], { OutRsts: 8 })), []);
});

test("a peer that closes its side, or a timewait socket that has stood its time, is no reset", (t) => {
  const b = benchOf();
  b.look([], { OutRsts: 5 });
  t.deepEqual(shown(b.look(["ours-first"], { OutRsts: 6 })), []);
  b.left = undefined;
  t.deepEqual(shown(b.look([], { OutRsts: 7 })), []);
  const late = benchOf();
  late.look([], { OutRsts: 5 });
  late.left = "FIN-WAIT-2";
  late.look(["ours-first"], { OutRsts: 5 });
  for (let i = 0; i < 11; i++) late.look([], { OutRsts: 5 });
  late.left = undefined;
  t.deepEqual(shown(late.look([], { OutRsts: 6 })), []);
});

test("while connections come and go by the hundreds a second nobody listens, and what is missed is counted", (t) => {
  const b = benchOf();
  b.look([], { PassiveOpens: 0, ActiveOpens: 0 });
  // What the rush began with was heard.
  t.like(b.look(["unread"], { PassiveOpens: 200, ActiveOpens: 200 }), { count: 1, lost: 0 });
  t.deepEqual(b.look([], { PassiveOpens: 300, ActiveOpens: 300 }), { rows: [], count: 0, lost: 100 });
  t.deepEqual(b.look(["unread"], { PassiveOpens: 310, ActiveOpens: 310 })?.lost, 10);
  t.deepEqual(b.look(["unread"], { PassiveOpens: 320, ActiveOpens: 320 })?.lost, 0);
  t.deepEqual(b.calls, ["open 3000", "close", "open 3000"]);
});

test("events that found no room are told once", (t) => {
  const b = benchOf();
  b.look([]);
  b.lost = 40;
  t.deepEqual([b.look([])?.lost, b.look([])?.lost], [40, 0]);
});

test("the ports follow the listeners; without any nothing is listened to", (t) => {
  const b = benchOf();
  t.is(b.look([], undefined, undefined, []), undefined);
  b.look([]);
  b.look([], undefined, undefined, [3000, 443]);
  b.look([], undefined, undefined, [3000, 443]);
  b.look([], undefined, undefined, []);
  t.deepEqual(b.calls, ["open 3000", "watch 3000,443", "close"]);
});

test("where events cannot be had it is tried once, and nothing is said of ends", (t) => {
  const b = benchOf(new Error("bind: EPERM"));
  t.deepEqual([b.look(["unread"]), b.look(["unread"])], [undefined, undefined]);
  t.deepEqual(b.calls, ["open 3000"]);
});
