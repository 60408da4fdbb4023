// One fault, one finding: it begins, changes when that matters, and ends after a quiet time with the whole toll.
import type { Cause, Finding, Severity, Symptom } from "./finding.js";
import { isMuted, type MuteRule } from "./mute.js";

/** A finding without what its life adds. */
export type Draft = Omit<Finding, "id" | "state" | "firstSeen" | "lastSeen">;

/** What decides whether a change is worth telling. */
export interface Face {
  readonly symptom: Symptom;
  readonly cause: Cause;
  readonly severity: Severity;
  /** Has a stack. */
  readonly stack: boolean;
  /** The toll; it is told again when it has doubled. */
  readonly toll: number;
}

export interface Report {
  readonly face: Face;
  /** Called only when the finding is told or asked for. */
  readonly compose: () => Draft;
  /** Quiet time after which it is resolved. */
  readonly quietMs: number;
  readonly subject: Finding["subject"];
  /** Whether there was evidence at this moment; without, only what is known changes. */
  readonly evidence: boolean;
  /** Wall clock of the first evidence, when that was earlier than this report. */
  readonly since?: number | undefined;
}

interface Entry {
  readonly id: string;
  readonly firstSeen: number;
  report: Report;
  lastSeen: number;
  lastEvidenceAt: number;
  told?: Face | undefined;
  toldAt: number;
}

export interface Lifecycle {
  report(key: string, report: Report, at: number, time: number): void;
  has(key: string): boolean;
  /** A key that no other finding has or had. */
  newKey(): string;
  /** Ends what has been quiet; returns every finding that began, changed materially or ended. */
  sweep(at: number): readonly Finding[];
  active(): readonly Finding[];
}

/** Bounded: a host with more than this many faults at once has one problem. */
const maxEntries = 256;
/** A growing toll alone is told at most this often. */
const tollEveryMs = 1000;
const tollStep = 10;

const isMaterial = (told: Face, face: Face, sinceToldMs: number): boolean =>
  told.symptom !== face.symptom ||
  told.cause !== face.cause ||
  told.severity !== face.severity ||
  (face.stack && !told.stack) ||
  (sinceToldMs >= tollEveryMs && face.toll >= 2 * told.toll && face.toll - told.toll >= tollStep);

/** `prefix` makes ids of different processes and starts differ. */
export const createLifecycle = (prefix: () => string, mute: readonly MuteRule[]): Lifecycle => {
  const entries = new Map<string, Entry>();
  let serial = 0;
  let keys = 0;

  const finding = ({ id, firstSeen, lastSeen, report }: Entry, state: Finding["state"]): Finding => ({
    id,
    ...report.compose(),
    state,
    firstSeen,
    lastSeen,
  });
  const isHidden = ({ told, report: { face, subject } }: Entry): boolean =>
    told === undefined && isMuted({ ...face, subject }, mute);

  const begin = (report: Report, at: number, time: number): Entry => {
    serial += 1;
    const firstSeen = report.since ?? time;
    return {
      id: `${prefix()}-${serial}`,
      firstSeen,
      report,
      lastSeen: Math.max(firstSeen, time),
      lastEvidenceAt: at,
      toldAt: at,
    };
  };

  const tell = (entry: Entry, at: number): Finding => {
    entry.told = entry.report.face;
    entry.toldAt = at;
    return finding(entry, "active");
  };

  return {
    report: (key, report, at, time) => {
      const entry = entries.get(key);
      if (!entry) {
        if (entries.size < maxEntries) entries.set(key, begin(report, at, time));
        return;
      }
      entry.report = report;
      if (!report.evidence) return;
      entry.lastEvidenceAt = at;
      // The wall clock may be set back meanwhile.
      entry.lastSeen = Math.max(entry.firstSeen, time);
    },
    has: (key) => entries.has(key),
    newKey: () => {
      keys += 1;
      return `${keys}`;
    },
    sweep: (at) => {
      const told: Finding[] = [];
      for (const [key, entry] of entries) {
        const hidden = isHidden(entry);
        if (at - entry.lastEvidenceAt >= entry.report.quietMs) {
          entries.delete(key);
          if (!hidden && entry.told) told.push(finding(entry, "resolved"));
        } else if (!hidden && (!entry.told || isMaterial(entry.told, entry.report.face, at - entry.toldAt)))
          told.push(tell(entry, at));
      }
      return told;
    },
    active: () => [...entries.values()].filter((entry) => !isHidden(entry)).map((entry) => finding(entry, "active")),
  };
};
