// A live region at the bottom of the output: lines go above it for good, the region is drawn again in place.
// No alternate screen: everything stays in the scrollback. In a pipe only the lines that go above exist.
import type { Io } from "./command.js";
import { clip } from "./view/columns.js";

export interface Live {
  /** Lines that stay. */
  log(lines: readonly string[]): void;
  /** The region's new lines; wider ones are cut. */
  draw(lines: readonly string[]): void;
  /** Leaves the region as it is (or takes it away) and shows the cursor again. */
  end(keep: boolean): void;
}

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const beginUpdate = "\u001b[?2026h";
const endUpdate = "\u001b[?2026l";

export const openLive = (io: Io): Live => {
  if (!io.terminal) return { log: (lines) => io.print(lines.join("\n")), draw: () => {}, end: () => {} };
  let region: readonly string[] = [];
  let hidden = false;
  io.atExit(() => {
    if (hidden) io.write(`${endUpdate}${showCursor}`);
  });
  const repaint = (above: readonly string[], next: readonly string[]): void => {
    const up = region.length > 0 ? `\u001b[${region.length}A` : "";
    // A region taller than the screen could not be found again.
    region = next.slice(0, io.height() - 2).map((line) => clip(line, io.width()));
    const lines = [...above, ...region].map((line) => `${line}\u001b[K\n`).join("");
    io.write(`${beginUpdate}${hidden ? "" : hideCursor}${up}\r\u001b[J${lines}${endUpdate}`);
    hidden = true;
  };
  return {
    log: (lines) => repaint(lines, region),
    draw: (lines) => repaint([], lines),
    end: (keep) => {
      if (!keep) repaint([], []);
      region = [];
      if (hidden) io.write(showCursor);
      hidden = false;
    },
  };
};
