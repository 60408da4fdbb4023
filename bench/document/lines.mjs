// Results as lines of text. Pure.

const digits = (value) => {
  if (value === 0) return "0";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(Math.abs(value) >= 10 ? 3 : 2 + (Math.abs(value) >= 1))));
};

const withUnit = (text, unit) => (unit ? `${text} ${unit}` : text);

/** `1.02 × (0.99 to 1.1)`; an interval of confidence instead of a spread says so. */
export const figureText = ({ value, low, high, unit, confidence }) => {
  const text = withUnit(digits(value), unit);
  if (low === undefined) return text;
  return `${text} (${confidence ? `${confidence} %: ` : ""}${digits(low)} to ${digits(high)})`;
};

/** `≤ 1.1 ×`; empty: the figure has no goal. */
export const goalText = ({ atMost, atLeast, unit }) => {
  if (atMost !== undefined) return withUnit(`≤ ${digits(atMost)}`, unit);
  return atLeast === undefined ? "" : withUnit(`≥ ${digits(atLeast)}`, unit);
};

/** Whether a figure meets its goal, or misses it by no more than the factor `slack`. */
export const isMet = ({ value, atMost, atLeast }, slack = 1) =>
  (atMost === undefined || value <= atMost * slack) && (atLeast === undefined || value >= atLeast / slack);

export const isJudged = (figure) => goalText(figure) !== "";
export const missedOf = ({ figures = [] }, slack = 1) => figures.filter((figure) => !isMet(figure, slack));

/** Figures of one `brief` name as one: `every column 0.78 to 0.87 ×`. Those without one are left out. */
export const briefText = (figures) => {
  const names = [...new Set(figures.flatMap(({ brief }) => brief ?? []))];
  const texts = names.map((name) => {
    const named = figures.filter(({ brief }) => brief === name);
    const values = named.map(({ value }) => value);
    const ends = [...new Set([Math.min(...values), Math.max(...values)].map(digits))];
    return `${name} ${withUnit(ends.join(" to "), named[0].unit)}`;
  });
  return texts.join(", ");
};

const mark = (figure, slack) => (!isJudged(figure) ? " " : isMet(figure, slack) ? "✓" : "✗");

/** One row of the table: what it is, its figures with their goals, its peers, what is to be known. */
export function rowLines({ id, work, failed, figures = [], peers = [], notes = [], tookMs }, slack = 1) {
  const wide = Math.max(...[...figures, ...peers].map(({ what }) => what.length), 0);
  const line = (sign, figure, end = "") => `  ${sign} ${figure.what.padEnd(wide)}  ${figureText(figure)}${end}`;
  const reasons = missedOf({ figures }, slack).flatMap(({ what, because }) => (because ? [`${what}: ${because}`] : []));
  return [
    `${id}: ${work}`,
    ...(failed ? [`  not measured: ${failed}`] : []),
    ...figures.map((figure) => line(mark(figure, slack), figure, goalText(figure) && `, goal ${goalText(figure)}`)),
    ...peers.map((peer) => line("·", peer)),
    ...[...new Set(reasons)].map((reason) => `  ✗ ${reason}`),
    ...notes.map((note) => `    ${note}`),
    ...(tookMs === undefined ? [] : [`    took ${Math.round(tookMs / 1000)} s`]),
    "",
  ];
}
