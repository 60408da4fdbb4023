// Frames of what is watched from outside: the snapshots of all its processes as one, looked at several times an interval.
import type { Frame } from "../../export/frame/frame.js";
import { createFrames } from "../../export/frame/frames.js";
import type { NetworkReading } from "../../snapshot/network.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import type { Outside, OutsideTarget } from "../outside/outside.js";
import { redactedSnapshot } from "../../agent/shown/told-snapshot.js";
import { redactorHere } from "../redaction.js";
import { createLiveFindings } from "./live-findings.js";
import { merged, withHolders } from "./one-snapshot.js";

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
const quietMs = 250;
const closeMs = 100;

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
  const findings = createLiveFindings(pid, signal);
  const frames = createFrames();
  const ownShare = createOwnShare();
  const redact = redactorHere();
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
    const shown = redactedSnapshot({ ...snapshot, missing: outside.missing() }, redact);
    const frame = frames.compose(shown, findings.shown(snapshot.time).map(redact.finding));
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
