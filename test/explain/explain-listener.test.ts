// One listener explained from one reading or two, and what its next client would meet.
import test from "ava";
import { explainListener, type ListenerLook } from "../../src/explain/explain-listener.js";
import { listenerAccountOf } from "../../src/explain/listener-account.js";
import type { ListenerReading, WaitingConnection } from "../../src/snapshot/snapshot.js";

const healthy: ListenerReading = {
  cookie: 9n,
  transport: "tcp",
  family: "ipv4",
  address: "0.0.0.0",
  port: 3000,
  pid: 77,
  fd: 20,
  length: 0,
  limit: 15,
  drops: 0,
};

const queue = (
  count: number,
  ageMs: number,
  state: WaitingConnection["state"] = "ESTAB",
): Partial<ListenerReading> => ({
  length: count,
  waiting: {
    partial: false,
    connections: Array.from({ length: count }, (_, n) => ({
      cookie: BigInt(100 + n),
      ageMs: ageMs - n,
      state,
      recvQBytes: 0,
    })),
  },
});

const look = (more: Partial<ListenerReading> = {}, at = 1000): ListenerLook => ({
  at,
  time: 1.7e12 + at,
  listener: { ...healthy, ...more },
});
const told = (...looks: readonly ListenerLook[]): string | undefined => {
  const finding = explainListener(looks);
  return finding && `${finding.symptom}/${finding.cause} ${finding.severity}`;
};

test("an empty queue, a short rush and old drops are nothing", (t) => {
  t.is(explainListener([]), undefined);
  t.is(told(look({ drops: 5000 })), undefined);
  t.is(told(look(queue(4, 30)), look(queue(4, 30), 2000)), undefined);
  t.is(told(look({ drops: 7 }), look({ drops: 7 }, 2000)), undefined);
});

test("drops between two looks are an overflow", (t) => {
  const finding = explainListener([look({ drops: 3 }), look({ ...queue(16, 900), drops: 203 }, 3000)]);
  t.deepEqual(finding, {
    id: "explain-9",
    symptom: "accept-queue-overflow",
    cause: "unknown",
    severity: "warning",
    confidence: 0.5,
    state: "active",
    subject: { kind: "listener", address: "0.0.0.0", port: 3000, pid: 77, fd: 20 },
    summary:
      "0.0.0.0:3000 dropped 200 segments in 2.0 s, its accept queue holds 16 of 16: why takes more than a look at the queue.",
    evidence: [
      { name: "accept queue", value: 16, unit: "connections", source: "TCP_INFO" },
      { name: "limit", value: 15, unit: "connections", source: "TCP_INFO" },
      { name: "listener drops", value: 200, unit: "segments", source: "SO_MEMINFO[8]" },
      { name: "longest wait", value: 900, unit: "ms", source: "tcpi_last_data_sent of those that wait" },
    ],
    ruledOut: [],
    remedy: ["Let the observer name the cause: node --import sockscope/register, or sockscope diagnose from outside."],
    firstSeen: 1.7e12 + 1000,
    lastSeen: 1.7e12 + 3000,
  });
});

test("one look at those that wait tells how long it has lasted", (t) => {
  t.is(told(look(queue(6, 700))), "accept-wait/unknown warning");
  t.is(told(look(queue(4, 5000))), undefined);
  t.is(told(look(queue(3, 2000, "CLOSE_WAIT"))), "abandoned-in-queue/unknown warning");
  t.is(told(look(queue(13, 100))), "accept-queue-pressure/unknown info");
  t.is(told(look({ transport: "unix", path: "/run/app.sock", length: 16 })), "accept-queue-pressure/unknown info");
});

test("the same connection at the head of the queue, and a loop that turned: nobody accepts", (t) => {
  const looks = [look(queue(6, 700)), look(queue(6, 1700), 2000)];
  t.is(explainListener(looks, { turns: 2 })?.cause, "unknown");
  t.like(explainListener(looks, { turns: 40 }), { cause: "not-accepting", confidence: 0.9 });
  const moved = [look(queue(6, 700)), look({ ...queue(6, 700), waiting: { partial: false, connections: [] } }, 2000)];
  t.is(explainListener(moved, { turns: 40 }), undefined);
});

test("what accept and the next client meet", (t) => {
  t.deepEqual(listenerAccountOf(healthy), {
    accept: { outcome: "would-block", why: "would block: the accept queue is empty", until: "until a client connects" },
    connect: { outcome: "admitted", why: "it gets in: 0 of 16 places are taken" },
  });
  t.deepEqual(listenerAccountOf({ ...healthy, ...queue(16, 900) }, { tcp_abort_on_overflow: 1 }), {
    accept: { outcome: "complete", why: "returns one of 16 connections that wait in the queue, the oldest for 900 ms" },
    connect: {
      outcome: "dropped",
      why: "its SYN is dropped: the accept queue is full (16 of 16), handshakes under way are answered with RST; it tries again after 1 s",
    },
  });
  const flooded = { ...healthy, synRecv: 15 };
  t.is(listenerAccountOf(flooded, { tcp_syncookies: 1 }).connect.outcome, "cookie");
  t.is(listenerAccountOf(flooded, { tcp_syncookies: 0 }).connect.outcome, "dropped");
  t.is(listenerAccountOf({ ...healthy, transport: "unix", length: 16 }).connect.outcome, "waits");
});
