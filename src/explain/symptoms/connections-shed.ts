// connections-shed: accepted and closed at once. At the descriptor limit libuv accepts and closes the whole queue
// (uv__emfile_trick) and nothing says so; over server.maxConnections net.Server does the same ('drop' events).
import type { AcceptPath } from "../accept-path.js";
import { delta } from "../delta.js";
import type { Evidence, Subject } from "../finding.js";
import { count, placeOf } from "../format.js";
import type { ProcessReading } from "../../snapshot/snapshot.js";
import { shorten } from "../wording.js";
import type { Beside, BesideSymptom } from "./beside.js";

type Fds = NonNullable<ProcessReading["fds"]>;

interface Told {
  readonly key: string;
  readonly cause: "fd-exhausted" | "max-connections";
  readonly subject: Subject;
  readonly shed: number;
  readonly confidence: number;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly remedy: readonly string[];
}

const report = (told: Told, { thresholds, around, lifecycle }: Beside): void => {
  const { key, cause, subject, shed, confidence, summary, evidence, remedy } = told;
  const severity = shed >= thresholds.criticalClients ? "critical" : "warning";
  const face = { symptom: "connections-shed", cause, severity, stack: false, toll: shed } as const;
  const compose = () =>
    ({
      symptom: "connections-shed",
      cause,
      severity,
      confidence,
      subject,
      summary: shorten(summary),
      evidence,
      ruledOut: [],
      remedy,
    }) as const;
  lifecycle.report(
    key,
    { face, compose, quietMs: thresholds.resolveMs, subject, evidence: true },
    around.at,
    around.time,
  );
};

const places = (paths: readonly AcceptPath[]): string =>
  paths.length === 1 ? placeOf(paths[0]!.watch.listener) : `the ${paths.length} listeners of the process`;

const reportFds = (key: string, shed: number, fds: Fds, ownedKnown: boolean, beside: Beside): void => {
  const paths = [...beside.paths.values()].filter(({ watch }) => watch.listener.transport === "tcp");
  const pid = beside.snapshot.process?.pid;
  report(
    {
      key,
      cause: "fd-exhausted",
      shed,
      subject: paths.length === 1 ? paths[0]!.subject() : { kind: "process", ...(pid === undefined ? {} : { pid }) },
      confidence: ownedKnown ? 0.9 : 0.75,
      summary: `About ${count(shed, "connection")} to ${places(paths)} ${shed === 1 ? "was" : "were"} accepted and closed at once: the process has ${fds.open} of ${fds.limit} file descriptors open, and Node reports no error for this.`,
      evidence: [
        {
          name: "connections shed",
          value: shed,
          unit: "connections",
          source: "estimate: PassiveOpens less connections kept",
        },
        { name: "open files", value: fds.open, unit: "descriptors", source: "/proc/PID/fd" },
        { name: "limit of open files", value: fds.limit, unit: "descriptors", source: "RLIMIT_NOFILE" },
      ],
      remedy: [
        `Raise the limit of open files: ulimit -n ${Math.max(4096, fds.limit * 4)} (LimitNOFILE= in the unit, ulimits in the container).`,
        "If the count should not be that high, find what is not being closed: sockets, files, pipes.",
      ],
    },
    beside,
  );
};

const reportMax = (key: string, shed: number, path: AcceptPath, beside: Beside): void => {
  const { listener } = path.watch;
  const limit = listener.maxConnections;
  report(
    {
      key,
      cause: "max-connections",
      shed,
      subject: path.subject(),
      confidence: 0.97,
      summary: `${count(shed, "connection")} to ${placeOf(listener)} ${shed === 1 ? "was" : "were"} accepted and closed at once because server.maxConnections${limit === undefined ? "" : ` (${limit})`} was reached.`,
      evidence: [
        { name: "connections shed", value: shed, unit: "connections", source: "net.Server 'drop' events" },
        ...(limit === undefined
          ? []
          : [{ name: "maxConnections", value: limit, unit: "connections", source: "server.maxConnections" }]),
        ...(listener.owned
          ? [{ name: "connections held", value: listener.owned.count, unit: "connections", source: "own descriptors" }]
          : []),
      ],
      remedy: [
        `Raise server.maxConnections${limit === undefined ? "" : ` above ${limit}`}, or run more processes.`,
        "Limit at the balancer instead: it can queue or answer 503, a closed connection cannot.",
      ],
    },
    beside,
  );
};

