// What a tank of the path is: a name, how full it stands, what flows and what spills, and what it means. No DOM.
import type { Cause, Finding, Severity, Symptom } from "../../../explain/finding.js";
import { defaultThresholds } from "../../../explain/thresholds.js";
import type { CounterName } from "../../../snapshot/snapshot.js";
import type { Frame, FrameConnections, FrameListener, FrameNetwork } from "../../../export/frame/frame.js";
import type { Figure } from "../../parts/figure.js";
import { tally } from "../../parts/units.js";

export type TankId = "nic" | "napi" | "syn" | "accept" | "receive" | "send" | "loop";

/** What tanks are read from: the last frame, and what is read less often from the last frame that had it. */
export interface View {
  readonly frame: Frame;
  readonly listener?: FrameListener | undefined;
  readonly connections?: FrameConnections | undefined;
  readonly network?: FrameNetwork | undefined;
  /** The function that holds the loop up now. */
  readonly stall?: string | undefined;
}

/** How many connections fit into an accept queue: one more than its limit, for each socket of a group. */
export const roomOf = ({ limit, members = 1 }: FrameListener): number => limit + members;

export interface TankReading {
  /** In large type: `17 of 16`. */
  readonly value: string;
  /** 0 empty … 1 full; absent: it has no level, or none was read. */
  readonly level?: number | undefined;
  /** At most three short lines below. */
  readonly lines: readonly string[];
  /** Lost here in the interval. */
  readonly dropped?: number | undefined;
  readonly figures: readonly Figure[];
}

export type TankState = "calm" | "pressed" | "spilling";

export interface Tank {
  readonly id: TankId;
  readonly title: string;
  /** What it is, in two or three sentences for somebody who meets it for the first time. */
  readonly meaning: readonly string[];
  /** Findings that are about it: by what is seen, or by why. */
  readonly symptoms: readonly Symptom[];
  readonly causes?: readonly Cause[] | undefined;
  /** Counters of the network namespace that move with it. */
  readonly counters: readonly CounterName[];
  readonly read: (view: View) => TankReading;
  /** A high level alone is no reason to worry: bytes under way fill a send queue. */
  readonly isCalmWhenFull?: boolean | undefined;
}

/** Pressed: three quarters full, or a finding at warning. Spilling: something was lost in this interval, or a critical finding. */
export const stateOf = (tank: Tank, { level, dropped }: TankReading, findings: readonly Finding[]): TankState => {
  const worst = worstAbout(tank, findings);
  if ((dropped ?? 0) > 0 || worst === "critical") return "spilling";
  const isHigh = !tank.isCalmWhenFull && (level ?? 0) >= defaultThresholds.pressedShare;
  return isHigh || worst === "warning" ? "pressed" : "calm";
};

/** Active findings about a tank. */
export const findingsAbout = (tank: Tank, findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(
    ({ state, symptom, cause }) =>
      state === "active" && (tank.symptoms.includes(symptom) || tank.causes?.includes(cause)),
  );

const worstAbout = (tank: Tank, findings: readonly Finding[]): Severity | undefined => {
  const severities = findingsAbout(tank, findings).map(({ severity }) => severity);
  return (["critical", "warning", "info"] as const).find((severity) => severities.includes(severity));
};

/** `7 dropped`, nothing where nothing was. */
export const dropText = (dropped: number | undefined): string | undefined =>
  dropped === undefined || dropped === 0 ? undefined : `${tally(dropped)} dropped`;

/** The tank in one sentence, for a screen reader. */
export const tankLabel = (tank: Tank, reading: TankReading, state: TankState): string =>
  [`${tank.title}: ${reading.value}`, ...reading.lines, dropText(reading.dropped), state === "calm" ? undefined : state]
    .filter((part) => part !== undefined)
    .join(", ");

/** Sum of what is there; `undefined` where nothing is. */
export const sumOf = (values: readonly (number | undefined)[]): number | undefined => {
  const present = values.filter((value) => value !== undefined);
  return present.length === 0 ? undefined : present.reduce((sum, value) => sum + value, 0);
};
