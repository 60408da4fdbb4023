// The phases of the agent's life in which an application may end, and how it may end.

export const hows = ["exit", "loop", "signal", "exception"] as const;
/** `process.exit()`, nothing left to do, SIGTERM that nobody handles, an exception that nobody catches. */
export type How = (typeof hows)[number];

export interface Phase {
  /** Who starts the agent: `node --import sockscope/register`, or the program, which has to hold it. */
  readonly by: "register" | "start";
  /** From the beginning of the phase to the end of the application; taken in turn. */
  readonly windowsMs: readonly (readonly [from: number, to: number])[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Lines go to a file, whose lines must be whole. */
  readonly log?: true | undefined;
  readonly permissions?: true | undefined;
}

const quick = { SOCKSCOPE_SAMPLE_MS: "5", SOCKSCOPE_INTERVAL_MS: "50" };

export const phases = {
  /** From before the thread is there to its first looks. */
  starting: { by: "register", windowsMs: [[0, 150]] },
  looking: { by: "start", windowsMs: [[0, 60]], env: quick },
  /** It is asked for 200 ms into the stall. */
  "looking at the stack": { by: "start", windowsMs: [[190, 330]], env: quick },
  "writing findings": {
    by: "start",
    windowsMs: [[0, 160]],
    env: { ...quick, SOCKSCOPE_LOG_LEVEL: "sample", SOCKSCOPE_STACKS: "off" },
    log: true,
  },
  /** `stop()` at any moment from the start on. */
  stopping: { by: "start", windowsMs: [[0, 40]] },
  /** The thread was ended, and is started again a second later. */
  "starting anew": {
    by: "start",
    windowsMs: [
      [0, 30],
      [990, 1130],
    ],
    env: quick,
  },
  "under the permission model": { by: "register", windowsMs: [[0, 250]], env: quick, permissions: true },
  "a Worker of its own": { by: "register", windowsMs: [[0, 250]], env: quick },
  "in a cluster": { by: "register", windowsMs: [[0, 200]], env: quick },
} as const satisfies Readonly<Record<string, Phase>>;

export type PhaseName = keyof typeof phases;
export const phaseNames = Object.keys(phases) as readonly PhaseName[];

export interface Moment {
  readonly how: How;
  readonly delayMs: number;
  readonly stopAfterMs: number;
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;
/** Up to here `stop()` is called. */
const stopWithinMs = 150;

/** `times` ends, each way in turn, each window swept by each way. */
export const momentsOf = ({ windowsMs }: Phase, times: number): readonly Moment[] => {
  const rounds = Math.ceil(times / (hows.length * windowsMs.length));
  return Array.from({ length: times }, (_, n) => {
    const [from, to] = windowsMs[Math.floor(n / hows.length) % windowsMs.length]!;
    const round = Math.floor(n / (hows.length * windowsMs.length));
    const delayMs = rounded(from + ((to - from) * round) / rounds);
    // As far apart from each other as the moments of the end are, and independent of these.
    return { how: hows[n % hows.length]!, delayMs, stopAfterMs: (round * 67) % stopWithinMs };
  });
};