/** Refusals by net.Server, listener by listener. */
const createMaxConnections = (): ((beside: Beside) => void) => {
  const tolls = new Map<bigint, { key: string; shed: number }>();
  return (beside) => {
    for (const { cookie, refused } of beside.snapshot.listeners) {
      const path = beside.paths.get(cookie);
      const more = delta(beside.before.listeners.find((one) => one.cookie === cookie)?.refused, refused) ?? 0;
      const known = tolls.get(cookie);
      const alive = known !== undefined && beside.lifecycle.has(known.key);
      if (more > 0 && path) {
        const toll = { key: alive ? known.key : beside.lifecycle.newKey(), shed: more + (alive ? known.shed : 0) };
        tolls.set(cookie, toll);
        reportMax(toll.key, toll.shed, path, beside);
      } else if (!alive) tolls.delete(cookie);
    }
  };
};

const ownedOf = ({ snapshot }: Pick<Beside, "snapshot">): number | undefined => {
  const known = snapshot.listeners.flatMap(({ owned }) => (owned ? [owned.accepted] : []));
  return known.length === 0 ? undefined : known.reduce((sum, n) => sum + n, 0);
};

const lengthOf = ({ listeners }: Beside["snapshot"]): number => listeners.reduce((sum, { length }) => sum + length, 0);

/** Connections that completed at the descriptor limit and are neither kept nor waiting. */
const createFds = (): { observe: (beside: Beside) => void; near: () => boolean } => {
  let last: { fds: Fds; opens: number | undefined; owned: number | undefined; length: number } | undefined;
  const none = { key: "", shed: 0 };
  let toll = none;
  const isAtLimit = (fds: Fds | undefined, margin: number): boolean =>
    fds !== undefined && fds.open >= fds.limit - margin;
  return {
    observe: (beside) => {
      const { netns, thresholds, snapshot, lifecycle } = beside;
      const fds = snapshot.process?.fds;
      if (!fds || !netns.fresh) return;
      const now = { fds, opens: netns.counters?.PassiveOpens, owned: ownedOf(beside), length: lengthOf(snapshot) };
      const told = lifecycle.has(toll.key);
      const atLimit = isAtLimit(fds, thresholds.fdMargin);
      if (!told && (toll.key !== "" || !atLimit)) toll = none;
      // The limit may have been reached since the last look: a burst takes the last descriptors within milliseconds.
      if (last && atLimit) {
        const opened = delta(last.opens, now.opens) ?? 0;
        const kept = delta(last.owned, now.owned) ?? Math.max(0, fds.open - last.fds.open);
        const more = Math.max(0, opened - kept - Math.max(0, now.length - last.length));
        toll = { ...toll, shed: toll.shed + more };
        if (more > 0 && toll.shed >= thresholds.shedConnections) {
          if (toll.key === "") toll = { ...toll, key: lifecycle.newKey() };
          reportFds(toll.key, toll.shed, fds, now.owned !== undefined, beside);
        }
      }
      last = { ...now, owned: now.owned ?? last?.owned };
    },
    near: () => isAtLimit(last?.fds, Math.max(8, (last?.fds.limit ?? 0) * 0.02)),
  };
};

export const createShed = (): BesideSymptom => {
  const max = createMaxConnections();
  const fds = createFds();
  return {
    observe: (beside) => {
      max(beside);
      fds.observe(beside);
    },
    wants: () => ({ counters: fds.near() }),
  };
};
