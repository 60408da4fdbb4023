// What read and write would do now, held against what the kernel did.
import test from "ava";
import { accountOf } from "../../../src/explain/connections/account.js";
import type { ConnectionReading } from "../../../src/snapshot/connection.js";

const socket = (more: Partial<ConnectionReading> = {}): ConnectionReading => ({
  cookie: 1n,
  transport: "tcp",
  state: "ESTAB",
  recvQBytes: 0,
  sendQBytes: 0,
  notSentBytes: 0,
  tcp: { sndMssBytes: 1448, sndWndBytes: 65_160, unacked: 0, retransmits: 0, rttMicros: 40_000 },
  mem: { sndbuf: 87_040, wmemQueued: 0, rcvbuf: 131_072, rmemAlloc: 0 },
  ...more,
});

// First EAGAIN over a round trip of 40 ms: 14480 bytes are in flight in segments of two, the rest in gathered ones.
for (const [sndbuf, accepted] of [
  [46_080, 46_336],
  [69_120, 78_192],
  [131_072, 141_904],
  [425_984, 428_608],
  [2_097_152, 2_053_264],
] as const)
  test(`a fresh connection with a send buffer of ${sndbuf} takes ${accepted} bytes`, (t) => {
    const flying = 14_480;
    const queued = flying + (832 * flying) / (2 * 1448);
    const { write } = accountOf(
      socket({
        mem: { sndbuf, wmemQueued: queued },
        sendQBytes: flying,
        tcp: { sndMssBytes: 1448, sndWndBytes: 65_160 },
      }),
    );
    t.is(flying + write.bytes!, accepted);
  });

test("nothing there: read blocks, write takes a part of anything large", (t) => {
  t.deepEqual(accountOf(socket()), {
    read: {
      outcome: "would-block",
      bytes: 0,
      why: "would block: nothing has arrived that was not read",
      until: "until the peer sends",
    },
    write: {
      outcome: "short",
      bytes: 95_568,
      why: "takes up to about 96 KB now (0 bytes in flight, 0 bytes not sent yet); of more it takes a part",
      until:
        "after that writable again (POLLOUT) when no more than 58 KB are queued: the peer must acknowledge what is sent, about one round trip (40 ms)",
    },
  });
});

test("bytes that wait are returned, short of what is asked for", (t) => {
  const { read } = accountOf(socket({ recvQBytes: 62_000, tcp: { lastDataRecvMs: 5000 } }));
  t.is(read.outcome, "short");
  t.is(read.bytes, 62_000);
  t.is(
    read.why,
    "returns at most 62 KB: that much waits in order, the last of them came 5.0 s ago; asked for more it returns short",
  );
});

test("a closed peer: what is left first, then the end of file", (t) => {
  t.is(accountOf(socket({ state: "CLOSE-WAIT", recvQBytes: 3 })).read.outcome, "short");
  t.is(accountOf(socket({ state: "CLOSE-WAIT" })).read.why, "returns 0: the peer has closed (CLOSE-WAIT)");
  t.is(accountOf(socket({ state: "CLOSE-WAIT" })).write.outcome, "short");
});

test("behind a gap: nothing to read although memory is in use", (t) => {
  const { read } = accountOf(socket({ mem: { rmemAlloc: 20_736 }, tcp: { rcvOoopack: 9 } }));
  t.is(read.outcome, "would-block");
  t.is(read.until, "until the peer repeats the missing segment");
});

test("a full send buffer: what must happen depends on who holds it", (t) => {
  const full = { sendQBytes: 375_000, notSentBytes: 375_000, mem: { sndbuf: 373_248, wmemQueued: 380_000 } };
  const shut = accountOf(
    socket({
      ...full,
      tcp: { sndMssBytes: 1448, sndWndBytes: 0, unacked: 0 },
      timer: { kind: "zero-window-probe", expiresMs: 1400, retransmits: 0 },
    }),
  ).write;
  t.is(shut.outcome, "would-block");
  t.is(
    shut.until,
    "writable again (POLLOUT) when what is queued has fallen by 131 KB to two thirds of the buffer: the peer must read: its window is shut and the kernel probes it (next in 1.4 s); it opens when about a sixteenth of its buffer is free",
  );
  const dark = accountOf(socket({ ...full, tcp: { unacked: 10, retransmits: 4 } })).write;
  t.regex(dark.until!, /the path must answer: 4 timeouts in a row/);
});

test("between two thirds and full, write works although POLLOUT is not given", (t) => {
  const { write } = accountOf(socket({ mem: { sndbuf: 131_072, wmemQueued: 95_000 } }));
  t.is(write.outcome, "short");
  t.regex(write.until!, /fallen by 7\.6 KB/);
});

test("a window that an earlier look saw larger decides how much is gathered", (t) => {
  const now = socket({ tcp: { sndMssBytes: 1448, sndWndBytes: 4000 }, mem: { sndbuf: 46_080, wmemQueued: 0 } });
  t.is(accountOf(now).write.bytes, 30_408);
  t.is(accountOf(now, { before: socket() }).write.bytes, 63_712);
});

test("ended, not yet connected, other transports, and readings that are missing", (t) => {
  t.is(accountOf(socket({ state: "FIN-WAIT-2" })).write.outcome, "ends");
  t.is(accountOf(socket({ state: "SYN-SENT" })).write.outcome, "would-block");
  t.is(accountOf(socket({ state: "UNCONN" })).write.outcome, "ends");
  t.is(accountOf(socket({ transport: "udp", recvQBytes: 512 })).read.why, "returns one datagram of 512 bytes");
  t.is(
    accountOf(socket({ transport: "unix", mem: { sndbuf: 212_992, wmemAlloc: 212_992 } })).write.outcome,
    "would-block",
  );
  t.is(accountOf({ cookie: 1n, transport: "tcp" }).read.outcome, "unknown");
  t.is(accountOf({ cookie: 1n, transport: "tcp" }).write.outcome, "unknown");
});
