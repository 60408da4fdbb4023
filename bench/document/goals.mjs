// The table of goals, which stands in docs/performance.md and in the README alike, between two lines of comment. Pure.
import { briefText, isJudged, missedOf } from "./lines.mjs";

const begin = "<!-- goals: written by `npm run bench -- --write` -->";
const end = "<!-- end of goals -->";

export const cell = (text) => text.replaceAll("|", "\\|");

/** `yes`, or how many of the figures that are judged meet their goals. */
export const metText = (result) => {
  if (result.failed) return "not measured";
  const judged = (result.figures ?? []).filter(isJudged);
  const missed = missedOf(result);
  return missed.length === 0 ? "yes" : `${judged.length - missed.length} of ${judged.length}`;
};

const tableRow = ({ work, goal, figures = [], peers = [], ...rest }) =>
  `| ${[work, goal, briefText(figures), briefText(peers), metText({ figures, ...rest })].map(cell).join(" | ")} |`;

/** With its two lines of comment. */
export const goalsBlock = (results) =>
  [
    begin,
    "| work | goal | measured | others | met |",
    "| --- | --- | --- | --- | --- |",
    ...results.map(tableRow),
    end,
  ].join("\n");

/** What stands between the two lines in `text`, with them; `undefined`: they are not there. */
export const goalsIn = (text) => {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  return from < 0 || to < from ? undefined : text.slice(from, to + end.length);
};

/** The text with another block in its place. */
export const withGoals = (text, block) => {
  const old = goalsIn(text);
  if (old === undefined) throw new Error(`there is no line ${begin}`);
  return text.replace(old, () => block);
};
