// Results as lines of text. Pure.

const digits = (value) => {
  if (value === 0) return "0";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(Math.abs(value) >= 10 ? 3 : 2 + (Math.abs(value) >= 1))));
};

/** `1.02 × (0.99 to 1.1)`. */
export const figureText = ({ value, low, high, unit }) =>
  `${digits(value)} ${unit}${low === undefined ? "" : ` (${digits(low)} to ${digits(high)})`}`;

/** `≤ 1.1 ×`; empty: the figure has no goal. */
export const goalText = ({ atMost, atLeast, unit }) => {
  if (atMost !== undefined) return `≤ ${digits(atMost)} ${unit}`;
  return atLeast === undefined ? "" : `≥ ${digits(atLeast)} ${unit}`;
};

/** Whether a figure meets its goal, or misses it by no more than the factor `slack`. */
export const isMet = ({ value, atMost, atLeast }, slack = 1) =>
  (atMost === undefined || value <= atMost * slack) && (atLeast === undefined || value >= atLeast / slack);

const mark = (figure, slack) => (goalText(figure) === "" ? " " : isMet(figure, slack) ? "✓" : "✗");

/** One row of the table: what it is, its figures with their goals, its peers, what is to be known. */
export function rowLines({ id, work, failed, figures = [], peers = [], notes = [] }, slack = 1) {
  const wide = Math.max(...[...figures, ...peers].map(({ what }) => what.length), 0);
  const line = (sign, figure, end = "") => `  ${sign} ${figure.what.padEnd(wide)}  ${figureText(figure)}${end}`;
  return [
    `${id}: ${work}`,
    ...(failed ? [`  not measured: ${failed}`] : []),
    ...figures.map((figure) => line(mark(figure, slack), figure, goalText(figure) && `, goal ${goalText(figure)}`)),
    ...peers.map((peer) => line("·", peer)),
    ...notes.map((note) => `    ${note}`),
    "",
  ];
}
