// One look at the main thread from another thread: connect, pause, read the call frames, resume, disconnect.
// Mirrors the Chrome DevTools Protocol, domain Debugger, as node:inspector speaks it.
import type { Debugger, Session } from "node:inspector";
import type { Script } from "./source-map.js";
import { type RawFrame, rawFramesOf } from "./stack-frames.js";

export interface LookOptions {
  /** Asked at the pause: whether the loop has not turned since the stall began. */
  readonly isStillBlocked: () => boolean;
  readonly timeoutMs: number;
  /** An answer that takes longer came after a native call had returned. */
  readonly lateMs: number;
  /** The main thread answers: from now on the application pays for whatever delays this thread. */
  readonly reached?: (() => void) | undefined;
  /** How frames are collected; a test may let it throw. */
  readonly collect?: typeof rawFramesOf | undefined;
}

/** What was found, before anything is read from disk. */
export interface Look {
  readonly frames: readonly RawFrame[];
  readonly isLate: boolean;
  readonly hasMoved: boolean;
  /** From the moment the main thread was reached until it ran again, as seen from here: an upper bound. */
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

const noLook = (note: string): Look => ({ frames: [], isLate: false, hasMoved: false, note });

/** Never rejects. Every way out disconnects, and disconnecting resumes what this session had paused. */
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
    try {
      session.connectToMainThread();
      ask(session, options, end);
    } catch (error) {
      end(noLook(`the inspector refused: ${String(error)}`));
    }
  });

const ask = (session: Session, options: LookOptions, end: (found: Look) => void): void => {
  const { isStillBlocked, lateMs, reached, collect = rawFramesOf } = options;
  let inlineBytes = 0;
  const scripts = new Map<string, Script>();
  const postedAt = performance.now();
  let reachedAt = postedAt;
  let found = noLook("resumed by somebody else");
  let isForeign = false;

  const onPaused = ({ params }: { readonly params: Debugger.PausedEventDataType }): void => {
    try {
      session.post("Debugger.resume"); // First: whatever happens below, the application runs.
    } catch (error) {
      end(noLook(`the inspector refused: ${String(error)}`));
      return;
    }
    try {
      const hasMoved = !isStillBlocked();
      found = { frames: collect(params.callFrames, scripts), isLate: reachedAt - postedAt > lateMs, hasMoved };
    } catch (error) {
      found = noLook(`the frames could not be read: ${String(error)}`);
    }
  };
  const onForeignPause = (): void => {
    isForeign = true;
  };
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url, sourceMapURL } }) => {
    if (sourceMapURL?.startsWith("data:")) inlineBytes += sourceMapURL.length;
    scripts.set(scriptId, inlineBytes <= inlineMapsBytes ? { url, sourceMapURL } : { url });
  });
  session.on("Debugger.resumed", () => end({ ...found, pauseMs: tenths(performance.now() - reachedAt) }));
  session.on("Debugger.paused", onForeignPause);
  // All three are posted at once, so that they are carried out in one go where the main thread can be reached.
  // The first does nothing: its answer is the moment from which on the application pays.
  session.post("Debugger.disable", () => {
    reachedAt = performance.now();
    reached?.();
  });
  session.post("Debugger.enable", (error) => {
    if (error) return end(noLook(`the inspector refused: ${error.message}`));
    // A pause that is announced before ours can come belongs to somebody else, who is to resume it.
    if (isForeign) return end(noLook("a debugger has paused the main thread"));
    session.off("Debugger.paused", onForeignPause);
    session.on("Debugger.paused", onPaused);
  });
  session.post("Debugger.pause");
};

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
