// The terminal under the view: alternate screen, raw keys, and everything as it was at every kind of exit, also while
// the command is stopped (ECMA-48 and xterm's control sequences, termios(3)).
import { emitKeypressEvents } from "node:readline";
import type { Io } from "../command.js";
import type { Key } from "./keys.js";
import type { Size } from "./size.js";

export interface Screen {
  size(): Size;
  /** All lines of the screen. */
  draw(lines: readonly string[]): void;
  /** Gives the terminal back and stops the job, as Ctrl-Z does; the screen returns with SIGCONT. */
  suspend(): void;
  close(): void;
}

export interface ScreenEvents {
  key(key: Key): void;
  /** The size has changed, or the screen is back: it has to be drawn again. */
  redraw(): void;
}

/** Alternate screen; hidden cursor; no wrapping at the right edge. */
const enter = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const leave = "\u001b[?2026l\u001b[?7h\u001b[?25h\u001b[?1049l";
const beginUpdate = "\u001b[?2026h";
const endUpdate = "\u001b[?2026l";
const home = "\u001b[H";
/** Before a line, not after it: behind a full one the cursor stands on its last character. */
const wipeLine = "\u001b[2K";
const wipe = "\u001b[2J";

export const openScreen = (io: Io, events: ScreenEvents): Screen => {
  const { stdin, stdout } = process;
  let isOpen = false;
  let mustWipe = true;

  const show = (): void => {
    if (isOpen) return;
    isOpen = true;
    mustWipe = true;
    if (stdin.isTTY) stdin.setRawMode(true).resume();
    io.write(enter);
  };
  const hide = (): void => {
    if (!isOpen) return;
    isOpen = false;
    io.write(leave);
    if (stdin.isTTY) stdin.setRawMode(false);
  };
  const onKey = (_text: string | undefined, key: Key): void => events.key(key);
  const onResize = (): void => {
    mustWipe = true;
    events.redraw();
  };
  const stop = (target: number): void => {
    hide();
    process.off("SIGTSTP", onStop);
    process.kill(target, "SIGTSTP");
  };
  const onStop = (): void => stop(process.pid);
  const onContinue = (): void => {
    process.off("SIGTSTP", onStop);
    process.on("SIGTSTP", onStop);
    show();
    events.redraw();
  };
  // Whatever is told about an error comes after this.
  process.on("uncaughtExceptionMonitor", hide);
  process.on("SIGTSTP", onStop);
  process.on("SIGCONT", onContinue);
  stdout.on("resize", onResize);
  if (stdin.isTTY) {
    emitKeypressEvents(stdin);
    stdin.on("keypress", onKey);
    // The terminal has gone: SIGHUP says so, too.
    stdin.on("error", () => {});
  }
  const close = (): void => {
    hide();
    process.off("uncaughtExceptionMonitor", hide).off("SIGTSTP", onStop).off("SIGCONT", onContinue);
    stdout.off("resize", onResize);
    stdin.off("keypress", onKey).pause();
  };
  io.atExit(close);
  show();
  return {
    size: () => ({ columns: io.width(), rows: io.height() }),
    draw: (lines) => {
      if (!isOpen) return;
      io.write(
        `${beginUpdate}${mustWipe ? wipe : ""}${home}${lines.map((line) => `${wipeLine}${line}`).join("\r\n")}${endUpdate}`,
      );
      mustWipe = false;
    },
    // The whole job: who started this command (npx) waits in it.
    suspend: () => stop(0),
    close,
  };
};
