// Frames of what is watched from outside: the snapshots of all its processes as one, looked at several times an interval.
import type { Finding } from "../../explain/finding.js";
import type { Frame } from "../../export/frame/frame.js";
import { createFrames } from "../../export/frame/frames.js";
import type { ConnectionsReading } from "../../snapshot/connection.js";
import type { NetworkReading } from "../../snapshot/network.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import { joined } from "../outside/endpoint-findings.js";
import { explainersByProcess } from "../outside/explainers.js";
import { watchInside } from "../outside/inside-watch.js";
import type { Outside, OutsideTarget } from "../outside/outside.js";

export interface FrameSource {
  /** A look; the frame when it ends an interval. */
  look(): Frame | undefined;
  /** The one that the last frame was made of. */
  readonly snapshot: Snapshot | undefined;
  /** Until the next look. */
  readonly pauseMs: number;
  /** The process that was asked for has ended: what is shown is the last of it. */
  readonly isOver: boolean;
}

/** Between looks while all is quiet, and while somebody waits at a listener. */
const quietMs = 200;
const closeMs = 100;

/** A finding stays so long after it has ended. */
const resolvedForMs = 60_000;

const activeFirst = (a: Finding, b: Finding): number =>
  a.state === b.state ? b.firstSeen - a.firstSeen : a.state === "active" ? -1 : 1;

/**
 * Each fault once, as the agent of the process tells it where it has an endpoint: active ones first, then those that ended
 * within the last minute.
 */
const createFindings = (
  signal: AbortSignal,
): {
  see(snapshot: Snapshot): void;
  shown(now: number): readonly Finding[];
} => {
  const explainers = explainersByProcess();
  const inside = watchInside(signal);
  const resolved = new Map<string, Finding>();
  return {
    see: (snapshot) => {
      inside.ask([snapshot.process?.pid]);
      for (const finding of explainers.observe(snapshot))
        if (finding.state === "resolved") resolved.set(finding.id, finding);
        else resolved.delete(finding.id);
    },
    shown: (now) => {
      for (const [id, { lastSeen }] of resolved) if (now - lastSeen > resolvedForMs) resolved.delete(id);
      const told = inside.findings().filter(({ lastSeen }) => now - lastSeen <= resolvedForMs);
      return joined([...explainers.active(), ...resolved.values()], told).toSorted(activeFirst);
    },
  };
};

const added = (looks: readonly ConnectionsReading[]): ConnectionsReading | undefined => {
  const [first] = looks;
  if (!first) return undefined;
  const counts: Record<string, number> = {};
  for (const look of looks)
    for (const [state, n] of Object.entries(look.counts)) counts[state] = (counts[state] ?? 0) + n;
  const sum = (of: (look: ConnectionsReading) => number): number => looks.reduce((all, look) => all + of(look), 0);
  return {
    rows: looks.flatMap(({ rows }) => rows),
    counts,
    read: sum(({ read }) => read),
    total: sum(({ total }) => total),
  };
};

/** Snapshots of one moment as one; a process is shown only where there is a single one. */
const merged = (snapshots: readonly Snapshot[], network: NetworkReading | undefined): Snapshot => {
  const processes = snapshots.filter(({ process }) => process);
  const alone = processes.length === 1 ? processes[0] : undefined;
  return {
    ...(snapshots[0] ?? { time: Date.now(), at: performance.now(), source: "outside" }),
    process: alone?.process,
    loops: alone?.loops ?? [],
    listeners: snapshots.flatMap(({ listeners }) => listeners),
    connections: added(snapshots.flatMap(({ connections }) => connections ?? [])),
    network,
  };
};

/** Whose each row is, where there are several processes. */
const withHolders = (frame: Frame, { listeners, connections }: Snapshot): Frame => {
  const ports = new Map(listeners.map(({ port, path, pid }) => [port ?? path, pid]));
  const cookies = new Map((connections?.rows ?? []).map(({ cookie, pid }) => [String(cookie), pid]));
  return {
    ...frame,
    listeners: frame.listeners.map((row) => ({ ...row, pid: ports.get(row.port ?? row.path) })),
    connections: frame.connections && {
      ...frame.connections,
      rows: frame.connections.rows.map((row) => ({ ...row, pid: cookies.get(row.id) })),
    },
  };
};

/** What this process itself costs: share of a core since the call before. */
const createOwnShare = (): ((at: number) => number | undefined) => {
  let before: { readonly at: number; readonly cpuMs: number } | undefined;
  return (at) => {
    const { user, system } = process.cpuUsage();
    const now = { at, cpuMs: (user + system) / 1000 };
    const share = before && Math.round(((now.cpuMs - before.cpuMs) / (at - before.at)) * 1000) / 1000;
    before = now;
    return share;
  };
};

/** Connections are looked at more rarely than listeners: an interval waits so much longer for them. */
const patience = 1.25;

/** `signal`: ends what is still being asked. */
export const createSource = (
  outside: Outside,
  { pid }: OutsideTarget,
  intervalMs: number,
  signal: AbortSignal,
): FrameSource => {
  const findings = createFindings(signal);
  const frames = createFrames();
  const ownShare = createOwnShare();
  let network: NetworkReading | undefined;
  let composedAt: number | undefined;
  /** What is looked at more rarely than an interval lasts stays as it was seen last. */
  let seen: Pick<Frame, "connections" | "network"> = {};
  let isOver = false;
  let last: Snapshot | undefined;
  let pauseMs = closeMs;

  const isDue = ({ at, connections }: Snapshot): boolean => {
    const passedMs = composedAt === undefined ? Number.POSITIVE_INFINITY : at - composedAt;
    return passedMs >= intervalMs * patience || (passedMs >= intervalMs && connections !== undefined);
  };
  const compose = (snapshot: Snapshot): Frame => {
    const frame = frames.compose({ ...snapshot, missing: outside.missing() }, findings.shown(snapshot.time));
    composedAt = snapshot.at;
    last = { ...snapshot, connections: snapshot.connections ?? last?.connections };
    network = undefined;
    const named = snapshot.process ? frame : withHolders(frame, snapshot);
    seen = { connections: named.connections ?? seen.connections, network: named.network ?? seen.network };
    return { ...named, ...seen, observerShare: ownShare(snapshot.at) };
  };
  return {
    look: () => {
      // What this command itself opens is not of interest.
      const snapshots = outside.read().filter((snapshot) => snapshot.process?.pid !== process.pid);
      isOver = pid !== undefined && snapshots.length === 0;
      if (isOver) return undefined;
      for (const snapshot of snapshots) findings.see(snapshot);
      network = snapshots.find((snapshot) => snapshot.network)?.network ?? network;
      const snapshot = merged(snapshots, network);
      pauseMs = snapshot.listeners.some(({ length }) => length > 0) ? closeMs : quietMs;
      if (isDue(snapshot)) return compose(snapshot);
      frames.look(snapshot);
      return undefined;
    },
    get snapshot(): Snapshot | undefined {
      return last;
    },
    get pauseMs(): number {
      return pauseMs;
    },
    get isOver(): boolean {
      return isOver;
    },
  };
};
