// The top of the page: whose sockets these are, and how the line to the observer is doing.
import type { Frame } from "../../export/frame/frame.js";
import { html, setAttribute, setText, svg } from "../parts/element.js";
import { share, tally } from "../parts/units.js";
import type { Status } from "./status-text.js";

export interface Header {
  readonly element: HTMLElement;
  readonly status: (status: Status) => void;
  /** The last frames, oldest first; not empty. */
  readonly frames: (frames: readonly Frame[]) => void;
}

export const createHeader = (onRetry: () => void): Header => {
  const facts = html("p", { class: "facts" });
  const said = html("span", { class: "said" });
  const detail = html("span", { class: "detail", "aria-hidden": "true" });
  const retry = html("button", { type: "button", class: "retry", hidden: true }, "Try now");
  retry.addEventListener("click", onRetry);
  const line = html(
    "p",
    { class: "status", "data-tone": "waiting" },
    html("span", { role: "status" }, said),
    detail,
    retry,
  );
  const element = html("header", { class: "top" }, html("h1", {}, mark(), "sockscope"), facts, line);
  return {
    element,
    status({ tone, text, detail: more }) {
      setAttribute(line, "data-tone", tone);
      setText(said, text);
      setText(detail, more ?? "");
      retry.hidden = !text.startsWith("Connection lost");
    },
    frames(frames) {
      setText(facts, factsOf(frames.at(-1)!, meanShare(frames.slice(-60))).join("  ·  "));
    },
  };
};

const mark = (): SVGSVGElement =>
  svg(
    "svg",
    { viewBox: "0 0 16 16", width: 18, height: 18, "aria-hidden": "true", class: "mark" },
    svg("path", { class: "water", d: "M3 8h10v5H3z" }),
    svg("path", { class: "glass", d: "M2.5 2v11.5h11V2" }),
  );

const sources: Readonly<Record<Frame["source"], string | undefined>> = {
  process: undefined,
  outside: "seen from outside",
  model: "the model, not a running process",
};

/** What the observer took, over a minute: a single interval says little. */
const meanShare = (frames: readonly Frame[]): number | undefined => {
  const shares = frames.map(({ observerShare }) => observerShare).filter((part) => part !== undefined);
  return shares.length === 0 ? undefined : shares.reduce((sum, part) => sum + part, 0) / shares.length;
};

const shareText = (part: number): string => {
  if (part < 0.001) return "< 0.1 %";
  return part < 0.1 ? `${(part * 100).toFixed(1)} %` : share(part);
};

const factsOf = (
  { process, source, missing, listeners, moreListeners = 0 }: Frame,
  observerShare: number | undefined,
): readonly string[] =>
  [
    process && `pid ${process.pid}`,
    sources[source],
    `${tally(listeners.length + moreListeners)} ${listeners.length + moreListeners === 1 ? "listener" : "listeners"}`,
    process?.fds && `${tally(process.fds.open)} of ${tally(process.fds.limit)} descriptors`,
    observerShare === undefined ? undefined : `sockscope takes ${shareText(observerShare)} of a core`,
    missing && missing.length > 0 ? `not readable here: ${missing.map((one) => one.source).join(", ")}` : undefined,
  ].filter((fact) => fact !== undefined);
