// Many sockets, one cause, one finding: verdicts are gathered by symptom, cause and place (own server port, or the
// address and port a client is connected to), and told with a count and the worst examples.
import type { ConnectionReading } from "../../snapshot/connection.js";
import type { Severity, Subject } from "../finding.js";
import { count, placeOf } from "../format.js";
import type { Draft, Lifecycle } from "../lifecycle.js";
import type { Surroundings } from "../surroundings.js";
import type { Thresholds } from "../thresholds.js";
import { shorten } from "../wording.js";
import { evidenceOf, type Verdict } from "./rule.js";

/** A verdict on a socket, and the socket it is about. */
export interface Judged {
  readonly verdict: Verdict;
  readonly reading: ConnectionReading;
  readonly isServer: boolean;
}

const maxExamples = 8;
const maxGroups = 64;
/** Cookies remembered to count connections in all once each; beyond, the count is "at least". */
const maxCookies = 4096;

interface Told {
  readonly worst: readonly Judged[];
  readonly now: number;
  readonly total: number;
}

interface Group {
  readonly key: string;
  readonly cookies: Set<bigint>;
  told: Told;
}

/** `:3000`, `10.0.0.5:5432`, `/run/app.sock`: what the connections of a finding have in common. */
export const placeKeyOf = ({ reading, isServer }: Pick<Judged, "reading" | "isServer">): string => {
  if (reading.transport === "unix") return reading.path ?? "unix";
  if (reading.transport === "udp" || isServer) return `:${reading.localPort ?? "?"}`;
  return remoteOf(reading);
};

const localOf = ({ localAddress, localPort, path }: ConnectionReading): string =>
  placeOf({ address: localAddress, port: localPort, path });
const remoteOf = ({ remoteAddress, remotePort }: ConnectionReading): string =>
  placeOf({ address: remoteAddress, port: remotePort });

/** One socket in a line: `127.0.0.1:3000 - 10.0.0.9:40910 (fd 21): 375 KB wait …`. */
const exampleOf = ({ reading, verdict }: Judged): string => {
  const peer = reading.remoteAddress === undefined ? "" : ` - ${remoteOf(reading)}`;
  const fd = reading.fd === undefined ? "" : ` (fd ${reading.fd})`;
  return `${localOf(reading)}${peer}${fd}: ${verdict.detail()}`;
};

const subjectOf = ({ worst, now }: Told): Subject => {
  const { reading, isServer } = worst[0]!;
  const port = isServer || reading.transport === "udp" ? reading.localPort : reading.remotePort;
  const alone = now === 1;
  return {
    kind: alone ? "connection" : "connections",
    ...(reading.localAddress === undefined ? {} : { address: reading.localAddress }),
    ...(port === undefined ? {} : { port }),
    ...(reading.path === undefined ? {} : { path: reading.path }),
    ...(reading.pid === undefined ? {} : { pid: reading.pid }),
    ...((alone || !isServer) && reading.remoteAddress !== undefined ? { peer: remoteOf(reading) } : {}),
    ...(alone && reading.fd !== undefined ? { fd: reading.fd } : {}),
    count: now,
    examples: worst.map(exampleOf),
  };
};

const whoOf = ({ worst, now }: Told): string => {
  const { reading, isServer } = worst[0]!;
  if (reading.transport === "udp") return `${count(now, "UDP socket")} at ${localOf(reading)}`;
  if (reading.transport === "unix") return `${count(now, "unix connection")} (${reading.path ?? "unnamed"})`;
  const where = isServer ? `at port ${reading.localPort ?? "?"}` : `to ${remoteOf(reading)}`;
  return `${count(now, "connection")} ${where}`;
};

/** From harmless to bad. */
export const severities: readonly Severity[] = ["info", "warning", "critical"];

const severityOf = ({ worst, now }: Told, { criticalConnections }: Thresholds): Severity => {
  const most = worst
    .map(({ verdict }) => verdict.severity)
    .toSorted((a, b) => severities.indexOf(b) - severities.indexOf(a))[0]!;
  if (now < (worst[0]!.verdict.crowd ?? 0)) return "info";
  return most === "warning" && now >= criticalConnections ? "critical" : most;
};

