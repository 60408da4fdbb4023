// Stretches of time with a name on a chart: the stall as a band, the function's name at its top.
import type uPlot from "uplot";
import type { Mark } from "./series.js";
import { themeColour } from "./theme.js";

/** Draws them over what is there; a name that would run into the one before is left to the list of stalls. */
export const drawMarks = (plot: uPlot, marks: readonly Mark[]): void => {
  if (marks.length === 0) return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `600 ${11 * ratio}px ui-monospace, monospace`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  const ends = { band: -Infinity, text: -Infinity };
  for (const { from, to, label } of marks) {
    const left = plot.valToPos(from, "x", true);
    const right = Math.max(plot.valToPos(to, "x", true), left + 2 * ratio);
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.fillStyle = themeColour("--bad-band");
    const start = Math.max(left, ends.band);
    if (right > start) ctx.fillRect(start, bbox.top, right - start, bbox.height);
    ends.band = Math.max(ends.band, right);
    ends.text = drawName(ctx, { label, left, bbox, ratio, after: ends.text });
  }
  ctx.restore();
};

interface Name {
  readonly label: string;
  readonly left: number;
  readonly bbox: uPlot.BBox;
  readonly ratio: number;
  /** Where the name before ends. */
  readonly after: number;
}

const drawName = (ctx: CanvasRenderingContext2D, { label, left, bbox, ratio, after }: Name): number => {
  const { width } = ctx.measureText(label);
  const rightmost = bbox.left + bbox.width - width - 3 * ratio;
  const at = Math.max(bbox.left + 3 * ratio, Math.min(left + 3 * ratio, rightmost));
  if (at < after + 8 * ratio) return after;
  ctx.fillStyle = themeColour("--bad");
  ctx.fillText(label, at, bbox.top + 3 * ratio);
  return at + width;
};
