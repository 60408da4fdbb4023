// What happened in a run, moment by moment: neighbours that say the same are one line, and of very many the middle is
// left out.
import { count } from "../../explain/format.js";
import { wrap } from "./columns.js";

export interface Moment {
  readonly at: number;
  /** In words; neighbours with the same words are counted. */
  readonly text: string;
}

const mostMoments = 40;

const seconds = (at: number): string => `${at.toFixed(6)} s`;

/** One line a moment, in order of time; what is wider than the width goes on below itself. */
export const momentLines = (moments: readonly Moment[], width: number): readonly string[] => {
  const groups: { first: Moment; last: Moment; times: number }[] = [];
  for (const moment of moments.toSorted((a, b) => a.at - b.at)) {
    const group = groups.at(-1);
    if (group?.first.text === moment.text) {
      group.last = moment;
      group.times += 1;
    } else groups.push({ first: moment, last: moment, times: 1 });
  }
  const left = Math.max(0, ...groups.map(({ first }) => seconds(first.at).length));
  const lines = groups.map(({ first, last, times }) => {
    const again = times === 1 ? "" : `, ${times} times until ${seconds(last.at)}`;
    const at = `  ${seconds(first.at).padStart(left)}  `;
    return wrap(`${first.text}${again}`, width, at, " ".repeat(at.length));
  });
  if (lines.length <= mostMoments) return lines.flat();
  const kept = mostMoments / 2;
  return [
    ...lines.slice(0, kept).flat(),
    `  … ${count(lines.length - 2 * kept, "more line")} (--json has all)`,
    ...lines.slice(-kept).flat(),
  ];
};
