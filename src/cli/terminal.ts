// The command line's stdout and stderr, its signals, and what is put back at every kind of exit.
import { isatty } from "node:tty";
import type { Io } from "./command.js";
import { clip } from "./view/columns.js";
import { withoutControls } from "./view/printable.js";
import { coloured, plain, wantsColour } from "./view/paint.js";

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** A command that has not ended this long after a signal is ended. */
const graceMs = 2000;
/** What a command left open keeps the process no longer than this. */
const leftOpenMs = 500;

export interface Terminal {
  readonly io: Io;
  /** Exit status of the signal that arrived, if one did. */
  signalStatus(): number | undefined;
  /** Ends the process with this status, as soon as nothing is left to be written. */
  end(status: number): void;
}

/** Once a process: takes over its signals and the errors of its stdout. */
export const openTerminal = (): Terminal => {
  const { stdout, stderr, env } = process;
  const restores: (() => void)[] = [];
  let status: number | undefined;
  const restoreAll = (): void => {
    for (let restore = restores.pop(); restore; restore = restores.pop()) restore();
  };
  process.once("exit", restoreAll);

  // Node sets terminals back when it exits, and aborts where they have gone; the signal itself ends a process without that.
  const hangUp = (): void => {
    restoreAll();
    process.removeAllListeners("SIGHUP").kill(process.pid, "SIGHUP");
  };
  // Not process.stdin, which would make a pipe there nonblocking for who reads it.
  const hasTerminal = [0, 1, 2].some((fd) => isatty(fd));
  const isHungUp = (): boolean => status === signals.SIGHUP && hasTerminal;
  const exit = (code: number): void => (isHungUp() ? hangUp() : process.exit(code));

  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EIO") hangUp();
    // `sockscope … | head -1`: the reader has gone, there is nobody left to tell.
    else process.exit(error.code === "EPIPE" ? 0 : 2);
  });
  stderr.on("error", () => {});

  const interruption = new AbortController();
  for (const [signal, code] of Object.entries(signals))
    process.on(signal, () => {
      if (status !== undefined) exit(status);
      status = code;
      interruption.abort();
      setTimeout(() => exit(code), graceMs).unref();
    });

  const isTTY = stdout.isTTY;
  const showsProgress = stderr.isTTY && env.TERM !== "dumb";
  let progress = "";
  const showProgress = (text: string): void => {
    if (!showsProgress || text === progress) return;
    progress = clip(withoutControls(text), (stderr.columns || 80) - 1);
    stderr.write(`\r${progress}\u001b[K`);
  };
  restores.push(() => showProgress(""));
  const io: Io = {
    print: (text) => {
      showProgress("");
      stdout.write(`${text}\n`);
    },
    write: (text) => void stdout.write(text),
    tell: (text) => {
      showProgress("");
      stderr.write(`${withoutControls(text)}\n`);
    },
    progress: showProgress,
    terminal: isTTY && env.TERM !== "dumb",
    paint: wantsColour(env, isTTY) ? coloured : plain,
    width: () => stdout.columns || 80,
    height: () => stdout.rows || 24,
    interrupted: interruption.signal,
    atExit: (restore) => void restores.push(restore),
  };
  const end = (code: number): void => {
    process.exitCode = code;
    if (isHungUp()) hangUp();
    else setTimeout(() => process.exit(), leftOpenMs).unref();
  };
  return { io, signalStatus: () => status, end };
};
