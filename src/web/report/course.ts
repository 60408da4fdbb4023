// The course of things around a finding, in sentences: how it was before, at the worst, and after. Pure.
import type { Finding } from "../../explain/finding.js";
import { bytes, count, duration, percent } from "../../explain/format.js";
import type { Frame } from "../../export/frame/frame.js";
import { type Stretch, stretchOf } from "./stretch.js";

export interface Course {
  readonly before: readonly string[];
  readonly during: readonly string[];
  readonly after: readonly string[];
}

/** `12 s`, `3 min 20 s`, `2 h 5 min`. */
export const lasting = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return duration(Math.max(0, ms));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
};

export const courseOf = (frames: readonly Frame[], finding: Finding, listener: string | undefined): Course => {
  const { firstSeen, lastSeen, state, subject } = finding;
  const isOfSockets = subject.kind === "connection" || subject.kind === "connections";
  const told = (part: readonly Frame[]): readonly string[] => phrases(stretchOf(part, listener), isOfSockets);
  const begins = (frame: Frame): number => frame.time - (frame.intervalMs ?? 1000);
  const before = frames.filter(({ time }) => time <= firstSeen);
  const end = state === "resolved" ? lastSeen : Infinity;
  const during = frames.filter((frame) => frame.time > firstSeen && begins(frame) <= end);
  const after = frames.filter((frame) => begins(frame) > end);
  return {
    before: sentence(`In the ${spanOf(before)} before`, told(before)),
    during: sentence("While it lasted", told(during)),
    after: sentence(`In the ${spanOf(after)} after`, told(after)),
  };
};

const spanOf = (frames: readonly Frame[]): string =>
  lasting(frames.reduce((sum, { intervalMs }) => sum + (intervalMs ?? 1000), 0));

/** What a stretch without a finding was like. */
export const quietly = (frames: readonly Frame[], listener: string | undefined): readonly string[] =>
  sentence("In the time recorded", phrases(stretchOf(frames, listener)));

const sentence = (opening: string, parts: readonly string[]): readonly string[] => {
  if (parts.length === 0) return [];
  const last = parts.at(-1) ?? "";
  const rest = parts.slice(0, -1).join(", ");
  return [`${opening}, ${rest === "" ? last : `${rest}, and ${last}`}.`];
};

/** What the finding is of comes first. */
const phrases = (stretch: Stretch, isOfSockets = false): readonly string[] => {
  if (stretch.frames === 0) return [];
  const [queue, loop, sockets] = [queuePhrases(stretch), loopPhrases(stretch), socketPhrases(stretch)];
  return isOfSockets ? [...sockets, ...loop, ...queue] : [...queue, ...loop, ...sockets];
};

const queuePhrases = ({ peak, limit, dropped, oldestMs }: Stretch): readonly string[] => {
  if (peak === undefined || limit === undefined) return [];
  const waited = oldestMs ? `, the longest for ${duration(oldestMs)}` : "";
  const depth =
    peak === 0
      ? "nobody waited in the accept queue"
      : `at most ${count(peak, "connection")} waited in the accept queue (limit ${limit})${waited}`;
  if (dropped === undefined) return [depth];
  return [
    depth,
    dropped === 0 ? "nothing was dropped" : `${count(dropped, "segment")} ${dropped === 1 ? "was" : "were"} dropped`,
  ];
};

/** Shorter stalls are everyday. */
const toldStallMs = 200;

const loopPhrases = ({ busyShare, longestStallMs = 0, stall }: Stretch): readonly string[] => {
  const where = stall?.frames[0] === undefined ? "" : ` in ${stall.frames[0]}`;
  const did = [
    ...(busyShare === undefined ? [] : [`was ${percent(busyShare)} busy`]),
    ...(longestStallMs < toldStallMs ? [] : [`stood still for up to ${duration(longestStallMs)}${where}`]),
  ];
  return did.length === 0 ? [] : [`the event loop ${did.join(" and ")}`];
};

/** Less waits in sockets of any busy server. */
const toldBytes = 64 * 1024;

const socketPhrases = ({ sendQBytes, recvQBytes }: Stretch): readonly string[] => [
  ...((sendQBytes ?? 0) >= toldBytes ? [`up to ${bytes(sendQBytes ?? 0)} waited to be sent`] : []),
  ...((recvQBytes ?? 0) >= toldBytes ? [`up to ${bytes(recvQBytes ?? 0)} waited to be read`] : []),
];
