// `explain(target)`: what is wrong with one socket of this process now, and what read(2), write(2) or accept(2) on it would
// do. Synchronous; works without `start()`, and knows more where the agent runs.
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { accountOf, type CallAccount, type ConnectionAccount } from "../../explain/connections/account.js";
import { explainReading, type SocketLook } from "../../explain/connections/explain-reading.js";
import type { LoopState } from "../../explain/connections/loops.js";
import { explainListener, type ListenerLook } from "../../explain/explain-listener.js";
import type { Finding } from "../../explain/finding.js";
import { type ListenerAccount, listenerAccountOf } from "../../explain/listener-account.js";
import { delta } from "../../explain/delta.js";
import { readCounters } from "../../kernel/counters.js";
import { readSysctl, readSysctls } from "../../kernel/sysctl.js";
import type { Target } from "../../kernel/target.js";
import type { ConnectionReading } from "../../snapshot/connection.js";
import { counterNames, type Counters, type ListenerReading } from "../../snapshot/snapshot.js";
import { observed } from "../agent.js";
import { createSocketFinder, type SocketFinder } from "../node-side/socket-finder.js";
import { concerns } from "../../explain/concerns.js";
import { readTarget } from "./read-target.js";
import { createRemembered } from "./remembered.js";

/** What `explain()` returns. */
export interface Explanation {
  /** The worst that is wrong with it; `undefined`: nothing is, or nothing could be read. */
  readonly finding: Finding | undefined;
  /** Of a listener: `accept` and `connect`; of any other socket: `read` and `write`. */
  readonly account: ConnectionAccount | ListenerAccount;
  /** What the running agent says of this socket or its port; empty without an agent. */
  readonly known: readonly Finding[];
}

/** Who asks about one socket wants to know of a stop that an alarm would wait for: two probes of a shut window. */
const stalledMs = 400;

/** How often this thread's event loop has turned (libuv uv_metrics_info). */
const turnsNow = (): number | undefined => {
  const metrics: unknown = Reflect.get(performance.nodeTiming, "uvMetricsInfo");
  const turns: unknown =
    typeof metrics === "object" && metrics !== null ? Reflect.get(metrics, "loopCount") : undefined;
  return typeof turns === "number" ? turns : undefined;
};

interface Around {
  readonly turns: number | undefined;
  readonly counters: Counters | undefined;
}
const connections = createRemembered<SocketLook & Around>();
const listeners = createRemembered<ListenerLook & Pick<Around, "turns">>();
let finder: SocketFinder | undefined;

const socketOf = (fd: number): Socket | undefined => {
  finder ??= createSocketFinder();
  return finder.find([fd], performance.now()).get(fd);
};

const movedBetween = (first: Counters | undefined, last: Counters | undefined): Counters =>
  Object.fromEntries(counterNames.map((name) => [name, delta(first?.[name], last?.[name])]));

/** This very call runs in the loop: it has turned since an earlier one that ran in another iteration. */
const loopSince = (first: SocketLook & Around, last: SocketLook & Around): LoopState | undefined =>
  (delta(first.turns, last.turns) ?? 0) > 0 ? { stillMs: 0, heldMs: 0, movedAt: first.at + 1 } : undefined;

type Told = Pick<Explanation, "finding" | "account">;

const explainConnection = (reading: ConnectionReading): Told => {
  const at = performance.now();
  const look = { at, time: Date.now(), reading, turns: turnsNow(), counters: readCounters() };
  const looks = connections.add(reading.cookie, look, at);
  const first = looks[0] ?? look;
  const finding = explainReading(looks, {
    stalledMs,
    look: { tcpRetries2: readSysctl("net.ipv4.tcp_retries2")?.[0] },
    moved: movedBetween(first.counters, look.counters),
    loop: loopSince(first, look),
  });
  return { finding, account: accountOf(reading, { before: first.reading }) };
};

const explainListening = (listener: ListenerReading): Told => {
  const at = performance.now();
  const look = { at, time: Date.now(), listener, turns: turnsNow() };
  const looks = listeners.add(listener.cookie, look, at);
  const finding = explainListener(looks, { turns: delta(looks[0]?.turns, look.turns) });
  return { finding, account: listenerAccountOf(listener, readSysctls()) };
};

/** The agent has watched for longer: where one look has no cause, or sees nothing, what it says of this socket holds. */
const better = (found: Finding | undefined, known: readonly Finding[]): Finding | undefined => {
  if (found && found.cause !== "unknown") return found;
  const told = found
    ? known.find(({ symptom, cause }) => symptom === found.symptom && cause !== "unknown")
    : known.find(({ subject }) => subject.fd !== undefined);
  return told ?? found;
};

/**
 * What is wrong with `target` now, and what its next call would do. From one reading: only what the kernel's own clocks
 * tell; asked again within half a minute, what moved in between counts too. Costs about 1 ms; a listener about 0.15 µs
 * more for each socket of the host.
 *
 * A closed socket has no finding, and its account says so; what cannot be read here is said in the account.
 * TypeError: not a target.
 */
export const explain = (target: Target): Explanation => {
  const read = readTarget(target, socketOf);
  if (read.kind === "absent") {
    const { isClosed, why } = read;
    const call: CallAccount = isClosed ? { outcome: "ends", why: `fails: ${why}` } : { outcome: "unknown", why };
    return { finding: undefined, account: { read: call, write: call }, known: [] };
  }
  const socket = read.kind === "listener" ? read.listener : read.reading;
  const { finding, account } =
    read.kind === "listener" ? explainListening(read.listener) : explainConnection(read.reading);
  const { findings, redact } = observed();
  const known = findings.filter((one) => concerns(one, socket, redact?.address ?? String));
  return { finding: better(finding && (redact?.finding(finding) ?? finding), known), account, known };
};
