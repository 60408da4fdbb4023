// Follows what was named for a while, and says what is worst: of each connection by the rules on its looks, of listeners
// by the explainer.
import { explainReading, type SocketLook } from "../../explain/connections/explain-reading.js";
import { createLoops, type Loops } from "../../explain/connections/loops.js";
import { readBytesOf } from "../../explain/connections/socket-step.js";
import type { Finding } from "../../explain/finding.js";
import { surroundingsOf } from "../../explain/surroundings.js";
import { defaultThresholds } from "../../explain/thresholds.js";
import type { ConnectionReading } from "../../snapshot/connection.js";
import { counterNames, type Counters, type ListenerReading, type Snapshot } from "../../snapshot/snapshot.js";
import { explainersByProcess } from "../outside/explainers.js";

/** One connection as it was followed. */
export interface Followed {
  readonly looks: readonly SocketLook[];
  readonly finding?: Finding | undefined;
}

export interface Story {
  readonly connections: readonly Followed[];
  readonly listeners: readonly ListenerReading[];
  /** Segments that the listeners dropped meanwhile. */
  readonly newDrops: number;
  readonly findings: readonly Finding[];
}

export interface Follower {
  see(snapshot: Snapshot): void;
  story(tcpRetries2: number | undefined): Story;
}

interface Process {
  readonly loops: Loops;
  readonly first: Snapshot;
  last: Snapshot;
}

/** Who asks wants to know what limits now, not whether it has lasted. */
const options = { limitedWarnMs: 0 } as const;

const movedBetween = (first: Snapshot, last: Snapshot): Counters =>
  Object.fromEntries(
    counterNames.flatMap((name) => {
      const [before, after] = [first.counters?.[name], last.counters?.[name]];
      return before === undefined || after === undefined ? [] : [[name, after - before]];
    }),
  );

export const createFollower = (): Follower => {
  const explainers = explainersByProcess(options);
  const processes = new Map<number | undefined, Process>();
  const looks = new Map<bigint, SocketLook[]>();
  const listeners = new Map<bigint, { readonly first: ListenerReading; last: ListenerReading }>();
  const findings = new Map<string, Finding>();

  const seeProcess = (snapshot: Snapshot): void => {
    const pid = snapshot.process?.pid;
    const known = processes.get(pid) ?? { loops: createLoops(), first: snapshot, last: snapshot };
    processes.set(pid, known);
    const served = snapshot.connections?.rows.some((reading) => {
      const before = looks.get(reading.cookie)?.at(-1)?.reading;
      return before !== undefined && (readBytesOf(before, reading) ?? 0) > 0;
    });
    known.loops.observe(known.last, snapshot, surroundingsOf(known.last, snapshot, defaultThresholds), served);
    known.last = snapshot;
  };

  const explain = (of: readonly SocketLook[], tcpRetries2: number | undefined): Followed => {
    const about = processes.get(of.at(-1)?.reading.pid);
    const finding = explainReading(of, {
      ...options,
      outside: true,
      look: { tcpRetries2 },
      listeners: about?.last.listeners,
      loop: about?.loops.of(undefined),
      moved: about && movedBetween(about.first, about.last),
    });
    return { looks: of, finding };
  };

  return {
    see: (snapshot) => {
      seeProcess(snapshot);
      for (const reading of snapshot.connections?.rows ?? []) {
        const known = looks.get(reading.cookie);
        const look = { at: snapshot.at, time: snapshot.time, reading };
        if (known) known.push(look);
        else looks.set(reading.cookie, [look]);
      }
      for (const listener of snapshot.listeners) {
        const known = listeners.get(listener.cookie);
        if (known) known.last = listener;
        else listeners.set(listener.cookie, { first: listener, last: listener });
      }
      for (const finding of explainers.observe({ ...snapshot, connections: undefined, network: undefined }))
        findings.set(finding.id, finding);
    },
    story: (tcpRetries2) => {
      for (const finding of explainers.active()) findings.set(finding.id, finding);
      const seen = [...listeners.values()];
      return {
        connections: [...looks.values()].map((of) => explain(of, tcpRetries2)),
        listeners: seen.map(({ last }) => last),
        newDrops: seen.reduce((sum, { first, last }) => sum + (((last.drops ?? 0) - (first.drops ?? 0)) >>> 0), 0),
        findings: [...findings.values()],
      };
    },
  };
};

export const lastOf = ({ looks }: Followed): ConnectionReading => looks.at(-1)!.reading;