/** What is told of a socket alone. */
export const draftOfOne = (judged: Judged, thresholds: Thresholds): Draft =>
  draftOf({ worst: [judged], now: 1, total: 1 }, thresholds);

const draftOf = (told: Told, thresholds: Thresholds): Draft => {
  const {
    verdict,
    reading: { node },
  } = told.worst[0]!;
  const stopped = verdict.cause === "application-not-reading" ? node?.pausedAt : undefined;
  const stack = verdict.stack ?? stopped ?? node?.stack;
  const worst = told.now > 1 ? `the worst: ${verdict.detail()}` : verdict.detail();
  return {
    symptom: verdict.symptom,
    cause: verdict.cause,
    severity: severityOf(told, thresholds),
    confidence: verdict.confidence,
    subject: subjectOf(told),
    summary: shorten(`${whoOf(told)} ${verdict.headline} (${worst}).`),
    evidence: [
      { name: "connections", value: told.now, unit: "connections", source: "own sockets" },
      ...(told.total > told.now
        ? [{ name: "connections in all", value: told.total, unit: "connections", source: "own sockets" }]
        : []),
      ...verdict.evidence(),
      ...evidenceOf([
        ["created at", node?.stack?.[0], undefined, "net.client.socket"],
        ["paused at", stopped?.[0], undefined, "socket.pause()"],
      ]),
    ],
    ruledOut: verdict.ruledOut,
    ...(stack ? { stack } : {}),
    remedy: verdict.remedy,
  };
};

export interface Groups {
  /** The verdicts of one look. */
  report(judged: readonly Judged[], around: Surroundings, thresholds: Thresholds, lifecycle: Lifecycle): void;
}

const keyOf = (one: Judged): string => `${one.verdict.symptom} ${one.verdict.cause} ${placeKeyOf(one)}`;

/** Bad first: by severity, then by weight. */
const byWeight = (a: Judged, b: Judged): number =>
  severities.indexOf(b.verdict.severity) - severities.indexOf(a.verdict.severity) ||
  b.verdict.weight - a.verdict.weight;

export const createGroups = (): Groups => {
  const groups = new Map<string, Group>();

  const fold = (place: string, members: readonly Judged[], lifecycle: Lifecycle): Group | undefined => {
    const known = groups.get(place);
    if (!known && groups.size >= maxGroups) return undefined;
    const group = known ?? {
      key: lifecycle.newKey(),
      cookies: new Set<bigint>(),
      told: { worst: [], now: 0, total: 0 },
    };
    for (const { reading } of members) if (group.cookies.size < maxCookies) group.cookies.add(reading.cookie);
    const worst = members.toSorted(byWeight).slice(0, maxExamples);
    const total = Math.max(group.cookies.size, members.length);
    group.told = { worst, now: members[0]!.verdict.isEvent ? total : members.length, total };
    groups.set(place, group);
    return group;
  };

  return {
    report: (judged, around, thresholds, lifecycle) => {
      for (const [place, { key }] of groups) if (!lifecycle.has(key)) groups.delete(place);
      const places = new Map<string, Judged[]>();
      for (const one of judged) {
        const members = places.get(keyOf(one));
        if (members) members.push(one);
        else places.set(keyOf(one), [one]);
      }
      for (const [place, members] of places) {
        const group = fold(place, members, lifecycle);
        if (!group) continue;
        const { told } = group;
        const { symptom, cause, stack, quietMs = thresholds.connectionQuietMs } = told.worst[0]!.verdict;
        const severity = severityOf(told, thresholds);
        const face = { symptom, cause, severity, stack: stack !== undefined, toll: told.total };
        const compose = (): Draft => draftOf(told, thresholds);
        const report = {
          face,
          compose,
          quietMs,
          subject: subjectOf(told),
          evidence: true,
        };
        lifecycle.report(group.key, report, around.at, around.time);
      }
    },
  };
};
