// The report's head: what it is of, where and when, and the headline.
import type { FlightRecord } from "../../export/record/record.js";
import { html } from "../parts/element.js";
import { lasting } from "./course.js";
import type { Story } from "./story.js";

const verdicts: Readonly<Record<Story["severity"], string>> = {
  critical: "▲ critical",
  warning: "▲ warning",
  info: "· info",
  quiet: "✓ nothing to act on",
};

/** `Mon, 23 Nov 2026, 14:03:27 GMT+1`: other machines' logs are compared with it. */
const moment = (time: number): string =>
  new Date(time).toLocaleString("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });

export const headOf = ({ header, frames, lost, problem }: FlightRecord, story: Story): HTMLElement => {
  const [first, last] = [frames[0], frames.at(-1)];
  const pid = header?.pid ?? last?.process?.pid;
  const facts = [
    header?.hostname,
    pid === undefined ? undefined : `pid ${pid}`,
    first && moment(story.main?.firstSeen ?? first.time),
    first && last && `${lasting(last.time - first.time)} recorded`,
    first?.source === "outside" ? "seen from outside" : undefined,
  ];
  return html(
    "header",
    { class: "head", "data-severity": story.severity },
    html("p", { class: "kind" }, "sockscope flight record"),
    html("h1", {}, story.headline),
    html(
      "p",
      { class: "facts" },
      html("span", { class: "verdict-mark" }, verdicts[story.severity]),
      ...facts.flatMap((fact) => (fact ? [html("span", {}, fact)] : [])),
    ),
    lost === 0
      ? undefined
      : html("p", { class: "damaged" }, `The record was damaged: ${lost} of its lines could not be read (${problem}).`),
  );
};
