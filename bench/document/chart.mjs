// A line chart as SVG, both axes logarithmic: how a cost grows with a number. Pure.

const size = { plotWidth: 460, height: 380, left: 70, top: 40, bottom: 50 };
/** A letter of a name is about so wide. */
const letterWidth = 6.8;
const colours = ["#0b6bcb", "#d1495b", "#2e8b57", "#8e5bd0", "#c77f0a", "#5a6570"];
const escaped = (text) => text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
const short = (value) => {
  const [factor, unit] = value >= 1e6 ? [1e6, "M"] : value >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${Number((value / factor).toPrecision(3))}${unit}`;
};

/** Decades that hold all values, and where a value lies between `from` and `to` pixels. */
function axis(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const decades = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return { decades, at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

const line = (series, x, y) =>
  series.points.map(([px, py], i) => `${i === 0 ? "M" : "L"}${x.at(px).toFixed(1)} ${y.at(py).toFixed(1)}`).join(" ");

/**
 * `title`, `xLabel`, `yLabel`; `series`: `{ name, points: [[x, y], …] }`, all values above 0. Names stand at the ends of
 * their lines.
 */
export function chart({ title, xLabel, yLabel, series }) {
  const { plotWidth, height, left, top, bottom } = size;
  const right = 20 + letterWidth * Math.max(...series.map(({ name }) => name.length));
  const width = Math.ceil(left + plotWidth + right);
  const x = axis(
    series.flatMap(({ points }) => points.map(([px]) => px)),
    left,
    left + plotWidth,
  );
  const y = axis(
    series.flatMap(({ points }) => points.map(([, py]) => py)),
    height - bottom,
    top,
  );
  // Names keep a line's distance from each other.
  const names = series
    .map(({ name, points }, i) => ({ name, colour: colours[i % colours.length], at: y.at(points.at(-1)[1]) }))
    .sort((one, other) => one.at - other.at);
  for (let i = 1; i < names.length; i++) names[i].at = Math.max(names[i].at, names[i - 1].at + 16);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#5a6570">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="${left}" y="22" font-size="15" fill="#1c2733">${escaped(title)}</text>
${x.decades.map((value) => `<path d="M${x.at(value)} ${top}V${height - bottom}" stroke="#e3e8ee"/><text x="${x.at(value)}" y="${height - bottom + 18}" text-anchor="middle">${short(value)}</text>`).join("\n")}
${y.decades.map((value) => `<path d="M${left} ${y.at(value)}H${left + plotWidth}" stroke="#e3e8ee"/><text x="${left - 8}" y="${y.at(value) + 4}" text-anchor="end">${short(value)}</text>`).join("\n")}
<text x="${left + plotWidth / 2}" y="${height - 10}" text-anchor="middle">${escaped(xLabel)}</text>
<text transform="translate(16 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>
${series.map((one, i) => `<path d="${line(one, x, y)}" fill="none" stroke="${colours[i % colours.length]}" stroke-width="2"/>${one.points.map(([px, py]) => `<circle cx="${x.at(px).toFixed(1)}" cy="${y.at(py).toFixed(1)}" r="3" fill="${colours[i % colours.length]}"/>`).join("")}`).join("\n")}
${names.map(({ name, colour, at }) => `<text x="${left + plotWidth + 10}" y="${(at + 4).toFixed(1)}" fill="${colour}">${escaped(name)}</text>`).join("\n")}
</svg>
`;
}
