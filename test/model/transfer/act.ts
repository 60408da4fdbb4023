// Runs programs side by side and collects what they say, with the second at which they say it.
import { createEngine, type Engine, toNanos, toSeconds } from "../../../src/model/engine.js";
import { type Process, sleep, spawn } from "../../../src/model/process.js";

export type Say = (...words: unknown[]) => void;
export type Wait = (seconds: number) => Process;
export type Actor = (say: Say, wait: Wait, engine: Engine) => Process;

export function act(...programs: readonly Actor[]): string[] {
  const engine = createEngine(1);
  const said: string[] = [];
  const say: Say = (...words) => {
    said.push(`${toSeconds(engine.now())} ${words.join(" ")}`);
  };
  for (const program of programs)
    spawn(
      engine,
      program(say, (seconds) => sleep(engine, seconds), engine),
    );
  engine.runUntil(toNanos(100));
  return said;
}
