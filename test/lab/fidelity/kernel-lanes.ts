// Scenarios on the real kernel: so many python processes, each runs one after another in namespaces of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { script } from "../root.js";

/** Runs the scenarios and hands over each result as it comes; throws when a lane ends early. */
export const runOnKernel = async (
  file: string,
  scenarios: readonly object[],
  lanes: number,
  onResult: (observed: unknown, index: number) => void,
): Promise<void> => {
  let next = 0;
  const children: ChildProcess[] = [];
  const runLane = async (): Promise<void> => {
    const child = spawn("python3", [script(`fidelity/${file}`)], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    const ended = once(child, "close");
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    while (next < scenarios.length) {
      const index = next;
      next += 1;
      child.stdin.write(`${JSON.stringify(scenarios[index])}\n`);
      const answer = await answers.next();
      if (answer.done === true)
        throw new Error(`${file} ended at scenario ${index}: ${JSON.stringify(scenarios[index])}`);
      onResult(JSON.parse(answer.value), index);
    }
    child.stdin.end();
    await ended;
  };
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, scenarios.length) }, runLane));
  } finally {
    for (const child of children) child.stdin?.end();
  }
};
