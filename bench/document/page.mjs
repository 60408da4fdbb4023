// The text of docs/performance.md. Pure.
import { cell, goalsBlock, metText } from "./goals.mjs";
import { figureText, goalText, isMet, isJudged, missedOf } from "./lines.mjs";

const tableLine = (cells) => `| ${cells.map(cell).join(" | ")} |`;

const figureLine = (figure) =>
  tableLine([
    figure.what,
    figureText(figure),
    goalText(figure),
    !isJudged(figure) ? "" : isMet(figure) ? "yes" : "**missed**",
  ]);
const peerLine = (peer) => tableLine([`*${peer.what}*`, figureText(peer), "", ""]);

/** Figures that are missed for the same reason are one sentence. */
const reasons = (result) => {
  const missed = missedOf(result);
  const texts = [...new Set(missed.map(({ because }) => because ?? "the reason was not measured"))];
  return texts.map((text) => {
    const which = missed.filter(({ because = "the reason was not measured" }) => because === text);
    return `**Missed** (${which.map(({ what }) => what).join("; ")}): ${text}`;
  });
};

const section = (result) => {
  const { id, work, goal, failed, figures = [], peers = [], notes = [], charts = [] } = result;
  const table = [
    tableLine(["figure", "measured", "goal", "met"]),
    "| --- | --- | --- | --- |",
    ...figures.map(figureLine),
    ...peers.map(peerLine),
  ].join("\n");
  return [
    `## ${work[0].toUpperCase()}${work.slice(1)}`,
    `Goal: ${goal}. Met: ${metText(result)}. \`npm run bench -- --only ${id}\``,
    ...(failed ? [`Not measured: ${failed}.`] : [table]),
    ...charts.map((chart) => `![${chart.title}](performance/${chart.id}.svg)`),
    ...reasons(result),
    ...(notes.length > 0 ? [notes.join(" ")] : []),
  ].join("\n\n");
};

const intro = `What sockscope costs beside the system calls themselves, beside other tools, and for the application it looks at. Written by
\`npm run bench -- --write\`, which measures all of it in one run; the command beside each part repeats that part. Variants of the same
work alternate within a run. Figures are medians, with the tenth to the ninetieth percentile in brackets, or an interval of confidence
where it says 95 %. Ratios (×) carry over to other machines better than times do. Lines in italics are other tools, or what a figure is
compared with. Each part is one file in \`bench/rows/\`; \`npm run bench -- --quick\` is the short form.`;

/** `facts`: lines about the machine and the run. */
export const pageOf = ({ facts, results }) =>
  `${["# Performance", intro, facts.map((fact) => `- ${fact}`).join("\n"), goalsBlock(results), ...results.map(section)].join("\n\n")}\n`;
