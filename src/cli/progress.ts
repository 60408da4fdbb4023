// What a command is doing while it takes more than a second: one line on stderr, in a terminal only, gone at the end.
import type { Io } from "./command.js";

export interface Progress {
  /** What is being done now: `run 34 of 200`. */
  tell(words: string): void;
  end(): void;
}

const afterMs = 1000;
const everyMs = 200;

/** `isSynchronous`: what follows blocks this thread, so that it has to be said before. */
export const openProgress = (io: Pick<Io, "progress">, isSynchronous = false): Progress => {
  const began = performance.now();
  let words = "";
  const show = (): void => {
    const ms = performance.now() - began;
    if (words !== "" && ms >= afterMs) io.progress(`${words} (${Math.floor(ms / 1000)} s)`);
  };
  const timer = setInterval(show, everyMs).unref();
  return {
    tell: (next) => {
      words = next;
      if (isSynchronous) io.progress(words);
    },
    end: () => {
      clearInterval(timer);
      io.progress("");
    },
  };
};

/** While `work` goes on. */
export const duringThis = async <Result>(
  io: Pick<Io, "progress">,
  words: string,
  work: Promise<Result>,
): Promise<Result> => {
  const progress = openProgress(io);
  progress.tell(words);
  try {
    return await work;
  } finally {
    progress.end();
  }
};
