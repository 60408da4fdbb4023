// Who blocks the main loop: the observer asks the main thread for its stack through the inspector built into Node.
// Nothing is attached before or after, and the main thread is never paused: it answers and runs on.
//
// Refused where somebody else debugs or may do so. Profilers that only sample (Sentry's, Datadog's) cannot be seen from
// here and are not disturbed.
import { readFileSync } from "node:fs";
import { lingerAtEnd } from "../../kernel/loops.js";
import type { StallCapture } from "../../snapshot/snapshot.js";
import { calleeOf, framesOf } from "./stack-frames.js";
import { type Look, type LookOptions, lookAtMain, newSession } from "./stack-look.js";

/** `StallCapture` without the stall's name, which the caller knows. */
export type StackCapture = Omit<StallCapture, "loop" | "sinceAt">;

export interface StackProbeOptions {
  /** SOCKSCOPE_STACKS. */
  readonly enabled: boolean;
  /** `inspector.url()` of the main thread, when the agent started. */
  readonly mainInspectorUrl: string | undefined;
  /** Whether Node runs under its permission model, which forbids sessions (and may abort on one). */
  readonly permissionModel: boolean;
  /** The main thread's `process.execArgv`. */
  readonly execArgv: readonly string[];
  readonly nodeOptions?: string | undefined;
  readonly collect?: LookOptions["collect"];
  readonly lateMs?: number | undefined;
}

export interface StackProbe {
  readonly available: boolean;
  /** Why not. */
  readonly reason?: string | undefined;
  /**
   * Asks the main thread once, from another thread. `isStillBlocked` is asked with the answer: whether the loop has not
   * turned since the stall began. Never rejects; without frames, `note` says why.
   */
  readonly capture: (isStillBlocked: () => boolean, timeoutMs: number) => Promise<StackCapture>;
}

const tracedReason = "the process is traced (TracerPid in /proc/self/status)";

/** In plain JavaScript a thread is reached within a millisecond or two; more than this was native code or no CPU. */
const lateMsDefault = 50;

/**
 * What the main thread says to a thread that is just going ends the process (Node 20 to 26: MainThreadInterface::Post,
 * shared_from_this of what is being destroyed), and it says that its end of the session is closed: a thread that ends with
 * one, or right behind it, waits until that was said.
 */
const lingerMs = 100;

const nothing = (note: string): StackCapture => ({ frames: [], exact: false, note });

const isTraced = (): boolean => {
  try {
    return /^TracerPid:\s*[1-9]/m.test(readFileSync("/proc/self/status", "latin1"));
  } catch {
    return false;
  }
};

const refusal = (options: StackProbeOptions): string | undefined => {
  const flags = [...options.execArgv, ...(options.nodeOptions ?? "").split(/\s+/)];
  const inspect = flags.find((flag) => flag.startsWith("--inspect"));
  if (!options.enabled) return "SOCKSCOPE_STACKS=off";
  if (options.permissionModel) return "the permission model allows no inspector session";
  if (options.mainInspectorUrl !== undefined) return "an inspector is open";
  if (inspect !== undefined) return `${inspect} is set: a debugger may attach`;
  if (flags.some((flag) => /^--abort[-_]on[-_]uncaught[-_]exception/.test(flag)))
    return "--abort-on-uncaught-exception is set: the question would be taken for one";
  if (isTraced()) return tracedReason;
  return newSession() === undefined ? "this Node has no inspector" : undefined;
};

/** Finds out once whether stacks can be had here; costs nothing until `capture` is called. */
export const createStackProbe = (options: StackProbeOptions): StackProbe => {
  const { collect, lateMs = lateMsDefault } = options;
  const reason = refusal(options);
  let isBusy = false;
  let lingering: NodeJS.Timeout | undefined;
  const capture: StackProbe["capture"] = async (isStillBlocked, timeoutMs) => {
    // A tracer may have come since.
    const refused = reason ?? (isBusy ? "the previous look has not ended" : isTraced() ? tracedReason : undefined);
    if (refused !== undefined) return nothing(refused);
    isBusy = true;
    clearTimeout(lingering);
    lingerAtEnd(lingerMs);
    try {
      return tell(await lookAtMain({ isStillBlocked, timeoutMs, lateMs, collect }));
    } catch (error) {
      return nothing(`the look failed: ${String(error)}`);
    } finally {
      isBusy = false;
      lingering = setTimeout(() => lingerAtEnd(0), lingerMs).unref();
    }
  };
  return { available: reason === undefined, reason, capture };
};

const tell = (look: Look): StackCapture => {
  const frames = framesOf(look.frames);
  const exact = frames.length > 0 && !look.isLate && !look.hasMoved;
  return { frames, exact, pauseMs: look.pauseMs, note: look.note ?? noteOf(look, frames.length) };
};

const noteOf = ({ frames, isLate, hasMoved }: Look, shown: number): string | undefined => {
  if (shown === 0) return "no JavaScript outside Node's own code was running";
  const callee = calleeOf(frames);
  const limits = [
    ...(hasMoved ? ["the loop had already turned when it was asked"] : []),
    ...(isLate ? ["native code could not be interrupted: this is what ran when it had returned"] : []),
    ...(callee === undefined ? [] : [`inside ${callee}`]),
  ];
  return limits.length === 0 ? undefined : limits.join("; ");
};
