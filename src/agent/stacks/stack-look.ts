// One look at the main thread from another thread: an expression that throws is evaluated on top of whatever runs there,
// and the error tells what that is. The main thread does all this by itself, in one go, and waits for nobody.
// Mirrors the Chrome DevTools Protocol, domains Runtime and Debugger, as node:inspector speaks it.
import type { Runtime, Session } from "node:inspector";
import type { Script } from "./source-map.js";
import { type RawFrame, rawFramesOf } from "./stack-frames.js";

export interface LookOptions {
  /** Asked when the stack is known: whether the loop has not turned since the stall began. */
  readonly isStillBlocked: () => boolean;
  readonly timeoutMs: number;
  /** An answer that takes longer came after a native call had returned. */
  readonly lateMs: number;
  /** How frames are collected; a test may let it throw. */
  readonly collect?: typeof rawFramesOf | undefined;
}

/** What was found, before anything is read from disk. */
export interface Look {
  readonly frames: readonly RawFrame[];
  readonly isLate: boolean;
  readonly hasMoved: boolean;
  /**
   * What the look took of the main thread, as seen from here: from the question to the last answer, where a native call
   * had to return first from the first answer on. Held against the application's own longest gap it was 13 ms less to
   * 18 ms more, on a machine with seven times as many runnable threads as CPUs.
   */
  readonly pauseMs?: number | undefined;
  /** Why there are no frames. */
  readonly note?: string | undefined;
}

/** A session that is not connected yet; `undefined` where this Node has no inspector or forbids it. */
export const newSession = (): Session | undefined => {
  try {
    return new (process.getBuiltinModule("node:inspector").Session)();
  } catch {
    return undefined;
  }
};

/** Inline source maps are announced with each script; those of a large application would fill this thread's heap. */
const inlineMapsBytes = 16 * 1024 * 1024;

/** A primitive: no code of the application's formats it. Silent: no debugger of others stops at it, nothing is printed. */
const thrown: Runtime.EvaluateParameterType = { expression: "throw 0", silent: true };

const noLook = (note: string): Look => ({ frames: [], isLate: false, hasMoved: false, note });
const refused = (error: unknown): Look => noLook(`the inspector refused: ${String(error)}`);

/** Never rejects. Every way out disconnects, which leaves nothing behind on the main thread. */
export const lookAtMain = (options: LookOptions): Promise<Look> =>
  new Promise((resolve) => {
    const session = newSession();
    if (session === undefined) return resolve(noLook("this Node has no inspector"));
    const end = (found: Look): void => {
      clearTimeout(limit);
      session.disconnect();
      resolve(found);
    };
    const limit = setTimeout(() => end(noLook(`no answer within ${options.timeoutMs} ms`)), options.timeoutMs);
    const askedAt = performance.now();
    try {
      session.connectToMainThread();
      ask(session, options, askedAt, end);
    } catch (error) {
      end(refused(error));
    }
  });

const ask = (session: Session, options: LookOptions, askedAt: number, end: (found: Look) => void): void => {
  const { isStillBlocked, lateMs, collect = rawFramesOf } = options;
  const announced = listenToScripts(session);
  let reachedAt = askedAt;
  let isForeign = false;
  let found = noLook("no stack was told");
  let callFrames: readonly Runtime.CallFrame[] | undefined;

  session.once("Debugger.paused", () => {
    isForeign = true;
  });
  // All are posted at once, so that they are carried out in one go where the main thread can be reached.
  session.post("Runtime.enable", (error) => {
    if (error) return end(refused(error));
    reachedAt = performance.now();
  });
  session.post("Runtime.evaluate", thrown, (error, answer) => {
    if (error) return end(refused(error));
    // The innermost frame is the expression's own.
    callFrames = answer.exceptionDetails?.stackTrace?.callFrames.slice(1);
    try {
      found = { frames: [], isLate: reachedAt - askedAt > lateMs, hasMoved: !isStillBlocked() };
    } catch (failure) {
      end(noLook(`the stack could not be judged: ${String(failure)}`));
    }
  });
  session.post("Runtime.disable");
  // What the scripts are, and their source maps: also of those that were made in memory.
  session.post("Debugger.enable", (error) => {
    if (error) end(refused(error));
    // A pause that is announced without being asked for belongs to somebody else, who is to resume it.
    else if (isForeign) end(noLook("a debugger has paused the main thread"));
  });
  session.post("Debugger.disable", () => {
    const pauseMs = tenths(performance.now() - (found.isLate ? reachedAt : askedAt));
    if (callFrames === undefined) return end({ ...found, pauseMs });
    try {
      end({ ...found, frames: collect(callFrames, announced), pauseMs });
    } catch (error) {
      end({ ...noLook(`the frames could not be read: ${String(error)}`), pauseMs });
    }
  });
};

const listenToScripts = (session: Session): ReadonlyMap<string, Script> => {
  const scripts = new Map<string, Script>();
  let inlineBytes = 0;
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url, sourceMapURL } }) => {
    if (sourceMapURL?.startsWith("data:")) inlineBytes += sourceMapURL.length;
    scripts.set(scriptId, inlineBytes <= inlineMapsBytes ? { url, sourceMapURL } : { url });
  });
  return scripts;
};

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
