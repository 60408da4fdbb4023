// One cell of the table as a test: the fault begins, the load arrives, the finding is written in time, nothing else is.
import test, { type ExecutionContext } from "ava";
import type { Cause, Finding, Symptom } from "../../src/explain/finding.js";
import type { Defer } from "./command.js";
import { quotaRoot } from "./cpu.js";
import { eventually } from "./eventually.js";
import { type Expected, findLine, foreign, story, takenBack } from "./judge.js";
import type { Log, LogLine } from "./log.js";
import { onQuietMachine } from "./quiet-machine.js";

/** One reporting interval and what two busy cores may add to it. */
export const withinMs = 1000 + 500;

/** Why the lab cannot work here; undefined: it can. */
const obstacle = (): string | undefined => {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root, for network namespaces";
  return quotaRoot() === undefined ? "needs a cgroup with a CPU quota" : undefined;
};

/** A test on a real kernel, one after the other; where that is not possible it is skipped with the reason in its title. */
export const labTest = (title: string, body: (t: ExecutionContext, defer: Defer) => Promise<void>): void =>
  register(test.serial, title, body);

/** The same for tests that hardly use the CPU: they run together, after the others of their file. */
export const quietLabTest = (title: string, body: (t: ExecutionContext, defer: Defer) => Promise<void>): void =>
  register(test, title, body);

type Register = (title: string, run: (t: ExecutionContext) => Promise<void>) => void;

const register = (add: Register, title: string, body: (t: ExecutionContext, defer: Defer) => Promise<void>): void => {
  const reason = obstacle();
  const strict = process.env.SOCKSCOPE_REQUIRE_ALL === "1";
  if (reason !== undefined && !strict) {
    test.skip(`${title} (skipped: ${reason})`, () => {});
    return;
  }
  add(title, async (t) => {
    t.is(reason, undefined);
    t.timeout(200_000);
    await onQuietMachine(t, async (attempt) => {
      attempt.timeout(45_000);
      await body(attempt, (undo) => attempt.teardown(undo));
    });
  });
};

/** The finding expected, written no later than `dueBy`; waits for it and checks what every finding must have. */
export const expectFinding = async (
  t: ExecutionContext,
  log: Log,
  expected: Expected,
  dueBy: number,
): Promise<LogLine & { readonly finding: Finding }> => {
  const name = `${expected.symptom}/${expected.cause} at ${expected.at}`;
  const patience = Math.max(0, dueBy - Date.now()) + 2000;
  const line = await eventually(name, () => findLine(log, expected), patience).catch((error: unknown) => {
    t.log(`log so far:\n${story(log)}`);
    throw error;
  });
  t.true(line.time <= dueBy, `${name} was written ${line.time - dueBy} ms late`);
  t.not(line.finding.summary, "");
  t.true(line.finding.evidence.length > 0 && line.finding.remedy.length > 0, "evidence and remedy");
  return line;
};

/** Waits one interval more, then checks that nothing else was said. */
export const expectNothingElse = async (t: ExecutionContext, log: Log, expected?: Expected): Promise<void> => {
  const quietAt = Date.now() + 1200;
  await eventually("one more interval", () => Date.now() > quietAt);
  const others = foreign(log, expected);
  const wrong = [...others, ...takenBack(log)];
  if (wrong.length > 0) t.log(`log:\n${story(log)}`);
  t.deepEqual(wrong, []);
};

/** The title of a cell's test. */
export const titleOf = (symptom: Symptom, cause: Cause, how: string): string => `${symptom} × ${cause}: ${how}`;
