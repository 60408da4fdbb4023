// An application under test in a process of its own: a program, the agent, and whatever gets at the observer's thread.
import { type Ran, runNode, withProgram } from "../run-node.js";
import { register } from "../../lab/root.js";
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";

/** `sockscope`, as the programs require it. */
export const index: string = JSON.stringify(join(packageRoot, "build-test/src/index.js"));

/**
 * Loaded before the agent: `observers` holds its threads, which no application gets to see. HEAP_MB: the first of them has
 * so much memory, no more.
 */
const capture = `
const threads = require("node:worker_threads");
globalThis.observers = [];
if (threads.isMainThread) threads.Worker = class extends threads.Worker {
  constructor(file, { resourceLimits, ...options }) {
    const maxOldGenerationSizeMb = observers.length === 0 && Number(process.env.HEAP_MB) || resourceLimits.maxOldGenerationSizeMb;
    super(file, { ...options, resourceLimits: { ...resourceLimits, maxOldGenerationSizeMb } });
    observers.push(this);
  }
};
`;

/** Runs the program with the agent loaded before it. */
export const runApp = (
  program: string,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Ran> =>
  withProgram("capture.cjs", capture, (captured) =>
    withProgram("app.cjs", program, (file) => runNode(["-r", captured, "-r", register, ...flags, file], env)),
  );

/** A program that starts the agent itself. */
export const runStarting = (program: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  withProgram("capture.cjs", capture, (captured) =>
    withProgram("app.cjs", program, (file) => runNode(["-r", captured, file], env)),
  );

/** The same without the agent. */
export const runAlone = (program: string, flags: readonly string[] = []): Promise<Ran> =>
  withProgram("app.cjs", program, (file) => runNode([...flags, file]));
