// What the main thread has to say on stderr by itself. Not through process.stderr, which is the application's: a pipe whose
// reader has gone makes an 'error' of it that ends the application, and one that is full keeps the process alive.
import { writeNow } from "../../kernel/write-now.js";
import { openDestination } from "../../export/destination.js";

/** Nobody takes any more, or not now. */
const isRefused = (reason: string | undefined): boolean => reason === "EPIPE" || reason === "EAGAIN";

/** A line; it is lost where it is not taken at once. Never throws. */
export const sayOnStderr = (line: string): void => {
  const text = `${line}\n`;
  try {
    const stderr = openDestination("stderr", writeNow);
    const isTaken = stderr.write(Buffer.from(text));
    stderr.close();
    if (!isTaken && !isRefused(stderr.reason())) writeByNode(text);
  } catch {
    // What the application has put in place of Node's own throws.
  }
};

/** Where neither the addon nor /proc can be had. */
const writeByNode = (text: string): void => {
  const { stderr } = process;
  const ignore = (): void => undefined;
  // The error of a write is told after its callback, in the same turn.
  stderr.on("error", ignore).write(text, () => setImmediate(() => stderr.off("error", ignore)));
};
