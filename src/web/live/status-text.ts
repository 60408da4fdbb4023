// How the line to the observer is doing, in words. No DOM.
import { clock, span } from "../parts/units.js";
import type { LineState } from "./stream.js";

export interface Status {
  readonly tone: "good" | "waiting" | "bad";
  /** Says what is; changes only when that does. */
  readonly text: string;
  /** Says how long; changes every second and is never announced. */
  readonly detail?: string | undefined;
}

export interface Heard {
  /** Epoch ms, by the page's own clock; absent: no frame has come yet. */
  readonly lastFrameAt?: number | undefined;
  readonly intervalMs: number;
  readonly lostFrames: number;
}

const lostText = (lost: number): string | undefined =>
  lost === 0 ? undefined : `${lost} ${lost === 1 ? "frame was" : "frames were"} lost on the way`;

export const statusOf = (line: LineState, { lastFrameAt, intervalMs, lostFrames }: Heard, now: number): Status => {
  if (line.is === "lost") {
    const next = Math.max(0, Math.ceil((line.retryAt - now) / 1000));
    return {
      tone: "bad",
      text: `Connection lost since ${clock(line.since)}: ${line.why}`,
      detail: `${span(now - line.since)} ago; ${next === 0 ? "trying now" : `next try in ${next} s`}`,
    };
  }
  if (line.is === "locked") return { tone: "waiting", text: "A token is needed" };
  if (line.is === "connecting") return { tone: "waiting", text: "Connecting…" };
  if (lastFrameAt === undefined) return { tone: "waiting", text: "Connected, waiting for the first interval" };
  const silentMs = now - lastFrameAt;
  if (silentMs > 3 * intervalMs + 500)
    return {
      tone: "bad",
      text: `No frame since ${clock(lastFrameAt)}: the process may be stopped`,
      detail: span(silentMs),
    };
  return { tone: "good", text: "Live", detail: lostText(lostFrames) };
};
